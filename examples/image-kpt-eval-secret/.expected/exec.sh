export DOCKERHUB_USERNAME=example DOCKERHUB_TOKEN=not-a-token
kpt fn eval . --image "$IMAGE" --image-pull-policy Never --env DOCKERHUB_USERNAME --env DOCKERHUB_TOKEN \
  --fn-config calico-pull-secrets.yaml --results-dir ../results
