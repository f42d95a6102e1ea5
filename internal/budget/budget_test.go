// SPDX-License-Identifier: Apache-2.0

package budget

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/inventory"
)

const each = inventory.EachNode

// pulls returns images from rows of image, copies and verdict.
func pulls(rows ...any) (images []finding.Image) {
	for i := 0; i < len(rows); i += 3 {
		images = append(images, finding.Image{Image: rows[i].(string), Copies: rows[i+1].(int), Verdict: rows[i+2].(string), Audited: true})
	}
	return images
}

// TestTheSumsCanBeDoneByHand has one rule in each row, on ten nodes.
func TestTheSumsCanBeDoneByHand(t *testing.T) {
	for name, c := range map[string]struct {
		images                            []finding.Image
		anonymous, unknown, authenticated int
	}{
		"a DaemonSet: once a node":                      {pulls("calico/node:v1", each, "anonymous"), 10, 0, 0},
		"containers with one image":                     {pulls("calico/node:v1", each, "anonymous", "docker.io/calico/node:v1", each, "anonymous"), 10, 0, 0},
		"two DaemonSets with one image":                 {pulls("a/a", each, "anonymous", "a/a:latest", each, "anonymous"), 10, 0, 0},
		"two images of a DaemonSet":                     {pulls("a/a:1", each, "anonymous", "a/a:2", each, "anonymous"), 20, 0, 0},
		"a Deployment: as many as it has pods":          {pulls("a/a", 3, "anonymous"), 3, 0, 0},
		"a Deployment with more pods than nodes":        {pulls("a/a", 30, "anonymous"), 10, 0, 0},
		"a Deployment without pods":                     {pulls("a/a", 0, "anonymous"), 0, 0, 0},
		"two Deployments with one image":                {pulls("a/a", 3, "anonymous", "a/a", 4, "anonymous"), 7, 0, 0},
		"the same, with more pods than nodes":           {pulls("a/a", 6, "anonymous", "a/a", 7, "anonymous"), 10, 0, 0},
		"a Deployment with the image of a DaemonSet":    {pulls("a/a", 3, "anonymous", "a/a", each, "anonymous"), 10, 0, 0},
		"an image by digest counts without its tag":     {pulls("a/a:1@sha256:"+strings.Repeat("0", 64), each, "anonymous", "a/a@sha256:"+strings.Repeat("0", 64), each, "anonymous"), 10, 0, 0},
		"a Secret fails the pull":                       {pulls("a/a", each, "fails"), 0, 0, 0},
		"a name that kubelet refuses":                   {pulls("a/A", each, "invalid"), 0, 0, 0},
		"each verdict has its sum":                      {pulls("a/a", each, "authenticated", "a/b", 2, "unknown", "a/c", 1, "anonymous"), 1, 2, 10},
		"one image, with and without: either may be it": {pulls("a/a", each, "authenticated", "a/a", 1, "anonymous"), 1, 0, 10},
	} {
		t.Run(name, func(t *testing.T) {
			b := Of(c.images, nil, 10, 0)
			var sum Registry
			for _, r := range b.Registries {
				require.Equal(t, "docker.io", r.Registry)
				sum = r
			}
			require.Equal(t, []int{c.anonymous, c.unknown, c.authenticated}, []int{sum.Anonymous, sum.Unknown, sum.Authenticated})
		})
	}
}

func TestEachRegistryHasItsSums(t *testing.T) {
	images := pulls("quay.io/a/a", each, "anonymous", "registry-1.docker.io/a/a", each, "anonymous", "a/a", each, "anonymous")
	images = append(images, finding.Image{Image: "ghcr.io/a/a", Copies: each, Verdict: "anonymous"}) // not audited
	require.Equal(t, []Registry{
		{Registry: "docker.io", Anonymous: 20, Limit: 100, Verdict: Within},
		{Registry: "quay.io", Anonymous: 10},
	}, Of(images, nil, 10, 0).Registries)
	require.Equal(t, []Registry{
		{Registry: "docker.io", Anonymous: 20, Limit: 10, Verdict: Over},
		{Registry: "quay.io", Anonymous: 10, Limit: 10, Verdict: Within},
	}, Of(images, nil, 10, 10).Registries)
}

func TestPullsThatMayBeAnonymousAreNotPassedOver(t *testing.T) {
	b := Of(pulls("a/a", each, "anonymous", "a/b", each, "unknown", "a/c", 1, "authenticated"), nil, 60, 0)
	require.Equal(t, MayBe, b.Registries[0].Verdict)
	require.Equal(t, "docker.io: first start on 60 nodes: at most 60 anonymous pulls, and 60 that may be anonymous: may be over the limit of 100; 1 with a credential, whose account may have a limit, too", b.Lines()[0])
	require.Equal(t, "docker.io: first start on 1 node: at most 1 anonymous pulls: within the limit of 100", Of(pulls("a/a", each, "anonymous"), nil, 1, 0).Lines()[0])
}

func TestTheBudgetNamesWhatItLeavesOut(t *testing.T) {
	findings := finding.List{{Check: finding.UnknownPull}, {Check: finding.RenderedLater}, {Check: finding.UnknownPull, IsVerdict: true}, {Check: finding.Unread}, {Check: finding.Unread}}
	images := pulls("${REGISTRY}/a", each, "invalid", "", each, "unknown", "calico/node", each, "anonymous")
	images[2].Kind = "Installation"
	b := Of(images, findings, 3, 0)
	require.Equal(t, []string{
		"2 images with unknown names", "1 Installations, whose operator pulls more than calico-node",
		"2 places that may pull, with unknown images (unknown-pull, rendered-later)", "2 places that nobody could read (unread)",
	}, b.NotKnown[:4])
	require.Equal(t, "autoscaling", b.NotKnown[4])
	require.Equal(t, "first start on 3 nodes: no image of an audited registry is counted", Of(nil, nil, 3, 0).Lines()[0])
	require.True(t, strings.HasPrefix(b.Lines()[1], "not known: 2 images with"))
}

func TestJoin(t *testing.T) {
	require.Nil(t, Join([]string{"a"}, []*Budget{nil}))
	a, b := Of(pulls("a/a", each, "anonymous"), nil, 3, 0), Of(pulls("a/a", 1, "anonymous", "${X}/a", 1, "invalid"), nil, 3, 0)
	all := Join([]string{"a", "b", "c"}, []*Budget{a, b, nil})
	require.Equal(t, []Registry{{Set: "a", Registry: "docker.io", Anonymous: 3, Limit: 100, Verdict: Within}, {Set: "b", Registry: "docker.io", Anonymous: 1, Limit: 100, Verdict: Within}}, all.Registries)
	require.Contains(t, all.NotKnown, "1 images with unknown names")
	require.Len(t, all.NotKnown, 7, "each once")
}
