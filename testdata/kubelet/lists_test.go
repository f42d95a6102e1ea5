// SPDX-License-Identifier: Apache-2.0

package kubelet

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	v1 "k8s.io/api/core/v1"
	"k8s.io/kubernetes/pkg/credentialprovider"
	"k8s.io/kubernetes/pkg/credentialprovider/secrets"
	"k8s.io/kubernetes/pkg/util/parsers"

	"example.com/calico-pull-secrets/internal/pull"
)

// lists is how many lists of Secrets each seed compares.
const lists = 60_000

// An offer is a credential that kubelet tries. The test compares offers.
type offer struct{ secret, server string }

// fromKubelet returns kubelet's offers for a list and an image. It skips entries without a name, as
// kubelet's getPullSecretsForPod does, and Secrets that the API server refuses.
func fromKubelet(t *testing.T, names []string, byName map[string]v1.Secret, entries map[string]entry, repository string) (offers []credentialprovider.TrackedAuthConfig, err error) {
	t.Helper()
	var list []v1.Secret
	for _, name := range names {
		if name != "" && !isRefused(byName[name]) {
			list = append(list, byName[name])
		}
	}
	ring, err := secrets.MakeDockerKeyring(list, &credentialprovider.BasicDockerKeyring{})
	if err != nil {
		return nil, err
	}
	offers, _ = ring.Lookup(repository)
	return offers, nil
}

func keyring(names []string, byName map[string]v1.Secret) *pull.Keyring {
	var list []pull.Secret
	for _, name := range names {
		s := pull.Secret{Name: name}
		if found, ok := byName[name]; ok {
			key, _ := pull.Key(string(found.Type))
			if s.Content = pull.ParseSecret(string(found.Type), found.Data[key]); isRefused(found) {
				s.Content = pull.Content{State: pull.Refused}
			}
		}
		list = append(list, s)
	}
	return pull.NewKeyring(list)
}

// counts say how often the comparison met each case.
type counts struct{ fails, invalid, authenticated, anonymous, unusable, several, secrets, fallback, hidden int }

func TestWholeListsAreJudgedAsByKubelet(t *testing.T) {
	for name, seed := range map[string]uint64{"fixed": 1, "fresh": uint64(time.Now().UnixNano())} {
		t.Run(name, func(t *testing.T) {
			t.Logf("seed %d", seed)
			r := rand.New(rand.NewPCG(seed, seed))
			var c counts
			for range lists {
				names, byName, entries := randomList(r)
				k := keyring(names, byName)
				for range 2 {
					compare(t, &c, k, names, byName, entries, image(r))
				}
			}
			t.Logf("%d lists, each with two images: %+v", lists, c)
			for what, n := range map[string]int{
				"fails": c.fails, "invalid": c.invalid, "authenticated": c.authenticated, "anonymous": c.anonymous, "unusable": c.unusable,
				"several offers": c.several, "offers of several Secrets": c.secrets, "by the fallback": c.fallback, "hidden": c.hidden,
			} {
				if n < lists/100 {
					t.Errorf("%s: only %d, too few for the comparison to say something", what, n)
				}
			}
		})
	}
}

