// SPDX-License-Identifier: Apache-2.0

package names

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// paths has the path of the list in each kind.
var paths = map[string][]string{
	"Deployment": {"spec", "template", "spec"}, "DaemonSet": {"spec", "template", "spec"}, "StatefulSet": {"spec", "template", "spec"},
	"ReplicaSet": {"spec", "template", "spec"}, "ReplicationController": {"spec", "template", "spec"}, "Job": {"spec", "template", "spec"},
	"CronJob": {"spec", "jobTemplate", "spec", "template", "spec"}, "Pod": {"spec"}, "PodTemplate": {"template", "spec"},
	"ServiceAccount": {}, "Installation": {"spec"}, "Rollout": {"spec", "template", "spec"},
}

var kinds = []struct{ apiVersion, kind string }{
	{"apps/v1", "Deployment"}, {"apps/v1", "DaemonSet"}, {"apps/v1", "StatefulSet"}, {"apps/v1", "ReplicaSet"}, {"v1", "ReplicationController"}, {"batch/v1", "Job"},
	{"batch/v1", "CronJob"}, {"v1", "Pod"}, {"v1", "PodTemplate"}, {"v1", "ServiceAccount"}, {"operator.tigera.io/v1", "Installation"}, {"argoproj.io/v1alpha1", "Rollout"},
	{"apps.kruise.io/v1alpha1", "DaemonSet"},
}

// builds returns how many kustomizations the test compares. NAMES_BUILDS overrides it.
func builds(t *testing.T) int {
	n := 60
	if text := os.Getenv("NAMES_BUILDS"); text != "" {
		_, err := fmt.Sscan(text, &n)
		require.NoError(t, err)
	}
	return n
}

// TestNamesAreThoseOfKustomize compares the answers of Meant, from what a transformer sees, with
// the output of kustomize. It compares whether each reference names an existing Secret, and which.
func TestNamesAreThoseOfKustomize(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	compared, failed := 0, 0
	answers := map[string]int{}
	for done := 0; done < builds(t); {
		dir := t.TempDir()
		writeKustomization(t, r, dir)
		options := krusty.MakeDefaultOptions()
		options.PluginConfig = types.EnabledPluginConfig(types.BploUseStaticallyLinked)
		options.PluginConfig.FnpLoadingOptions.EnableExec = true
		built, err := krusty.MakeKustomizer(options).Run(filesys.MakeFsOnDisk(), filepath.Join(dir, "top"))
		if err != nil { // most likely ambiguous
			failed++
			continue
		}
		done++
		text, err := built.AsYaml()
		require.NoError(t, err)
		after := nodes(t, string(text))
		dump, err := os.ReadFile(filepath.Join(dir, "seen.yaml"))
		require.NoError(t, err)
		list := nodes(t, string(dump))
		items, err := list[0].Pipe(yaml.Lookup("items"))
		require.NoError(t, err)
		before, err := items.Elements()
		require.NoError(t, err)
		require.Equal(t, len(before), len(after))

		var secrets []Object
		var finally []string
		for i, item := range before {
			if item.GetKind() == "Secret" {
				secrets = append(secrets, object(item))
				finally = append(finally, after[i].GetName())
			}
		}
		for i, item := range before {
			if item.GetKind() == "Secret" {
				continue
			}
			now, then := references(t, item), references(t, after[i])
			for n, name := range now {
				compared++
				meant, renamed := Known(secrets).Meant(object(item), name)
				want := there(after, after[i].GetNamespace(), then[n])
				got := ""
				if meant >= 0 {
					got = finally[meant]
				}
				if (got != "") != want || want && got != then[n] {
					t.Fatalf("%s\n%s %s refers to %q: we say %q, kustomize %q, which is there: %v\n%s", text, item.GetKind(), item.GetName(), name, got, then[n], want, dump)
				}
				switch {
				case meant >= 0 && got != name:
					answers["corrected"]++
				case meant >= 0:
					answers["as it is"]++
				case renamed >= 0:
					answers["renamed"]++
				default:
					answers["none"]++
				}
			}
		}
	}
	t.Logf("%d references; %v; kustomize refused %d kustomizations", compared, answers, failed)
	for _, answer := range []string{"corrected", "as it is", "renamed", "none"} {
		require.NotZero(t, answers[answer], answer)
	}
}

func object(n *yaml.RNode) Object {
	annotations := n.GetAnnotations()
	return Read(n.GetKind(), n.GetNamespace(), n.GetName(), func(key string) string { return annotations[key] })
}

func there(all []*yaml.RNode, namespace, name string) bool {
	for _, n := range all {
		if n.GetKind() == "Secret" && n.GetName() == name && namespaceOf(Object{Namespace: namespace}) == namespaceOf(Object{Namespace: n.GetNamespace()}) {
			return true
		}
	}
	return false
}

func nodes(t *testing.T, text string) []*yaml.RNode {
	t.Helper()
	all, err := (&kio.ByteReader{Reader: strings.NewReader(text), OmitReaderAnnotations: true, DisableUnwrapping: true}).Read()
	require.NoError(t, err)
	return all
}

