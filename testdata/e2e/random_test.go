// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A randomKustomization writes random kustomizations. Some of them are wrong.
type randomKustomization struct {
	t      *testing.T
	r      *rand.Rand
	dir    string
	number int
	here   []string // the Deployments in this folder
}

// writeRandom writes a kustomization and those that it uses below a folder. It returns the folder
// to build.
func writeRandom(t *testing.T, r *rand.Rand, dir string) string {
	t.Helper()
	k := &randomKustomization{t: t, r: r, dir: dir}
	k.write("random", "")
	var below []string
	for i := range r.IntN(3) {
		folder := fmt.Sprintf("base%d", i)
		k.kustomization(folder, nil)
		below = append(below, folder)
	}
	if k.seldom(3) {
		k.component("component")
	}
	if k.seldom(3) {
		k.kustomization("middle", below)
		below = []string{"middle"}
	}
	k.kustomization("top", below)
	return filepath.Join(dir, "top")
}

func (k *randomKustomization) seldom(n int) bool          { return k.r.IntN(n) == 0 }
func (k *randomKustomization) pick(from ...string) string { return from[k.r.IntN(len(from))] }

func (k *randomKustomization) write(path, text string) {
	path = filepath.Join(k.dir, path)
	require.NoError(k.t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(k.t, os.WriteFile(path, []byte(text), 0o644))
}

// resources returns some objects of usual kinds.
func (k *randomKustomization) resources() string {
	var all strings.Builder
	for range 1 + k.r.IntN(4) {
		k.number++
		name := fmt.Sprintf("o%d", k.number)
		metadata := "{name: " + name
		if k.seldom(3) {
			metadata += ", namespace: " + k.pick("shop", "default")
		}
		if k.seldom(3) {
			metadata += ", annotations: {a/b: c}"
		}
		metadata += "}"
		switch k.r.IntN(6) {
		case 0:
			fmt.Fprintf(&all, "{apiVersion: v1, kind: ConfigMap, metadata: %s, data: {k: v}}\n---\n", metadata)
		case 1:
			fmt.Fprintf(&all, "{apiVersion: v1, kind: ServiceAccount, metadata: %s, imagePullSecrets: [{name: made}]}\n---\n", metadata)
		case 2:
			fmt.Fprintf(&all, "{apiVersion: example.com/v1, kind: Widget, metadata: %s, spec: {containers: [{name: a, image: nginx}], configMap: made}}\n---\n", metadata)
		case 3:
			fmt.Fprintf(&all, "{apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: Service, metadata: %s, spec: {selector: {app: a}}}]}\n---\n", metadata)
		default:
			kind := k.pick("Deployment", "Deployment", "DaemonSet", "StatefulSet")
			if kind == "Deployment" {
				k.here = append(k.here, name)
			}
			fmt.Fprintf(&all, `apiVersion: apps/v1
kind: %s
metadata: %s
spec:
  template:
    metadata: &m {labels: {app: a}}
    spec:
      imagePullSecrets: [{name: made}]
      containers:
      - {name: one, image: "nginx:1", envFrom: [{configMapRef: {name: settings}}]}
      - {name: two, image: docker.io/calico/node}
  selector: {matchLabels: {app: a}}
  copy: *m
---
`, kind, metadata)
		}
	}
	return all.String()
}

// kustomization writes one that uses those of other folders.
func (k *randomKustomization) kustomization(folder string, uses []string) {
	k.here = nil
	fields := "resources:\n"
	for _, other := range uses {
		fields += "- ../" + other + "\n"
	}
	for i := range 1 + k.r.IntN(2) {
		file := fmt.Sprintf("objects%d.yaml", i)
		k.write(folder+"/"+file, k.resources())
		fields += "- " + file + "\n"
	}
	if k.seldom(8) {
		k.write("shared/shared.yaml", k.resources())
		fields += "- ../shared/shared.yaml\n"
	}
	if _, err := os.Stat(filepath.Join(k.dir, "component")); err == nil && k.seldom(2) {
		fields += "components: [../component]\n"
	}
	k.write(folder+"/kustomization.yaml", fields+k.changes(folder))
}

func (k *randomKustomization) component(folder string) {
	k.here = nil
	k.write(folder+"/objects.yaml", k.resources())
	k.write(folder+"/kustomization.yaml", "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [objects.yaml]\n"+k.changes(folder))
}

// workload returns the name of a Deployment, usually from this folder.
func (k *randomKustomization) workload() string {
	if k.seldom(20) || len(k.here) == 0 {
		return "none"
	}
	return k.here[k.r.IntN(len(k.here))]
}

// generated returns the name of a generated object. Sometimes all folders use the same.
func (k *randomKustomization) generated(folder, name string) string {
	if folder == "top" || k.seldom(6) {
		return name
	}
	return name + "-" + folder
}

// A change is a part of a kustomization, and how seldom it occurs.
type change struct {
	seldom       int
	isOfWorkload bool
	text         func(folder string) string
}

// changes returns fields that change the output.
func (k *randomKustomization) changes(folder string) string {
	always := func(text string) func(string) string { return func(string) string { return text } }
	var all strings.Builder
	for _, c := range []change{
		{3, false, func(string) string { return "namePrefix: " + k.pick("a-", "b-") + "\n" }},
		{4, false, func(string) string { return "nameSuffix: " + k.pick("-x", "-y") + "\n" }},
		{3, false, func(string) string { return "namespace: " + k.pick("shop", "web") + "\n" }},
		{3, false, always("images: [{name: nginx, newName: registry.example.com/nginx, newTag: '2'}]\n")},
		{8, false, always("imageTags: [{name: docker.io/calico/node, newTag: v3}]\n")},
		{4, false, always("commonLabels: {team: a}\n")},
		{5, false, always("commonAnnotations: {note: a}\n")},
		{5, false, always("labels: [{pairs: {l: m}, includeTemplates: true}]\n")},
		{5, true, func(string) string { return "replicas: [{name: " + k.workload() + ", count: 3}]\n" }},
		{6, false, always("sortOptions: {order: fifo}\n")},
		{8, false, always("buildMetadata: [originAnnotations]\n")},
		{12, false, always("buildMetadata: [transformerAnnotations]\n")},
		{3, false, func(folder string) string {
			return "configMapGenerator:\n- {name: " + k.generated(folder, "settings") + ", literals: [a=b]}\n" + k.pick("", "generatorOptions: {disableNameSuffixHash: true}\n", "generatorOptions: {annotations: {g: h}, labels: {i: j}}\n")
		}},
		{3, false, func(folder string) string {
			k.write(folder+"/config.json", `{"auths":{}}`)
			return "secretGenerator:\n- {name: " + k.generated(folder, "made") + ", type: kubernetes.io/dockerconfigjson, files: [.dockerconfigjson=config.json]" + k.pick("", "", "", "", ", behavior: merge") + "}\n"
		}},
		{3, true, k.patches},
		{8, true, k.oldPatches},
		{6, false, k.transformers},
		{6, false, k.openAPI},
		{8, true, func(string) string {
			return "replacements:\n- source: {kind: Deployment, name: " + k.workload() + ", fieldPath: metadata.name}\n  targets: [{select: {kind: " + k.pick("Deployment", "ConfigMap") + "}, fieldPaths: ['" +
				k.pick("metadata.annotations.[a/b]", "spec.template.spec.containers.[name=one].image") + "'], options: {create: " + k.pick("true", "false") + "}}]\n"
		}},
		{40, false, always("resources: [twice]\n")},
		{30, false, always("transformers: [exec.yaml]\n")},
		{40, false, always("noSuchField: a\n")},
	} {
		if k.seldom(c.seldom) && (len(k.here) > 0 || !c.isOfWorkload) {
			all.WriteString(c.text(folder))
		}
	}
	return all.String()
}

// patches returns patches, some of them of annotations.
func (k *randomKustomization) patches(folder string) string {
	merge := "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: " + k.workload() + "}\nspec: {template: {spec: {containers: [{name: one, image: other}, {name: three, image: more}]}}}\n"
	k.write(folder+"/patch.yaml", merge)
	return "patches:\n" + k.pick(
		"- {path: patch.yaml}\n",
		"- {path: patch.yaml, target: {kind: Deployment}}\n",
		"- {target: {kind: Deployment}, patch: '[{\"op\": \"add\", \"path\": \"/metadata/annotations/c\", \"value\": \"d\"}]'}\n",
		"- {target: {kind: ConfigMap}, patch: '[{\"op\": \"add\", \"path\": \"/metadata/annotations\", \"value\": {\"c\": \"d\"}}]'}\n",
		"- {target: {kind: DaemonSet}, patch: '[{\"op\": \"remove\", \"path\": \"/metadata/annotations\"}]'}\n",
		"- {target: {kind: Deployment}, patch: '[{\"op\": \"test\", \"path\": \"/metadata/annotations\", \"value\": {\"a/b\": \"c\"}}]'}\n",
		"- {target: {kind: Deployment}, patch: '[{\"op\": \"replace\", \"path\": \"/spec/template/spec/containers/0/image\", \"value\": \"else\"}]'}\n",
		"- {target: {kind: Deployment, name: "+k.workload()+"}, patch: '{apiVersion: v1, kind: any, metadata: {name: any}, $patch: delete}'}\n",
		"- {target: {kind: Widget}, patch: '{apiVersion: example.com/v1, kind: Widget, metadata: {name: any, annotations: null}, spec: {containers: [{name: b, image: c}]}}'}\n",
	)
}

// oldPatches returns patches in older forms.
func (k *randomKustomization) oldPatches(folder string) string {
	k.write(folder+"/old.yaml", "- {op: add, path: /metadata/labels, value: {x: y}}\n")
	return k.pick(
		"patchesJson6902:\n- {target: {version: v1, group: apps, kind: Deployment, name: "+k.workload()+"}, path: old.yaml}\n",
		"patchesStrategicMerge:\n- |-\n  apiVersion: apps/v1\n  kind: Deployment\n  metadata: {name: "+k.workload()+"}\n  spec: {replicas: 4}\n",
	)
}

// transformers returns kustomize's own transformers, and functions, which fail.
func (k *randomKustomization) transformers(folder string) string {
	k.write(folder+"/prefix.yaml", "apiVersion: builtin\nkind: PrefixTransformer\nmetadata: {name: p}\nprefix: t-\nfieldSpecs: [{path: metadata/name}]\n")
	k.write(folder+"/exec.yaml", "apiVersion: example.com/v1\nkind: Any\nmetadata:\n  name: f\n  annotations:\n    config.kubernetes.io/function: |\n      exec: {path: ./run.sh}\n")
	k.write(folder+"/generator.yaml", "apiVersion: builtin\nkind: ConfigMapGenerator\nmetadata: {name: g"+fmt.Sprint(k.number)+"}\nliterals: [a=b]\n")
	return k.pick("transformers: [prefix.yaml]\n", "transformers: [prefix.yaml]\n", "generators: [generator.yaml]\n", "transformers: [prefix.yaml]\n",
		"transformers:\n- |-\n  {apiVersion: builtin, kind: AnnotationsTransformer, metadata: {name: a}, annotations: {in: line}, fieldSpecs: [{path: metadata/annotations, create: true}]}\n")
}

// openAPI returns a schema that merges the containers of a Widget, or the version of a schema that
// kustomize has.
func (k *randomKustomization) openAPI(folder string) string {
	k.write(folder+"/schema.json", `{"definitions": {"v1.Widget": {"type": "object", "x-kubernetes-group-version-kind": [{"group": "example.com", "version": "v1", "kind": "Widget"}],
  "properties": {"spec": {"type": "object", "properties": {"containers": {"type": "array", "x-kubernetes-patch-merge-key": "name", "x-kubernetes-patch-strategy": "merge",
    "items": {"type": "object", "properties": {"name": {"type": "string"}, "image": {"type": "string"}}}}}}}}}}`)
	return k.pick("openapi: {path: schema.json}\n", "openapi: {path: schema.json}\n", "openapi: {version: v1.21.2}\n", "openapi: {version: v9}\n")
}
