// SPDX-License-Identifier: Apache-2.0

package kubelet

import (
	"math/rand/v2"
	"strings"
	"testing"

	v1 "k8s.io/api/core/v1"
	"k8s.io/kubernetes/pkg/apis/core"
	"k8s.io/kubernetes/pkg/apis/core/validation"
	"k8s.io/kubernetes/pkg/credentialprovider"
	"k8s.io/kubernetes/pkg/credentialprovider/secrets"

	"example.com/calico-pull-secrets/internal/pull"
)

// isRefused reports whether the API server's own validation refuses a Secret.
func isRefused(s v1.Secret) bool {
	refused := core.Secret{Type: core.SecretType(s.Type), Data: s.Data}
	refused.Name, refused.Namespace = "regcred", "kube-system"
	for _, e := range validation.ValidateSecret(&refused) {
		if strings.HasPrefix(e.Field, "data") {
			return s.Type != v1.SecretTypeBasicAuth // its keys are free
		}
	}
	return false
}

// TestContentsAreReadAsByKubelet compares our reading of Secrets with kubelet's, on contents with
// one or more faults. It uses only Secrets that the API server accepts.
func TestContentsAreReadAsByKubelet(t *testing.T) {
	values := []string{
		`"dTpw"`, `"dTpw="`, `"dTo="`, `"dTo"`, `"dQ=="`, `"dQ"`, `"Og=="`, `" dTpw"`, `"dTpw "`, `"dTpw\n"`, `"dT pw"`, `"%%"`, `""`, `null`, `7`, `1e999`, `true`, `{}`, `[]`, `"u"`, `"p:q"`, `"=="`, `"dTo= "`,
	}
	fields := []string{"username", "password", "auth", "Auth", "AUTH", "email", "identitytoken", "registrytoken"}
	entries := []string{`null`, `{}`, `7`, `"x"`, `[]`}
	tops := []string{"auths", "Auths", "AUTHS", "HttpHeaders", "httpheaders", "credsStore", "credHelpers"}
	r := rand.New(rand.NewPCG(1, 2))
	states := map[pull.State]int{}
	for range 100_000 {
		entry := func() string {
			if r.IntN(20) == 0 {
				return pick(r, entries)
			}
			var entry []string
			for r.IntN(4) != 0 {
				entry = append(entry, `"`+pick(r, fields)+`":`+pick(r, values))
			}
			return "{" + strings.Join(entry, ",") + "}"
		}
		legacy := `{"quay.io":` + entry() + `}`
		if r.IntN(10) == 0 { // the same key twice
			legacy = `{"quay.io":` + entry() + `,"quay.io":` + entry() + `}`
		}
		if r.IntN(30) == 0 {
			legacy += pick(r, []string{"x", "}", " ", "\n", "{}"})
		}
		modern := `{"` + pick(r, tops) + `":` + legacy + `}`
		if r.IntN(10) == 0 {
			modern = `{"auths":` + legacy + `,"` + pick(r, tops) + `":` + legacy + `}`
		}
		if r.IntN(30) == 0 {
			modern = pick(r, []string{"null", "[]", `{"auths":null}`, `{"auths":[]}`, `"x"`, "", " ", "{", `{"auths":{}}x`, `{"x":1e999}`})
		}
		for _, s := range []v1.Secret{
			{Type: v1.SecretTypeDockerConfigJson, Data: map[string][]byte{v1.DockerConfigJsonKey: []byte(modern)}},
			{Type: v1.SecretTypeDockercfg, Data: map[string][]byte{v1.DockerConfigKey: []byte(legacy)}},
			{Type: v1.SecretTypeDockercfg, Data: map[string][]byte{v1.DockerConfigJsonKey: []byte(modern)}},
			{Type: pickType(r), Data: map[string][]byte{v1.DockerConfigJsonKey: []byte(modern)}},
		} {
			states[compareContent(t, s)]++
		}
	}
	t.Logf("states %v", states)
	for _, state := range []pull.State{pull.Known, pull.Ignored, pull.Refused, pull.Malformed} {
		if states[state] < 5_000 {
			t.Errorf("state %d: only %d, too few for the comparison to say something", state, states[state])
		}
	}
}

// compareContent fails if kubelet and we read an accepted Secret differently.
func compareContent(t *testing.T, s v1.Secret) pull.State {
	t.Helper()
	if isRefused(s) { // TestSecretsAreTakenAsByTheAPIServer covers these
		return pull.Refused
	}
	key, _ := pull.Key(string(s.Type))
	content := pull.ParseSecret(string(s.Type), s.Data[key])
	ring, err := secrets.MakeDockerKeyring([]v1.Secret{s}, nil)
	if (err != nil) != (content.State == pull.Malformed) || (ring == nil && err == nil) != (content.State == pull.Ignored) {
		t.Fatalf("%s %s: state %d, kubelet %v", s.Type, s.Data, content.State, err)
	}
	if (content.State == pull.Known) != (content.Problem == "") {
		t.Fatalf("%s %s: %q", s.Type, s.Data, content.Problem)
	}
	if content.State != pull.Known {
		return content.State
	}
	var found []credentialprovider.TrackedAuthConfig
	found, _ = ring.Lookup("quay.io/calico/node")
	offers := pull.NewKeyring([]pull.Secret{{Name: "regcred", Content: content}}).Judge("quay.io/calico/node").Offers
	if len(found) != len(offers) || len(found) > 0 && (found[0].Username != "" && found[0].Password != "") != offers[0].Usable {
		t.Fatalf("%s %s: %+v, kubelet %d", s.Type, s.Data, offers, len(found))
	}
	if len(offers) > 0 && offers[0].Usable != (len(content.Servers()) > 0) {
		t.Fatalf("%s %s: servers %q", s.Type, s.Data, content.Servers())
	}
	return content.State
}