// references returns the names in the list of an object.
func references(t *testing.T, n *yaml.RNode) (names []string) {
	t.Helper()
	list, err := n.Pipe(yaml.Lookup(append(append([]string{}, paths[n.GetKind()]...), "imagePullSecrets")...))
	require.NoError(t, err)
	elements, err := list.Elements()
	require.NoError(t, err)
	for _, e := range elements {
		names = append(names, e.Field("name").Value.YNode().Value)
	}
	return names
}

// writeKustomization writes a kustomization, top, above one or two bases. Each has its own
// prefixes, suffixes, namespaces and Secrets. A transformer of top writes down its input.
func writeKustomization(t *testing.T, r *rand.Rand, dir string) {
	t.Helper()
	write := func(path, text string) {
		t.Helper()
		path = filepath.Join(dir, path)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o755))
	}
	seldom := func(n int) bool { return r.IntN(n) == 0 }
	pick := func(from ...string) string { return from[r.IntN(len(from))] }
	number := 0
	content := func(folder string, secrets bool) string {
		var resources strings.Builder
		for n := r.IntN(4); n >= 0; n-- {
			number++
			k := kinds[r.IntN(len(kinds))]
			fmt.Fprintf(&resources, "apiVersion: %s\nkind: %s\nmetadata:\n  name: o%d\n", k.apiVersion, k.kind, number)
			if seldom(3) {
				resources.WriteString("  namespace: " + pick("shop", "default") + "\n")
			}
			indent := ""
			for _, field := range paths[k.kind] {
				resources.WriteString(indent + field + ":\n")
				indent += "  "
			}
			resources.WriteString(indent + "imagePullSecrets:\n")
			for range 1 + r.IntN(2) {
				resources.WriteString(indent + "- name: " + pick("regcred", "regcred", "other", "a-regcred", "absent") + "\n")
			}
			resources.WriteString("---\n")
		}
		fields := "resources: [objects.yaml]\n"
		switch {
		case secrets && seldom(2):
			fields += "secretGenerator:\n- name: regcred\n  type: kubernetes.io/dockerconfigjson\n  literals: ['.dockerconfigjson={}']\n"
			if seldom(3) {
				fields += "  namespace: shop\n"
			}
			if seldom(3) {
				fields += "generatorOptions: {disableNameSuffixHash: true}\n"
			}
		case secrets:
			namespace := ""
			if seldom(3) {
				namespace = ", namespace: shop"
			}
			fmt.Fprintf(&resources, "{apiVersion: v1, kind: Secret, metadata: {name: regcred%s}}\n---\n", namespace)
		}
		if secrets && seldom(4) {
			resources.WriteString("{apiVersion: v1, kind: Secret, metadata: {name: a-regcred}}\n---\n")
		}
		if seldom(2) {
			fields += "namePrefix: " + pick("a-", "b-") + "\n"
		}
		if seldom(3) {
			fields += "nameSuffix: " + pick("-x", "-y") + "\n"
		}
		if seldom(3) {
			fields += "namespace: " + pick("shop", "web") + "\n"
		}
		write(folder+"/objects.yaml", resources.String())
		return fields
	}
	var folders []string
	if seldom(2) { // two overlays of one base
		write("base/kustomization.yaml", content("base", seldom(4)))
		for _, name := range []string{"one", "two"} {
			folders = append(folders, name)
			fields := content(name, true)
			if !strings.Contains(fields, "namePrefix") {
				fields += "namePrefix: " + name + "-\n"
			}
			write(name+"/kustomization.yaml", strings.Replace(fields, "[objects.yaml]", "[objects.yaml, ../base]", 1))
		}
	} else {
		folders = []string{"base"}
		write("base/kustomization.yaml", content("base", true))
	}
	top := content("top", seldom(3))
	top = strings.Replace(top, "[objects.yaml]", "[objects.yaml, ../"+strings.Join(folders, ", ../")+"]", 1)
	write("top/kustomization.yaml", top+"transformers: [note.yaml]\n")
	write("top/note.yaml", "apiVersion: example.com/v1\nkind: Note\nmetadata:\n  name: note\n  annotations:\n    config.kubernetes.io/function: |\n      exec: {path: ./note.sh}\n")
	write("top/note.sh", "#!/bin/sh\nexec tee '"+filepath.Join(dir, "seen.yaml")+"'\n")
}

func TestTheHashIsThatOfTheContent(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "kustomization.yaml"), []byte("namePrefix: a-\nsecretGenerator:\n- name: regcred\n  type: kubernetes.io/dockerconfigjson\n  literals: ['.dockerconfigjson={}']\n"), 0o600))
	built, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), dir)
	require.NoError(t, err)
	text, err := built.AsYaml()
	require.NoError(t, err)
	full := yaml.MustParse(string(text)).GetName()
	manifest := func(text string) func() []byte { return func() []byte { return []byte(text) } }
	name, ok := WithoutHash(full, manifest(string(text)))
	require.True(t, ok)
	require.Equal(t, "a-regcred", name)
	_, ok = WithoutHash(full, manifest(strings.Replace(string(text), "e30=", "e31=", 1)))
	require.False(t, ok, "another content")
	for _, name := range []string{"regcred", "a-regcred", "regcred-0123456789"} {
		_, ok = WithoutHash(name, manifest("{apiVersion: v1, kind: Secret, metadata: {name: "+name+"}}"))
		require.False(t, ok, name)
	}
}
