// SPDX-License-Identifier: Apache-2.0

package allowance

import (
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/calico-pull-secrets/internal/finding"
)

func TestGlobsMatchImagesAsKubeletNormalisesThem(t *testing.T) {
	for _, c := range []struct {
		glob, image string
		matches     bool
	}{
		{"docker.io/acme/*", "acme/web", true},
		{"docker.io/acme/*", "index.docker.io/acme/web:1.2@sha256:" + strings.Repeat("0", 64), true},
		{"docker.io/acme/*", "acme/web/api", false},
		{"docker.io/acme/**", "acme/web/api", true},
		{"docker.io/library/nginx", "nginx:1.27", true},
		{"docker.io/library/nginx:1.*", "nginx:1.27", true},
		{"docker.io/library/nginx:1.*", "nginx:2", false},
		{"docker.io/library/nginx:1.*", "nginx", false},
		{"localhost:5000/a/*", "localhost:5000/a/b:1", true},
		{"docker.io/acme/*", "registry-1.docker.io/acme/web", false}, // for kubelet this is another registry
		{"**", "quay.io/a/b", true},
		{"**", "", false},
		{"**", "no image", false},
	} {
		require.Equal(t, c.matches, matchesImage(c.glob, c.image), "%s: %s", c.glob, c.image)
		require.Empty(t, problemOfGlob(c.glob), c.glob)
	}
	for _, glob := range []string{"nginx", "acme/*", "library/nginx:1", "[", "docker.io"} {
		require.NotEmpty(t, problemOfGlob(glob), glob)
	}
}

// anonymous is a finding that fails.
var anonymous = finding.Finding{
	Check: finding.AnonymousPull, Severity: finding.Error, Container: "web", Images: "acme/web:1",
	Place: finding.Place{Kind: "Pod", Namespace: "shop", Name: "web", Object: 1},
}

// TestWhatNeverPasses has the checks whose findings no exception lets pass.
func TestWhatNeverPasses(t *testing.T) {
	everything := []Exception{{Image: "**", Reason: "x"}, {Kind: "Pod", Reason: "x"}}
	for _, check := range finding.Checks() {
		f := anonymous
		f.Check = check.ID
		passes := NewGate("", "", everything, nil).Let(f).Severity != finding.Error
		switch check.ID {
		case "failing-pull", "unread", "config", "missing-target", "exception-expired", "exception-invalid", "exception-unused", "baseline-gone":
			require.False(t, passes, check.ID)
		default:
			require.True(t, passes, check.ID)
		}
	}
	f := anonymous
	f.IsConfig = true
	require.Equal(t, f, NewGate("", "", everything, NewBaseline("")).Let(f), "it ends with 2")
	require.Equal(t, anonymous, NewGate("", "2026-12-01", []Exception{{Kind: "Pod", Reason: "x", Until: "2026-11-30"}}, nil).Let(anonymous), "it has ended")
}

// TestAnAnnotationIsForItsObject wants an annotation to let pass only findings on its own object,
// and only of some checks.
func TestAnAnnotationIsForItsObject(t *testing.T) {
	g := NewGate("", "", nil, nil)
	require.Empty(t, g.Annotate(anonymous.Place, "docker.io/acme/*: ours"))
	require.Equal(t, finding.Info, g.Let(anonymous).Severity)
	other, refused := anonymous, anonymous
	other.Object = 2
	refused.Check = finding.SecretRefused
	require.Equal(t, other, g.Let(other))
	require.Equal(t, refused, g.Let(refused))
	require.Equal(t, 1, g.Allowed()[0].Findings)
}

// TestABaselineLetsItsFindingsPass writes a baseline of random findings, from several sets at
// the same time. Read again, it must let these findings pass, and no more.
func TestABaselineLetsItsFindingsPass(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	words := []string{"", "a", "b\n\"", "ü/.."}
	any := func() string { return words[r.IntN(len(words))] }
	sets := map[string][]finding.Finding{}
	for range 300 {
		f := anonymous
		f.Kind, f.Namespace, f.Name, f.Container, f.Images, f.File = any(), any(), any(), any(), any(), any()
		if set := any(); f.Kind != "" || f.File != "" {
			sets[set] = append(sets[set], f)
		}
	}
	through := func(b *Baseline) (failed int) {
		var all sync.WaitGroup
		var mutex sync.Mutex
		for set, findings := range sets {
			all.Go(func() {
				g := NewGate(set, "", nil, b)
				for _, f := range findings {
					if g.Let(f).Severity == finding.Error {
						mutex.Lock()
						failed++
						mutex.Unlock()
					}
				}
			})
		}
		all.Wait()
		return failed
	}
	made := NewBaseline("b.json")
	require.Zero(t, through(made))
	text, findings := made.Text()
	again, _ := made.Text()
	require.Equal(t, string(again), string(text))
	read, err := ReadBaseline("b.json", text)
	require.NoError(t, err)
	require.Len(t, read.Gone(), 1, "nothing was looked for yet")
	require.Zero(t, through(read))
	require.Empty(t, read.Gone())
	require.Equal(t, findings, through(read), "all of them once more are new")
}

// TestABaselineIsReadStrictly has texts that are no baseline.
func TestABaselineIsReadStrictly(t *testing.T) {
	const password = "hunter2-3f9a"
	for _, text := range []string{
		"", "{}", "[]", `{"version": 1}`, `{"findings": []}`, `{"version": 2, "findings": []}`, `{"version": 1, "findings": [], "x": 1}`,
		`{"version": 1, "findings": []} {}`, `{"version": 1, "findings": [{"check": "a"}]}`, `{"version": 1, "findings": [{"check": "a", "count": -1}]}`,
		`{"version": 1, "findings": [{"check": "a", "count": 1, "` + password + `": 1}]}`, `{"version": 1, "findings": [{"count": 1}]}`,
		`{"version": 1, "findings": [{"check": "a", "count": 1}, {"check": "a", "count": 2}]}`, "<<<<<<< HEAD\n{}",
	} {
		_, err := ReadBaseline("b.json", []byte(text))
		require.Error(t, err, text)
		require.NotContains(t, err.Error(), password)
	}
}
