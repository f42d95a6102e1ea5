#!/bin/sh
exec calico-pull-secrets --quiet targets=operator secretName=regcred
