kpt fn eval . --exec calico-pull-secrets --results-dir ../results -- secret.username=someone secret.password=not-a-token
