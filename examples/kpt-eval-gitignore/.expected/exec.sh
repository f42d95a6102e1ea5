export DOCKERHUB_USERNAME=example DOCKERHUB_TOKEN=not-a-token
kpt fn eval . --exec calico-pull-secrets --fn-config calico-pull-secrets.yaml --results-dir ../results
test -f secrets/regcred.yaml
