// SPDX-License-Identifier: Apache-2.0

// Package kubelet compares the package pull with kubelet's own code.
package kubelet

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/go-logr/logr"
	v1 "k8s.io/api/core/v1"
	"k8s.io/klog/v2"
	"k8s.io/kubernetes/pkg/credentialprovider"
	"k8s.io/kubernetes/pkg/credentialprovider/secrets"
	"k8s.io/kubernetes/pkg/util/parsers"

	"example.com/calico-pull-secrets/internal/pull"
)

func TestMain(m *testing.M) {
	klog.SetLogger(logr.Discard()) // kubelet logs each server that is not a URL
	os.Exit(m.Run())
}

// pairs is how many images each seed compares with one Secret's servers.
const pairs = 100_000

// The parts of servers and images: many match, and some almost match.
var (
	schemes = []string{"", "", "", "https://", "http://", "HTTPS://", "oci://", "https:", "//"}
	hosts   = []string{
		"docker.io", "index.docker.io", "registry-1.docker.io", "hub.docker.com", "quay.io", "ghcr.io", "Quay.io", "docker.io.", "localhost",
		"registry.example.com", "a.b.example.com", "10.0.0.1", "[::1]", "[fe80::1]", "[A::]", "*", "*.io", "*.*", "q*.io", "qua?.io", "[pq]uay.io", "*.docker.io", "*.example.com", "ex[ample", "", "user:pass@quay.io",
	}
	ports    = []string{"", "", "", "", ":443", ":5000", ":", ":*", ":x"}
	prefixes = []string{"", "", "", "/", "/v1", "/v2", "/v1/", "/v2/", "/v1//", "/api/v1", "/v3/"}
	paths    = []string{"", "", "calico", "calico/", "calico/node", "calico/no", "library", "library/", "library/etcd", "calico/../x", "%63alico", "a b", "?q", "#f", "*"}

	imageHosts = []string{"", "", "docker.io/", "index.docker.io/", "quay.io/", "ghcr.io/", "localhost/", "registry.example.com/", "a.b.example.com:5000/", "quay.io:443/", "10.0.0.1/", "[::1]:5000/", "[::1]/", "[fe80::1]:443/", "A/", "a__b.c/", "registry-1.docker.io/", "docker.io:443/", "registry.hub.docker.com/", "Docker/", "x.docker.io/", "example/"}
	imagePaths = []string{"calico/node", "calico/cni", "etcd", "library/etcd", "calico/a/b", "calico-node", "a__b/c", "v1/calico/node", "a--b.c_d/x", strings.Repeat("a", 255), "calico", "calico/node", "quay/node"}
	// badPaths are not valid in an image.
	badPaths = []string{"Calico/node", "calico//node", "${REPOSITORY}/node", "a..b/c", "-a/b", "a_/b", "a___b", "a.-b", "", "/", "a/b/", "ü/x", strings.Repeat("a/", 130) + "x", strings.Repeat("a", 256), strings.Repeat("0", 64)}
	tags     = []string{"", ":v3.30.0", ":latest", "@sha256:" + strings.Repeat("0", 64), ":v1@sha256:" + strings.Repeat("a", 64), ":V1_x.y-z"}
	badTags  = []string{":", "::", ":${TAG}", ":-x", ":" + strings.Repeat("x", 129), "@", "@sha256:00", "@sha256:" + strings.Repeat("A", 64), "@md5:" + strings.Repeat("0", 32), "@sha512:" + strings.Repeat("0", 128), "x@y"}
)

func pick(r *rand.Rand, from []string) string { return from[r.IntN(len(from))] }

func server(r *rand.Rand) string {
	if r.IntN(2) == 0 {
		return pick(r, known)
	}
	s := pick(r, schemes) + pick(r, hosts) + pick(r, ports) + pick(r, prefixes)
	if p := pick(r, paths); p != "" {
		s += strings.TrimSuffix("/", s[max(0, len(s)-1):]) + p
	}
	return s
}

func image(r *rand.Rand) string {
	paths, tags := imagePaths, tags
	switch r.IntN(40) {
	case 0:
		paths = badPaths
	case 1:
		tags = badTags
	}
	return pick(r, imageHosts) + pick(r, paths) + pick(r, tags)
}

