// SPDX-License-Identifier: Apache-2.0

package inventory

import (
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"example.com/calico-pull-secrets/internal/kinds"
	"example.com/calico-pull-secrets/internal/mapping"
)

// EachNode is the number of copies of a DaemonSet: one for each node.
const EachNode = -1

// copiesOf returns how many pods an object asks for at its first start: a number, or
// EachNode. A Job asks for as many as its completions or parallelism. Other kinds with a
// template in their spec ask for spec.replicas, which is 1 by default.
//
// EachNode is the largest answer. copiesOf returns it if a placeholder stands for the
// number. It also returns it for a kind with templates elsewhere: such a kind may
// multiply them, as a JobSet's replicatedJobs or a LeaderWorkerSet's size.
func copiesOf(n *yaml.Node, kind string) int {
	if strings.HasSuffix(kind, "DaemonSet") || kind == kinds.Installation {
		return EachNode
	}
	spec := mapping.Value(n, "spec")
	switch kind {
	case "CronJob":
		spec = mapping.At(n, "spec", "jobTemplate", "spec")
		fallthrough
	case "Job":
		if completions, parallelism := countAt(spec, "completions"), countAt(spec, "parallelism"); completions != EachNode && parallelism != EachNode {
			return max(completions, parallelism, 1)
		}
		return EachNode
	}
	if kind != "Pod" && mapping.At(n, "spec", "template") == nil {
		return EachNode
	}
	return countAt(spec, "replicas")
}

// countAt returns the number under a key. It returns 1 if there is no such key, and
// EachNode if the value is no number.
func countAt(n *yaml.Node, key string) int {
	v := mapping.Value(n, key)
	if mapping.IsNull(v) {
		return 1
	}
	count, err := strconv.Atoi(v.Value)
	if err != nil || count < 0 {
		return EachNode
	}
	return count
}
