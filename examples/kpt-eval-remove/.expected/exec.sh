kpt fn eval . --exec calico-pull-secrets --results-dir ../results -- mode=remove secret.usernameEnv=DOCKERHUB_USERNAME secret.passwordEnv=DOCKERHUB_TOKEN
