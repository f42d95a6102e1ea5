// SPDX-License-Identifier: Apache-2.0

package pull_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/calico-pull-secrets/internal/pull"
)

// testdata/kubelet compares the rule with kubelet's own code. The tests here have the
// servers that people write.

const hubImage, quayImage = "docker.io/calico/node:v3.30.0", "quay.io/calico/node:v3.31.0"

func TestWhichServersServeWhichImages(t *testing.T) {
	hub := []string{"docker.io/calico/node", "calico/node:v3.30.0", "index.docker.io/calico/node@sha256:" + strings.Repeat("0", 64)}
	for _, c := range []struct {
		servers   string
		hub, quay bool
	}{
		{"https://index.docker.io/v1/ https://index.docker.io/v2/ https://index.docker.io/ index.docker.io index.docker.io/v1/ http://index.docker.io/v1/", true, false},
		{"docker.io https://docker.io https://docker.io/v1/ docker.io/calico", true, false},
		{"https://index.docker.io/v1 https://index.docker.io/v2 https://docker.io/v1 docker.io/library docker.io:443 Docker.io *.docker.io", false, false},
		{"registry-1.docker.io hub.docker.com docker.com auth.docker.io registry.hub.docker.com", false, false},
		{"quay.io https://quay.io https://quay.io/v1/ https://quay.io/v2/ quay.io/calico quay.io/calico/", false, true},
		{"https://quay.io/v1 https://quay.io/v2 https://quay.io/api/v1 *.quay.io quay.io:443 ghcr.io", false, false},
		{"*.io", true, true},
	} {
		for server := range strings.FieldsSeq(c.servers) {
			k := pull.NewKeyring([]pull.Secret{{Name: "regcred", Content: pull.Authenticating(server)}})
			for _, image := range hub {
				require.Equal(t, c.hub, k.Judge(image).Outcome == pull.Authenticated, "%s %s", server, image)
			}
			require.Equal(t, c.quay, k.Judge(quayImage).Outcome == pull.Authenticated, "%s %s", server, quayImage)
		}
	}
}

func TestTheMostSpecificServerComesFirst(t *testing.T) {
	servers := []string{"*.io", "quay.io", "https://quay.io/calico", "ghcr.io", "quay.io/tigera"}
	require.Equal(t, []string{"https://quay.io/calico", "quay.io", "*.io"}, pull.Matches(servers, "quay.io/calico/node"))
	require.Equal(t, []string{"docker.io"}, pull.Matches([]string{"docker.io", pull.DockerHub}, "docker.io/calico/node"),
		"what docker login writes is taken only if nothing else matches")
}

func TestGlobsMatchLabelByLabel(t *testing.T) {
	for _, c := range []struct {
		glob, repository string
		matches          bool
	}{
		{"*.io", "quay.io/node", true},
		{"q*y.i*", "quay.io/node", true},
		{"*", "localhost/node", true},
		{"*.io/calico", "quay.io/calico/node", true},
		{"*.io:5000", "quay.io:5000/node", true},
		{"*.a.bc", "x.a.bc/node", true},
		{"*.io/calico", "quay.io/node", false},
		{"*.io:5000", "quay.io/node", false},
		{"*.io", "quay.io:5000/node", false},
		{"*.io", "a.quay.io/node", false},
		{"*.*.io", "quay.io/node", false},
		{"*.a.bc", "x.ab.c/node", false},
		{"a*.io", "quay.io/node", false},
	} {
		require.Equal(t, c.matches, len(pull.Matches([]string{c.glob}, c.repository)) > 0, "%s %s", c.glob, c.repository)
	}
}

// A verdict is the expected result of a case. It writes each offer as Secret and
// endpoint, with a minus before an offer that is not usable.
type verdict struct {
	outcome        pull.Outcome
	why            pull.Reason
	by, cause      []string
	offers, hidden []string
}

