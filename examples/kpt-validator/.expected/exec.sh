kpt fn render . --allow-exec --results-dir ../results
