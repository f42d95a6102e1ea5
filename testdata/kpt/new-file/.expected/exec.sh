kpt fn eval . --exec calico-pull-secrets --results-dir ../results -- externalSecret.secretStoreRef.name=vault externalSecret.remoteKey=dockerhub
