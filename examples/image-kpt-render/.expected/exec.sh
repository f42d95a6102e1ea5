kpt fn render . --image-pull-policy Never --results-dir ../results