// known are servers that people write.
var known = []string{
	"https://index.docker.io/v1/", "https://index.docker.io/v2/", "https://index.docker.io/", "index.docker.io", "index.docker.io/v1/", "http://index.docker.io/v1/",
	"docker.io", "https://docker.io", "https://docker.io/v1/", "docker.io/calico", "https://index.docker.io/v1", "https://index.docker.io/v2", "https://docker.io/v1",
	"docker.io/library", "docker.io:443", "Docker.io", "*.docker.io", "registry-1.docker.io", "hub.docker.com", "docker.com", "auth.docker.io", "registry.hub.docker.com",
	"quay.io", "https://quay.io", "https://quay.io/v1/", "https://quay.io/v2/", "quay.io/calico", "quay.io/calico/", "https://quay.io/v1", "https://quay.io/v2",
	"https://quay.io/api/v1", "*.quay.io", "quay.io:443", "ghcr.io", "*.io",
}

// lookup returns the servers that kubelet finds for the image, in its order. valid is false if the
// image is not valid.
func lookup(t *testing.T, servers []string, image string) (found []string, repository string, valid bool) {
	t.Helper()
	repository, _, _, err := parsers.ParseImageName(image)
	if err != nil {
		return nil, "", false
	}
	auths := credentialprovider.DockerConfig{}
	for i, s := range servers {
		auths[s] = credentialprovider.DockerConfigEntry{Username: strconv.Itoa(i), Password: "x"}
	}
	content, err := json.Marshal(credentialprovider.DockerConfigJSON{Auths: auths})
	if err != nil {
		t.Fatal(err)
	}
	ring, err := secrets.MakeDockerKeyring([]v1.Secret{{
		Type: v1.SecretTypeDockerConfigJson, Data: map[string][]byte{v1.DockerConfigJsonKey: content},
	}}, &credentialprovider.BasicDockerKeyring{})
	if err != nil {
		t.Fatal(err)
	}
	credentials, _ := ring.Lookup(repository)
	for _, c := range credentials {
		i, err := strconv.Atoi(c.Username)
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, servers[i])
	}
	return found, repository, true
}

func TestTheRuleIsKubelets(t *testing.T) {
	for name, seed := range map[string]uint64{"fixed": 1, "fresh": uint64(time.Now().UnixNano())} {
		t.Run(name, func(t *testing.T) {
			t.Logf("seed %d", seed)
			r := rand.New(rand.NewPCG(seed, seed))
			matched, several, invalid := 0, 0, 0
			for i := 0; i < pairs; i++ {
				servers := []string{server(r)}
				for r.IntN(3) > 0 {
					servers = append(servers, server(r))
				}
				slices.Sort(servers)
				servers = slices.Compact(servers)
				n := check(t, servers, image(r))
				switch {
				case n < 0:
					invalid++
				case n > 1:
					several++
					fallthrough
				case n > 0:
					matched++
				}
			}
			t.Logf("%d pairs: %d matched, %d by several servers, %d images invalid", pairs, matched, several, invalid)
			if matched < pairs/10 || several < pairs/100 || invalid < pairs/100 {
				t.Error("too few match for the comparison to say something")
			}
		})
	}
}

func TestTheTableIsKubelets(t *testing.T) {
	for _, s := range known {
		for _, i := range []string{"docker.io/calico/node", "calico/node", "index.docker.io/calico/node:v3", "quay.io/calico/node", "etcd", "ghcr.io/x/y"} {
			check(t, []string{s}, i)
		}
	}
}

// check fails if kubelet and we find different servers, or in another order. It returns how many
// there are, -1 if the image is not valid. For servers with the same endpoint kubelet has no order.
func check(t *testing.T, servers []string, image string) int {
	t.Helper()
	want, repository, valid := lookup(t, servers, image)
	got, ok := pull.Repository(image)
	if ok != valid || valid && got != repository {
		t.Fatalf("image %q: %q %v, kubelet %q %v", image, got, ok, repository, valid)
	}
	if !valid {
		return -1
	}
	found := pull.Matches(servers, repository)
	byEndpoint := func(a, b string) int {
		if x, y := pull.Endpoint(a), pull.Endpoint(b); x != y {
			return strings.Compare(y, x)
		}
		return strings.Compare(a, b)
	}
	if slices.IsSortedFunc(want, func(a, b string) int { return strings.Compare(pull.Endpoint(b), pull.Endpoint(a)) }) {
		slices.SortFunc(want, byEndpoint)
	}
	if !slices.Equal(found, want) {
		t.Fatalf("servers %q, image %q: %q, kubelet %q", servers, image, found, want)
	}
	return len(found)
}
