// SPDX-License-Identifier: Apache-2.0

package kubelet

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apiserver/pkg/storage/names"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	"k8s.io/kubernetes/pkg/apis/core"
	_ "k8s.io/kubernetes/pkg/apis/core/install"
	"k8s.io/kubernetes/pkg/apis/core/validation"
	"sigs.k8s.io/yaml"

	"example.com/calico-pull-secrets/internal/apiserver"
)

// The values in the manifests. They are YAML, because people write yes, 0o7 and 'text'.
var (
	anyValues   = []string{`yes`, `on`, `7`, `-1`, `1.5`, `'7'`, `'yes'`, `null`, `~`, `''`, `{}`, `[]`, `[1, 2]`, `[300]`, `text`, `Text`, `a b`, `0o7`, `010`, `1_000`, `2001-01-01`, `!!binary dTpw`, `.inf`, `{a: b}`, `{a: 7}`, `{a: null}`, `[a]`, `[a, a/b]`, `true`, `"a\u00e9"`, `-a`, `a.`, `"\u0000"`}
	dataValues  = []string{`dTpw`, `"dTpw\n"`, `"dT pw"`, `dTp`, `e30=`, `eyJhdXRocyI6e319`, `bnVsbA==`, `W10=`, `e30`, `'{"auths":{}}'`, `'{}'`, `e30=  `, `|-` + "\n    e30=\n    ", `>` + "\n    e3\n    0="}
	dataKeys    = []string{".dockerconfigjson", ".dockercfg", "username", "password", "ssh-privatekey", "tls.crt", "tls.key", "a", `"a b"`, `".."`, `"..a"`, `"."`, `7`, `yes`, `"a/b"`, `""`, "A_b-c.d", strings.Repeat("k", 254)}
	types       = []string{"", "Opaque", "kubernetes.io/dockerconfigjson", "kubernetes.io/dockerconfigjson", "kubernetes.io/dockercfg", "kubernetes.io/basic-auth", "kubernetes.io/ssh-auth", "kubernetes.io/tls", "kubernetes.io/service-account-token", "example.com/other", "7", "null"}
	secretNames = []string{"regcred", "reg_cred", "Regcred", "a.b", "a..b", "-a", "'7'", "7", "yes", strings.Repeat("n", 254)}
	labels      = []string{"a: b", "a: 'yes'", "a: yes", "a: 7", "a: ''", "a: null", "a/b: c", "a/b/c: d", "a: b c", "-: a", "A: B.", "kubernetes.io/service-account.name: default", "a: " + strings.Repeat("v", 64)}
	rare        = []string{"creationTimestamp: null", "creationTimestamp: 2026-01-01T00:00:00Z", "creationTimestamp: '2026-01-01'", "generation: 1", "generation: -1", "generation: '1'", "generation: 1.5", "uid: 7", "uid: a", "resourceVersion: '7'", "resourceVersion: 7", "deletionGracePeriodSeconds: x",
		"finalizers: [a]", "finalizers: [a b]", "finalizers: [orphan, foregroundDeletion]", "finalizers: a", "finalizers: [7]", "generateName: a-", "generateName: A-", "unknown: 7", "Labels: 7",
		"ownerReferences: [{apiVersion: v1, kind: Pod, name: a, uid: b}]", "ownerReferences: [{apiVersion: v1, kind: Pod, name: a}]", "ownerReferences: [{apiVersion: v1, kind: Event, name: a, uid: b}]", "ownerReferences: [{apiVersion: a/b/c, kind: Pod, name: a, uid: b}]",
		"ownerReferences: [{apiVersion: v1, kind: Pod, name: a, uid: b, controller: true}, {apiVersion: v1, kind: Pod, name: c, uid: d, controller: true}]", "ownerReferences: [null]", "ownerReferences: {}", "ownerReferences: [{apiVersion: v1, kind: Pod, name: a, uid: b, controller: 'true'}]",
		"managedFields: [{manager: a, operation: Update, fieldsType: FieldsV1, fieldsV1: {}, time: 2026-01-01T00:00:00Z}]", "managedFields: [{manager: a}]", "managedFields: [{operation: Apply, fieldsType: x}]", "managedFields: [{operation: Apply, time: x}]", "managedFields: [7]",
		"namespace: kube-system", "namespace: Kube", "namespace: a.b", "namespace: 7", "namespace: ''"}
)

