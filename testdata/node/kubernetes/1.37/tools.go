// SPDX-License-Identifier: Apache-2.0

//go:build tools

// Package kubernetes pins the kubelet that is built from here.
package kubernetes

import (
	_ "k8s.io/kubernetes/cmd/kubelet"
)
