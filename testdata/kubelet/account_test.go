// SPDX-License-Identifier: Apache-2.0

package kubelet

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apiserver/pkg/storage/names"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	"k8s.io/kubernetes/pkg/apis/core"
	"k8s.io/kubernetes/pkg/apis/core/validation"
	"sigs.k8s.io/yaml"

	"example.com/calico-pull-secrets/internal/apiserver"
)

// TestServiceAccountsAreTakenAsByTheAPIServer compares our reading of ServiceAccounts with the API
// server's own decoding and validation.
func TestServiceAccountsAreTakenAsByTheAPIServer(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	taken := 0
	const all = 30_000
	for range all {
		manifest := randomAccount(r)
		refusal := apiserver.CheckServiceAccount([]byte(manifest))
		err := storedAccount(manifest)
		if (refusal != nil) != (err != nil) {
			t.Fatalf("%s\nwe: %v\nthe API server: %v", manifest, refusal, err)
		}
		if err == nil {
			taken++
		}
	}
	t.Logf("%d of %d are taken", taken, all)
	if taken < all/10 || taken > all*9/10 {
		t.Error("too few of one kind for the comparison to say something")
	}
}

// storedAccount returns why the API server does not store a manifest that kubectl sends.
func storedAccount(manifest string) error {
	text, err := yaml.YAMLToJSON([]byte(manifest))
	if err != nil {
		return err
	}
	object, err := runtime.Decode(legacyscheme.Codecs.UniversalDecoder(), text)
	if err != nil {
		return err
	}
	account := object.(*core.ServiceAccount)
	if account.Namespace == "" {
		account.Namespace = "default"
	}
	if account.Name == "" && account.GenerateName != "" {
		account.Name = names.SimpleNameGenerator.GenerateName(account.GenerateName)
	}
	return validation.ValidateServiceAccount(account).ToAggregate()
}

func randomAccount(r *rand.Rand) string {
	var b strings.Builder
	b.WriteString("apiVersion: v1\nkind: ServiceAccount\nmetadata:\n")
	writeMetadata(&b, r)
	for _, name := range []string{"secrets", "imagePullSecrets"} {
		switch r.IntN(5) {
		case 0:
			fmt.Fprintf(&b, "%s: %s\n", name, mostly(r, []string{"[]", "null"}, anyValues))
		case 1, 2:
			fmt.Fprintf(&b, "%s:\n- name: %s\n", name, mostly(r, secretNames[:1], anyValues))
			if r.IntN(3) == 0 {
				fmt.Fprintf(&b, "  %s: %s\n", pick(r, []string{"kind", "namespace", "uid", "unknown", "Name"}), mostly(r, []string{"a"}, anyValues))
			}
			if r.IntN(10) == 0 {
				fmt.Fprintf(&b, "- %s\n", pick(r, anyValues))
			}
		}
	}
	if r.IntN(5) == 0 {
		fmt.Fprintf(&b, "automountServiceAccountToken: %s\n", mostly(r, []string{"true", "no"}, anyValues))
	}
	return b.String()
}