// TestSecretsAreTakenAsByTheAPIServer compares our reading of Secrets with the API server's own
// decoding, defaults and validation.
func TestSecretsAreTakenAsByTheAPIServer(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	taken := 0
	const all = 100_000
	for range all {
		manifest := randomManifest(r)
		got, refusal := apiserver.ReadSecret([]byte(manifest))
		want, err := stored(manifest)
		if (refusal != nil) != (err != nil) {
			t.Fatalf("%s\nwe: %v\nthe API server: %v", manifest, refusal, err)
		}
		if err != nil {
			continue
		}
		taken++
		isImmutable := want.Immutable != nil && *want.Immutable
		if got.Type != string(want.Type) || got.Immutable != isImmutable || len(got.Data) != len(want.Data) {
			t.Fatalf("%s\nwe: %+v\nthe API server: %+v", manifest, got, want)
		}
		for key, value := range want.Data {
			if mine, has := got.Data[key]; !has || !bytes.Equal(mine, value) {
				t.Fatalf("%s\n%q: we: %q, the API server: %q", manifest, key, mine, value)
			}
		}
	}
	t.Logf("%d of %d are taken", taken, all)
	if taken < all/10 || taken > all*9/10 {
		t.Error("too few of one kind for the comparison to say something")
	}
}

// stored returns what the API server stores for a manifest that kubectl sends.
func stored(manifest string) (*core.Secret, error) {
	text, err := yaml.YAMLToJSON([]byte(manifest))
	if err != nil {
		return nil, err
	}
	object, err := runtime.Decode(legacyscheme.Codecs.UniversalDecoder(), text)
	if err != nil {
		return nil, err
	}
	secret := object.(*core.Secret)
	if secret.Namespace == "" {
		secret.Namespace = "default"
	}
	if secret.Name == "" && secret.GenerateName != "" { // the API server does so before it validates
		secret.Name = names.SimpleNameGenerator.GenerateName(secret.GenerateName)
	}
	return secret, validation.ValidateSecret(secret).ToAggregate()
}

func randomManifest(r *rand.Rand) string {
	var b strings.Builder
	seldom := func(n int) bool { return r.IntN(n) == 0 }
	field := func(indent, key, value string) { fmt.Fprintf(&b, "%s%s: %s\n", indent, key, value) }
	good := []string{"a", "username", "A_b-c.d"}
	b.WriteString("apiVersion: v1\nkind: Secret\nmetadata:\n")
	writeMetadata(&b, r)
	if kind := pick(r, types); kind != "" {
		field("", "type", kind)
		good = append(slices.Clone(requiredKeys[kind]), good...)
	}
	if seldom(10) {
		field("", "immutable", pick(r, []string{"true", "false", "null", "yes", "'yes'", "'true'", "7"}))
	}
	for _, name := range []string{"data", "stringData"} {
		if seldom(4) && name == "data" || name == "stringData" && !seldom(4) {
			continue
		}
		if seldom(30) {
			field("", name, pick(r, anyValues))
			continue
		}
		b.WriteString(name + ":\n")
		keys := map[string]bool{}
		for n := 1 + r.IntN(3); n > 0; n-- {
			key := mostly(r, good[:1+r.IntN(len(good))], dataKeys)
			if keys[key] {
				continue
			}
			keys[key] = true
			value := mostly(r, dataValues[:2], append(dataValues, anyValues...))
			field("  ", key, value)
		}
	}
	return b.String()
}

func writeMetadata(b *strings.Builder, r *rand.Rand) {
	seldom := func(n int) bool { return r.IntN(n) == 0 }
	meta := []string{"name: " + mostly(r, secretNames[:1], secretNames)}
	if seldom(20) {
		meta[0] = "name: null"
	}
	if seldom(4) {
		meta = append(meta, pick(r, rare))
	}
	for _, name := range []string{"labels", "annotations"} {
		switch {
		case seldom(30):
			meta = append(meta, name+": "+pick(r, anyValues))
		case seldom(4):
			meta = append(meta, name+": {"+mostly(r, labels[:2], labels)+"}")
		}
	}
	for _, line := range distinct(meta) {
		b.WriteString("  " + line + "\n")
	}
}

// requiredKeys are the keys that a Secret of the type must have.
var requiredKeys = map[string][]string{
	"kubernetes.io/dockerconfigjson": {".dockerconfigjson"}, "kubernetes.io/dockercfg": {".dockercfg"}, "kubernetes.io/basic-auth": {"password"},
	"kubernetes.io/ssh-auth": {"ssh-privatekey"}, "kubernetes.io/tls": {"tls.crt", "tls.key"},
}

// mostly picks a usual value, and sometimes any value.
func mostly(r *rand.Rand, usual, all []string) string {
	if r.IntN(8) == 0 {
		return pick(r, all)
	}
	return pick(r, usual)
}

// distinct returns the lines without those that set a field again.
func distinct(lines []string) []string {
	seen := map[string]bool{}
	return slices.DeleteFunc(lines, func(line string) bool {
		field, _, _ := strings.Cut(line, ":")
		again := seen[field]
		seen[field] = true
		return again
	})
}
