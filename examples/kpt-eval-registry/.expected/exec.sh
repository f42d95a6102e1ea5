export DOCKERHUB_USERNAME=example DOCKERHUB_TOKEN=not-a-token
kpt fn eval . --exec calico-pull-secrets --results-dir ../results -- targets=docker.io secret.usernameEnv=DOCKERHUB_USERNAME secret.passwordEnv=DOCKERHUB_TOKEN