// compare fails if kubelet and we treat a list and an image differently.
func compare(t *testing.T, c *counts, k *pull.Keyring, names []string, byName map[string]v1.Secret, entries map[string]entry, image string) {
	t.Helper()
	v := k.Judge(image)
	describe := func() string {
		var b strings.Builder
		for _, name := range names {
			fmt.Fprintf(&b, "\n%s %s %s", name, byName[name].Type, byName[name].Data)
		}
		return fmt.Sprintf("image %q, list: %s\nverdict %+v", image, b.String(), v)
	}
	repository, _, _, invalid := parsers.ParseImageName(image)
	if repository != v.Repository {
		t.Fatalf("repository %q, kubelet %q", v.Repository, repository)
	}
	want, fails := fromKubelet(t, names, byName, entries, repository)
	if (fails != nil) != (v.Outcome == pull.Fails) {
		t.Fatalf("kubelet: %v; %s", fails, describe())
	}
	if fails != nil {
		c.fails++
		return
	}
	if (invalid != nil) != (v.Outcome == pull.InvalidImage) {
		t.Fatalf("kubelet: %v; %s", invalid, describe())
	}
	if invalid != nil {
		c.invalid++
		return
	}

	// For spellings of one key in one Secret kubelet has no order.
	var expected []offer
	usable, isFirst := len(want) > 0, true // kubelet tries the first, and the others only if that pull fails
	for _, a := range want {
		e := entries[cmp.Or(a.Email, a.Source.Secret.Name+"-null")]
		expected = append(expected, offer{a.Source.Secret.Name, e.server})
		if (a.Username != "" && a.Password != "") != e.usable {
			t.Fatalf("the entry for %q is not as meant", e.server)
		}
		first := expected[0]
		isFirst = isFirst && a.Source.Secret.Name == first.secret && pull.Endpoint(e.server) == pull.Endpoint(first.server)
		usable = usable && (e.usable || !isFirst)
	}
	order(expected)
	var got []offer
	for _, o := range v.Offers {
		got = append(got, offer{o.Secret, o.Server})
		if names[o.Index] != o.Secret || o.Endpoint != pull.Endpoint(o.Server) {
			t.Fatalf("offer %+v; %s", o, describe())
		}
		checked(t, o.Server)
	}
	if order(got); !slices.Equal(got, expected) {
		t.Fatalf("kubelet: %q; %s", expected, describe())
	}
	if usable != (v.Outcome == pull.Authenticated) || !usable && v.Outcome != pull.Anonymous {
		t.Fatalf("usable %v; %s", usable, describe())
	}
	hides(t, v, describe)

	switch {
	case usable:
		c.authenticated++
	case len(got) > 0:
		c.unusable++
	default:
		c.anonymous++
	}
	if len(got) > 1 {
		c.several++
		if got[0].secret != got[len(got)-1].secret {
			c.secrets++
		}
	}
	if len(v.Offers) > 0 && v.Offers[0].Endpoint == "index.docker.io" {
		c.fallback++
	}
	if len(v.Hidden) > 0 {
		c.hidden++
	}
}

// order sorts consecutive offers for one endpoint from one Secret.
func order(offers []offer) {
	for i := 0; i < len(offers); {
		j := i + 1
		for j < len(offers) && offers[j].secret == offers[i].secret && pull.Endpoint(offers[j].server) == pull.Endpoint(offers[i].server) {
			j++
		}
		slices.SortFunc(offers[i:j], func(a, b offer) int { return strings.Compare(a.server, b.server) })
		i = j
	}
}

// hides fails unless the hidden credentials are those that kubelet offers once nothing else
// matches.
func hides(t *testing.T, v pull.Verdict, describe func() string) {
	t.Helper()
	if len(v.Hidden) == 0 {
		return
	}
	auths := credentialprovider.DockerConfig{}
	for _, o := range v.Hidden {
		auths[o.Server] = credentialprovider.DockerConfigEntry{}
	}
	ring := &credentialprovider.BasicDockerKeyring{}
	ring.Add(nil, auths)
	if found, _ := ring.Lookup(v.Repository); len(found) != len(auths) || len(v.Offers) == 0 {
		t.Fatalf("hidden %+v; %s", v.Hidden, describe())
	}
}

// checked fails if CheckServer refuses a server for which kubelet has offered a credential. It
// refuses some on purpose.
func checked(t *testing.T, server string) {
	t.Helper()
	if err := pull.CheckServer(server); err == nil || strings.ContainsAny(server, "@?#") {
		return
	}
	for _, meant := range []string{"docker.io:", "docker.io/", "*.docker.io", "/v1", "/v2", "hub.docker.com", "[a::]"} {
		if strings.Contains(strings.ToLower(server)+"/", meant) {
			return
		}
	}
	t.Fatalf("kubelet offers credentials of %q, which CheckServer refuses", server)
}