func TestVerdictsOfWholeLists(t *testing.T) {
	const hub = `{"auths":{"https://index.docker.io/v1/":{"auth":"dTpw"}}}`
	regcred := pull.Secret{Name: "regcred", Content: configJSON(hub)}
	named := func(name, value string) pull.Secret { return pull.Secret{Name: name, Content: configJSON(value)} }
	old := named("old", `{"auths":{"docker.io":{"auth":"dTpw"}}}`)
	empty := named("empty", `{"auths":{"docker.io":{}}}`)
	noUser := named("no-user", `{"auths":{"docker.io":{"auth":"OnBhc3N3b3Jk"}}}`)
	quay := named("quay", `{"auths":{"quay.io":{"auth":"dTpw"}}}`)
	bare := named("bare", `{"auths":{"https://index.docker.io/v1/":{}},"credsStore":"desktop"}`)
	store := named("store", `{"auths":{},"credsStore":"desktop"}`)
	malformed := named("malformed", `{"auths":{"ghcr.io":{"auth":"%"}}}`)
	refused := pull.Secret{Name: "refused", Content: pull.Content{State: pull.Refused}}
	opaque := pull.Secret{Name: "opaque", Content: pull.ParseSecret("Opaque", nil)}
	absent := pull.Secret{Name: "absent"}
	nameless := pull.Secret{Content: configJSON(`{"auths":{"docker.io":{"auth":"%"}}}`)}

	for name, c := range map[string]struct {
		list  []pull.Secret
		image string
		want  verdict
	}{
		"what kubectl makes":                                    {[]pull.Secret{regcred}, hubImage, verdict{outcome: pull.Authenticated, by: []string{"regcred"}, offers: []string{"regcred index.docker.io"}}},
		"an old Secret hides it":                                {[]pull.Secret{old, regcred}, hubImage, verdict{outcome: pull.Authenticated, by: []string{"old"}, offers: []string{"old docker.io"}, hidden: []string{"regcred index.docker.io"}}},
		"an old Secret behind it hides it, too":                 {[]pull.Secret{regcred, old}, hubImage, verdict{outcome: pull.Authenticated, by: []string{"old"}, offers: []string{"old docker.io"}, hidden: []string{"regcred index.docker.io"}}},
		"an empty entry hides it":                               {[]pull.Secret{empty, regcred}, hubImage, verdict{outcome: pull.Anonymous, why: pull.Unusable, cause: []string{"empty"}, offers: []string{"-empty docker.io"}, hidden: []string{"regcred index.docker.io"}}},
		"an entry without a user name hides it":                 {[]pull.Secret{regcred, noUser}, hubImage, verdict{outcome: pull.Anonymous, why: pull.Unusable, cause: []string{"no-user"}, offers: []string{"-no-user docker.io"}, hidden: []string{"regcred index.docker.io"}}},
		"an entry of the same Secret hides it":                  {[]pull.Secret{named("regcred", `{"auths":{"docker.io":{},"https://index.docker.io/v1/":{"auth":"dTpw"}}}`)}, hubImage, verdict{outcome: pull.Anonymous, why: pull.Unusable, cause: []string{"regcred"}, offers: []string{"-regcred docker.io"}, hidden: []string{"regcred index.docker.io"}}},
		"an unusable one before a usable one":                   {[]pull.Secret{empty, old, noUser}, hubImage, verdict{outcome: pull.Anonymous, why: pull.Unusable, by: []string{"old"}, cause: []string{"empty"}, offers: []string{"-empty docker.io", "old docker.io", "-no-user docker.io"}}},
		"an unusable one behind a usable one":                   {[]pull.Secret{old, empty}, hubImage, verdict{outcome: pull.Authenticated, by: []string{"old"}, offers: []string{"old docker.io", "-empty docker.io"}}},
		"a Secret of docker desktop":                            {[]pull.Secret{bare}, hubImage, verdict{outcome: pull.Anonymous, why: pull.Unusable, cause: []string{"bare"}, offers: []string{"-bare index.docker.io"}}},
		"nothing in it":                                         {[]pull.Secret{store}, hubImage, verdict{outcome: pull.Anonymous, why: pull.NoCredential, cause: []string{"store"}}},
		"nothing usable in it, for another registry":            {[]pull.Secret{bare}, quayImage, verdict{outcome: pull.Anonymous, why: pull.NoCredential, cause: []string{"bare"}}},
		"another registry":                                      {[]pull.Secret{regcred, store}, quayImage, verdict{outcome: pull.Anonymous, why: pull.NoMatch, cause: []string{"regcred", "store"}}},
		"a Secret for each":                                     {[]pull.Secret{regcred, quay}, quayImage, verdict{outcome: pull.Authenticated, by: []string{"quay"}, offers: []string{"quay quay.io"}}},
		"no list":                                               {nil, hubImage, verdict{outcome: pull.Anonymous, why: pull.NoSecret}},
		"a nameless entry is no Secret":                         {[]pull.Secret{nameless}, hubImage, verdict{outcome: pull.Anonymous, why: pull.NoSecret}},
		"a nameless entry is skipped, and nothing of it counts": {[]pull.Secret{nameless, regcred}, hubImage, verdict{outcome: pull.Authenticated, by: []string{"regcred"}, offers: []string{"regcred index.docker.io"}}},
		"a Secret named twice is asked twice":                   {[]pull.Secret{regcred, regcred}, hubImage, verdict{outcome: pull.Authenticated, by: []string{"regcred"}, offers: []string{"regcred index.docker.io", "regcred index.docker.io"}}},
		"a malformed one, for another registry":                 {[]pull.Secret{regcred, malformed}, hubImage, verdict{outcome: pull.Fails, cause: []string{"malformed"}}},
		"a malformed one, whatever the image":                   {[]pull.Secret{malformed}, "${IMAGE}", verdict{outcome: pull.Fails, cause: []string{"malformed"}}},
		"a malformed one, whatever else is not known":           {[]pull.Secret{absent, malformed}, hubImage, verdict{outcome: pull.Fails, cause: []string{"malformed"}}},
		"a malformed one under the name of a good one":          {[]pull.Secret{regcred, {Name: "regcred", Content: malformed.Content}}, hubImage, verdict{outcome: pull.Fails, cause: []string{"regcred"}}},
		"no image":                                          {[]pull.Secret{regcred}, "docker.io/Calico/node", verdict{outcome: pull.InvalidImage}},
		"an ignored type":                                   {[]pull.Secret{opaque, quay}, hubImage, verdict{outcome: pull.Anonymous, why: pull.IgnoredSecret, cause: []string{"opaque"}}},
		"an ignored type beside a good one":                 {[]pull.Secret{opaque, regcred}, hubImage, verdict{outcome: pull.Authenticated, by: []string{"regcred"}, offers: []string{"regcred index.docker.io"}}},
		"one that the API server refuses":                   {[]pull.Secret{opaque, refused}, hubImage, verdict{outcome: pull.Anonymous, why: pull.RefusedSecret, cause: []string{"refused"}}},
		"one that is not known":                             {[]pull.Secret{absent}, hubImage, verdict{outcome: pull.Unresolved, cause: []string{"absent"}}},
		"one that is not known, beside other registries":    {[]pull.Secret{quay, opaque, absent}, hubImage, verdict{outcome: pull.Unresolved, cause: []string{"absent"}}},
		"one that is not known may have what another lacks": {[]pull.Secret{empty, absent}, hubImage, verdict{outcome: pull.Unresolved, cause: []string{"absent"}, offers: []string{"-empty docker.io"}}},
		"one that is not known, beside a good one":          {[]pull.Secret{absent, regcred}, hubImage, verdict{outcome: pull.Authenticated, by: []string{"regcred"}, offers: []string{"regcred index.docker.io"}}},
		"an IPv6 address without a port":                    {[]pull.Secret{{Name: "six", Content: pull.Authenticating("[::1]")}}, "[::1]/calico/node", verdict{outcome: pull.Anonymous, why: pull.NoMatch, cause: []string{"six"}}},
		"an IPv6 address with a port":                       {[]pull.Secret{{Name: "six", Content: pull.Authenticating("[::1]:5000")}}, "[::1]:5000/calico/node", verdict{outcome: pull.Authenticated, by: []string{"six"}, offers: []string{"six [::1]:5000"}}},
		"localhost may be Docker Hub to kubelet":            {[]pull.Secret{regcred}, "localhost/node", verdict{outcome: pull.Authenticated, by: []string{"regcred"}, offers: []string{"regcred index.docker.io"}}},
		"a host of Docker Hub is not Docker Hub":            {[]pull.Secret{regcred}, "registry-1.docker.io/calico/node", verdict{outcome: pull.Anonymous, why: pull.NoMatch, cause: []string{"regcred"}}},
	} {
		t.Run(name, func(t *testing.T) {
			v := pull.NewKeyring(c.list).Judge(c.image)
			require.Equal(t, c.image, v.Image)
			require.Equal(t, c.want, verdict{v.Outcome, v.Why, v.By(), v.Cause, written(v.Offers), written(v.Hidden)})
			for _, o := range append(v.Offers, v.Hidden...) {
				require.Equal(t, c.list[o.Index].Name, o.Secret)
			}
		})
	}
	require.Equal(t, []string{"absent"}, pull.NewKeyring([]pull.Secret{absent, regcred, absent}).Judge(hubImage).Unknown)
}

