kpt fn eval . --exec calico-pull-secrets --results-dir ../results -- targets=docker.io servers=docker.io
