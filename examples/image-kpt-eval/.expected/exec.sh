kpt fn eval . --image "$IMAGE" --image-pull-policy Never --results-dir ../results -- secretName=regcred
