// SPDX-License-Identifier: Apache-2.0

// Package budget says how often the first start of a cluster pulls from each audited registry. It
// separates anonymous pulls, which Docker Hub limits by address, from authenticated ones, which it
// limits by account.
//
// Its sums are never too low for the pulls that they count. A person can follow its rules by hand:
//
//   - A node pulls an image once, however many of its containers and pods use it.
//   - Each node pulls the image of a DaemonSet.
//   - The image of a Deployment, a Job, or anything else with replicas: one node pulls it for
//     each pod, but never more nodes than there are.
//   - Objects with the same image share nodes: a Deployment beside a DaemonSet adds nothing.
//   - imagePullPolicy Never, and a Secret that makes the pull fail, pull nothing.
//
// Budget.NotKnown says what the sums leave out.
package budget

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/inventory"
	"example.com/calico-pull-secrets/internal/pull"
)

// hubLimit is how many pulls without a credential Docker Hub allows for an address in six hours:
// https://docs.docker.com/docker-hub/usage/ (docs/pull-budget.md).
const hubLimit = 100

// A Budget is the number of pulls when a set of resources starts for the first time.
type Budget struct {
	Nodes      int        `json:"nodes"`
	Registries []Registry `json:"registries"`
	NotKnown   []string   `json:"notKnown"`
}

// A Registry has the sums of one registry. Each is an upper limit.
type Registry struct {
	Set           string  `json:"set,omitempty"` // in a report about several
	Registry      string  `json:"registry"`
	Anonymous     int     `json:"anonymous"`
	Unknown       int     `json:"unknown"` // pulls with or without a credential
	Authenticated int     `json:"authenticated"`
	Limit         int     `json:"limit,omitempty"` // of pulls without a credential; 0 for none
	Verdict       Verdict `json:"verdict,omitempty"`
}

// A Verdict compares the pulls without a credential with the limit.
type Verdict string

const (
	Within Verdict = "within"
	Over   Verdict = "over"
	MayBe  Verdict = "unknown" // over the limit only if unknown pulls have no credential
)

// Of returns the budget of a set on this number of nodes. limit applies to each registry. With 0
// only Docker Hub has its own.
func Of(images []finding.Image, findings finding.List, nodes, limit int) *Budget {
	b := &Budget{Nodes: nodes, Registries: []Registry{}}
	copies := map[string]map[pulled]int{} // by registry
	unnamed, operators := 0, 0
	for _, image := range images {
		name, ok := pull.Canonical(image.Image)
		switch {
		case !image.Audited:
			continue
		case !ok:
			unnamed++
			continue
		}
		if image.Kind == "Installation" {
			operators++
		}
		host := pull.Host(name)
		if pull.IsDockerHub(host) { // all its names share one limit
			host = "docker.io"
		}
		if copies[host] == nil {
			copies[host] = map[pulled]int{}
		}
		p := pulled{name, image.Verdict}
		copies[host][p] = min(nodes, copies[host][p]+onNodes(image.Copies, nodes))
	}
	for _, host := range slices.Sorted(maps.Keys(copies)) {
		b.Registries = append(b.Registries, sumsOf(host, copies[host], limit))
	}
	b.NotKnown = notKnown(findings, unnamed, operators)
	return b
}

// A pulled is an image, and the verdict on its pulls.
type pulled struct{ image, verdict string }

func onNodes(copies, nodes int) int {
	if copies == inventory.EachNode {
		return nodes
	}
	return min(nodes, copies) // the sum of two large numbers would be negative
}

// sumsOf adds up the pulls of a registry's images.
func sumsOf(host string, copies map[pulled]int, limit int) Registry {
	r := Registry{Registry: host, Limit: limit}
	if limit == 0 && host == "docker.io" {
		r.Limit = hubLimit
	}
	for p, n := range copies {
		switch p.verdict {
		case finding.VerdictOn(pull.Anonymous).Name:
			r.Anonymous += n
		case finding.VerdictOn(pull.Unresolved).Name:
			r.Unknown += n
		case finding.VerdictOn(pull.Authenticated).Name:
			r.Authenticated += n
		}
	}
	switch {
	case r.Limit == 0:
	case r.Anonymous > r.Limit:
		r.Verdict = Over
	case r.Anonymous+r.Unknown > r.Limit:
		r.Verdict = MayBe
	default:
		r.Verdict = Within
	}
	return r
}

// notKnown says what the sums leave out: places that nobody can count, and facts that no manifest
// has.
func notKnown(findings finding.List, unnamed, operators int) (all []string) {
	places, unread := 0, 0
	for _, f := range findings {
		switch {
		case f.Check == finding.UnknownPull && !f.IsVerdict, f.Check == finding.RenderedLater:
			places++
		case f.Check == finding.Unread:
			unread++
		}
	}
	for _, seen := range []struct {
		n    int
		what string
	}{
		{unnamed, "images with unknown names"},
		{operators, "Installations, whose operator pulls more than calico-node"},
		{places, "places that may pull, with unknown images (unknown-pull, rendered-later)"},
		{unread, "places that nobody could read (unread)"},
	} {
		if seen.n > 0 {
			all = append(all, fmt.Sprintf("%d %s", seen.n, seen.what))
		}
	}
	return append(all, "autoscaling", "new nodes", "retries", "other clusters and CI behind the address", "images already on the nodes", "nodeSelectors")
}

// Join returns the budgets of several sets as one, with the names of the sets.
func Join(names []string, budgets []*Budget) *Budget {
	var all *Budget
	for i, b := range budgets {
		if b == nil {
			continue
		}
		if all == nil {
			all = &Budget{Nodes: b.Nodes, Registries: []Registry{}}
		}
		for _, r := range b.Registries {
			r.Set = names[i]
			all.Registries = append(all.Registries, r)
		}
		for _, what := range b.NotKnown {
			if !slices.Contains(all.NotKnown, what) {
				all.NotKnown = append(all.NotKnown, what)
			}
		}
	}
	return all
}

// Lines returns the budget for people: a line for each registry, and what is not counted.
func (b *Budget) Lines() (lines []string) {
	start := "first start on " + finding.Count(b.Nodes, "node")
	if len(b.Registries) == 0 {
		lines = append(lines, start+": no image of an audited registry is counted")
	}
	for _, r := range b.Registries {
		line := fmt.Sprintf("%s: %s: at most %d anonymous pulls", r.Registry, start, r.Anonymous)
		if r.Unknown > 0 {
			line += fmt.Sprintf(", and %d that may be anonymous", r.Unknown)
		}
		switch r.Verdict {
		case Over:
			line += fmt.Sprintf(": OVER the limit of %d", r.Limit)
		case MayBe:
			line += fmt.Sprintf(": may be over the limit of %d", r.Limit)
		case Within:
			line += fmt.Sprintf(": within the limit of %d", r.Limit)
		}
		if r.Authenticated > 0 {
			line += fmt.Sprintf("; %d with a credential, whose account may have a limit, too", r.Authenticated)
		}
		lines = append(lines, line)
	}
	return append(lines, "not known: "+strings.Join(b.NotKnown, ", "))
}
