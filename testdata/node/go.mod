module example.com/calico-pull-secrets/testdata/node

go 1.26
