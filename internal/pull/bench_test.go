// SPDX-License-Identifier: Apache-2.0

package pull_test

import (
	"fmt"
	"testing"

	"example.com/calico-pull-secrets/internal/pull"
)

// BenchmarkJudge judges 1,000 images with many servers. Either one server or every server
// matches the image. The time grows with images times servers, as it does in kubelet.
// Compare 1000 with 10000: the larger one must stay at a few seconds.
func BenchmarkJudge(b *testing.B) {
	for name, c := range map[string]struct {
		server, image string // %d is a number
		secrets       bool   // a Secret for each server
	}{
		"hosts":                 {"r%d.example.com", "r%d.example.com/calico/node", false},
		"paths":                 {"docker.io/a%d", "a%d/calico/node", false},
		"globs":                 {"*.r%d.example.com", "x.r%d.example.com/node", false},
		"globs, one TLD":        {"a%d*.io", "a%d.io/node", false},
		"globs, one host":       {"*.io/a%d", "quay.io/a%d/node", false},
		"spellings":             {"docker.io?%d", "a%d/node", false},
		"Secrets":               {"r%d.example.com", "r%d.example.com/calico/node", true},
		"Secrets, one registry": {"docker.io?%d", "a%d/node", true},
	} {
		for _, n := range []int{1000, 10_000} {
			servers, images := make([]string, n), make([]string, n)
			for i := range n {
				servers[i], images[i] = fmt.Sprintf(c.server, i), fmt.Sprintf(c.image, i)
			}
			images = images[:1000]
			b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) {
				for b.Loop() {
					var list []pull.Secret
					if c.secrets {
						for _, server := range servers {
							list = append(list, pull.Secret{Name: server, Content: pull.Authenticating(server)})
						}
					} else {
						list = append(list, pull.Secret{Name: "regcred", Content: pull.Authenticating(servers...)})
					}
					k := pull.NewKeyring(list)
					for _, image := range images {
						if k.Judge(image).Outcome != pull.Authenticated {
							b.Fatal(image)
						}
					}
				}
			})
		}
	}
}

// BenchmarkPods judges one image for each of 1,000 pods. All pods list the same large
// Secret.
func BenchmarkPods(b *testing.B) {
	for _, n := range []int{1000, 10_000} {
		servers := make([]string, n)
		for i := range n {
			servers[i] = fmt.Sprintf("docker.io/a%d", i)
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				large := pull.Secret{Name: "large", Content: pull.Authenticating(servers...)}
				for i := range 1000 {
					own := pull.Secret{Name: "own", Content: pull.Content{}}
					if pull.NewKeyring([]pull.Secret{own, large}).Judge(fmt.Sprintf("a%d/node", i)).Outcome != pull.Authenticated {
						b.Fatal(i)
					}
				}
			}
		})
	}
}