func written(offers []pull.Offer) (texts []string) {
	for _, o := range offers {
		text := o.Secret + " " + o.Endpoint
		if !o.Usable {
			text = "-" + text
		}
		texts = append(texts, text)
	}
	return texts
}

// TestLargeSecretsAreJudgedAsSmallOnes checks that entries for other registries make no
// difference.
func TestLargeSecretsAreJudgedAsSmallOnes(t *testing.T) {
	var padding []string
	for i := range 100 {
		padding = append(padding, fmt.Sprintf("r%d.example.com/*", i), fmt.Sprintf("*.r%d.example.com", i))
	}
	servers := []string{"docker.io", "docker.io/calico", "*.io", "https://docker.io/v1/", pull.DockerHub, "quay.io/calico", "quay.io"}
	large := append(padding, servers...)
	list := func(a, b, c []string) *pull.Keyring {
		return pull.NewKeyring([]pull.Secret{
			{Name: "a", Content: pull.Authenticating(a...)}, {Name: "b", Content: pull.Authenticating(b...)}, {Name: "c", Content: pull.Authenticating(c...)},
		})
	}
	for _, image := range []string{hubImage, quayImage, "ghcr.io/x", "etcd", "localhost/x"} {
		want := list(servers, servers, servers).Judge(image)
		require.NotEmpty(t, want.Offers)
		require.Equal(t, want, list(large, servers, servers).Judge(image))
		require.Equal(t, want, list(servers, large, servers).Judge(image))
		require.Equal(t, want, list(large, servers, large).Judge(image))
		require.Equal(t, want, list(large, large, large).Judge(image))
	}
}
