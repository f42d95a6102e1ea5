// SPDX-License-Identifier: Apache-2.0

package node

import (
	"testing"
)

func TestShipped(t *testing.T) {
	t.Parallel()
	c := begin(t)
	c.apply(c.daemonset("docker.io", ""))
	c.waits("429 Too Many Requests")
	c.apply(c.function(0, c.daemonset("docker.io", ""), "secret.usernameEnv=U", "secret.passwordEnv=P"))
	c.runs()
}
