kpt fn eval . --exec calico-pull-secrets --results-dir ../results -- secretName=regcred
