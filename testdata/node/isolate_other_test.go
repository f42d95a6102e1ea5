// SPDX-License-Identifier: Apache-2.0

//go:build !linux

package node

import "errors"

const inside = "NODE_TEST_DIR"

var errSystem = errors.New("the node needs Linux")

func isolate(node) (int, error) { return 1, errSystem }

func settle() error { return errSystem }
