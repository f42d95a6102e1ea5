// SPDX-License-Identifier: Apache-2.0

package inventory

import (
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"example.com/calico-pull-secrets/internal/kinds"
)

// EachNode are the copies of a DaemonSet.
const EachNode = -1

// copiesOf returns how many pods an object asks for at its first start: EachNode, or a
// number. A Job has as many as its completions or parallelism, others with a template in
// their spec as their spec.replicas says, one by default. EachNode is the most there can
// be: of a number that is yet to be filled in, and of a kind with templates elsewhere,
// which may multiply them (a JobSet's replicatedJobs, a LeaderWorkerSet's size).
func copiesOf(n *yaml.Node, kind string) int {
	if strings.HasSuffix(kind, "DaemonSet") || kind == kinds.Installation {
		return EachNode
	}
	spec := value(n, "spec")
	switch kind {
	case "CronJob":
		spec = lookup(n, []string{"spec", "jobTemplate", "spec"})
		fallthrough
	case "Job":
		if completions, parallelism := countAt(spec, "completions"), countAt(spec, "parallelism"); completions != EachNode && parallelism != EachNode {
			return max(completions, parallelism, 1)
		}
		return EachNode
	}
	if kind != "Pod" && lookup(n, []string{"spec", "template"}) == nil {
		return EachNode
	}
	return countAt(spec, "replicas")
}

// countAt returns the number under a key, 1 if there is none.
func countAt(n *yaml.Node, key string) int {
	if n == nil {
		return 1
	}
	v := value(n, key)
	if v == nil || isNull(v) {
		return 1
	}
	count, err := strconv.Atoi(v.Value)
	if err != nil || count < 0 {
		return EachNode
	}
	return count
}
