// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"encoding/base64"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// An input is the program's input, in a folder of its own.
type input struct {
	files     map[string]string
	stdin     string
	arguments []string
}

// times returns n texts, each formatted with its number.
func times(n int, format string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.ReplaceAll(format, "%d", fmt.Sprint(i)))
	}
	return b.String()
}

const (
	growthNode = "apiVersion: apps/v1\nkind: DaemonSet\nmetadata:\n  name: calico-node\n  namespace: n%d\nspec:\n  template:\n    spec:\n      containers:\n      - name: c\n        image: calico/node:v3.28.0\n"
	growthList = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n"
	growthJSON = `{"apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": {"name": "calico-node", "namespace": "n%d", "annotations": {"é": "“ü” 😀"}}, "spec": {"template": {"spec": {"containers": [{"name": "c", "image": "calico/node"}]}}}}`
	growthHub  = "---\napiVersion: v1\nkind: Secret\nmetadata: {name: regcred, namespace: n0}\ntype: kubernetes.io/dockerconfigjson\ndata:\n  .dockerconfigjson: "
)

// filter is an input on stdin.
func filter(stdin string, arguments ...string) input {
	return input{stdin: stdin, arguments: append([]string{"preflight=warn"}, arguments...)}
}

// node returns one target with more lines in its container. Each line is indented already.
func node(lines string) string { return strings.ReplaceAll(growthNode, "%d", "0") + lines }

// growing are the shapes of input, each with its first size.
var growing = map[string]struct {
	n    int
	make func(n int) input
}{
	"documents that do not matter": {1000, func(n int) input {
		return filter(node("") + times(n, "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: c%d}\ndata: {a: b}\n"))
	}},
	"targets in one stream": {200, func(n int) input { return filter(times(n, "---\n"+growthNode)) }},
	"Secrets to remove": {100, func(n int) input {
		return filter(times(n, "---\n"+growthNode+"      imagePullSecrets:\n      - name: regcred\n"+strings.ReplaceAll(growthHub, "n0", "n%d")+"e30=\n"), "mode=remove", "secret.usernameEnv=U", "secret.passwordEnv=P")
	}},
	"targets in one list": {200, func(n int) input {
		return filter(growthList+times(n, "- "+strings.ReplaceAll(strings.TrimSuffix(growthNode, "\n"), "\n", "\n  ")+"\n"), "--quiet")
	}},
	"targets in JSON of one line": {100, func(n int) input {
		return input{stdin: `{"apiVersion": "v1", "kind": "List", "items": [` + strings.TrimSuffix(times(n, growthJSON+", "), ", ") + "]}"}
	}},
	"targets with a Secret for each namespace": {200, func(n int) input {
		return filter(times(n, "---\n"+growthNode), "secret.usernameEnv=A", "secret.passwordEnv=A")
	}},
	"containers": {200, func(n int) input {
		return filter(node(times(n, "      - name: c%d\n        image: docker.io/a/b%d:v1\n")))
	}},
	"containers and entries of a Secret": {200, func(n int) input {
		auths := strings.TrimSuffix(times(n, `"r%d.example.com/a":{"auth":"bWU6eA=="},`), ",")
		return filter(node(times(n, "      - name: c%d\n        image: r%d.example.com/a/b\n")) + growthHub + base64.StdEncoding.EncodeToString([]byte(`{"auths":{`+auths+`}}`)) + "\n")
	}},
	"entries of a login": {2000, func(n int) input {
		auths := strings.TrimSuffix(times(n, `"r%d.example.com":{"auth":"bWU6eA=="},`), ",")
		return input{map[string]string{"config.json": `{"auths":{` + auths + `,"docker.io":{"auth":"bWU6eA=="}}}`}, node(""), []string{"secret.dockerConfigFile=config.json"}}
	}},
	"entries of imagePullSecrets": {500, func(n int) input { return filter(node("      imagePullSecrets:\n" + times(n, "      - name: s%d\n"))) }},
	"entries of a ServiceAccount": {500, func(n int) input {
		return filter(node("") + "---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: default, namespace: n0}\nimagePullSecrets:\n" + times(n, "- name: s%d\n"))
	}},
	"Secrets": {500, func(n int) input {
		return filter(node("") + times(n, "---\napiVersion: v1\nkind: Secret\nmetadata: {name: s%d, namespace: n0}\ntype: Opaque\ndata: {a: eA==}\n"))
	}},
	"objects of one name": {200, func(n int) input { return filter(strings.Repeat("---\n"+node(""), n)) }},
	"entries of targets": {50, func(n int) input {
		return filter(times(n, "---\n"+growthNode), "onMissing=ignore", "targets=calico-node,"+strings.TrimSuffix(times(n, "DaemonSet/other-%d,"), ","))
	}},
	"entries of servers": {500, func(n int) input { return filter(node(""), "servers="+times(n, "r%d.example.com,")+"docker.io") }},
	"fields that do not exist": {100, func(n int) input {
		return input{stdin: node(""), arguments: strings.Fields(times(n, "secretNam%d=x "))}
	}},
	"a long scalar": {1 << 18, func(n int) input { return filter(node("        command: [\"" + strings.Repeat("x ", n) + "\"]\n")) }},
	"a long literal": {1 << 13, func(n int) input {
		return filter(node("        command:\n        - |\n" + times(n, "          line\n")))
	}},
	"comments":    {1 << 11, func(n int) input { return filter(node(times(n, "        # a comment\n"))) }},
	"blank lines": {1 << 13, func(n int) input { return filter(node(strings.Repeat("\n", n) + "        tty: true\n")) }},
	"deep nesting": {400, func(n int) input {
		return filter(node("        x: " + strings.Repeat("[", n) + strings.Repeat("]", n) + "\n"))
	}},
	"anchors and aliases": {500, func(n int) input {
		return filter(node("        env:\n" + times(n, "        - &a%d {name: A}\n        - *a%d\n")))
	}},
	"Lists in each other": {300, func(n int) input {
		return filter(node("")+"---\n"+strings.Repeat(`{"apiVersion": "v1", "kind": "List", "items": [`, n)+strings.ReplaceAll(growthJSON, "%d", "0")+strings.Repeat("]}", n)+"\n", "--audit")
	}},
	"one Secret many times in a list": {200, func(n int) input {
		return filter(node(times(n, "      - name: c%d\n        image: a/b%d\n")+"      imagePullSecrets:\n"+strings.Repeat("      - name: regcred\n", n))+growthHub+"e30=\n", "--audit")
	}},
	"merge keys": {500, func(n int) input {
		return filter(node("        env:\n        - &a {name: A}\n" + times(n, "        - <<: *a\n")))
	}},
	"documents that are broken":  {500, func(n int) input { return filter(node("") + times(n, "---\na: [\n")) }},
	"images to audit":            {200, func(n int) input { return filter(times(n, "---\n"+growthNode), "--audit") }},
	"images to audit, as SARIF":  {200, func(n int) input { return filter(times(n, "---\n"+growthNode), "--audit", "--output=sarif") }},
	"findings of check, as JSON": {200, func(n int) input { return filter(times(n, "---\n"+growthNode), "--check", "--output=json") }},
	"hunks of a diff":            {200, func(n int) input { return filter(times(n, "---\n"+growthNode), "--diff") }},
	"files":                      {100, func(n int) input { return folder(n, "a/%d.yaml", "--check", "a") }},
	"files that do not matter": {1000, func(n int) input {
		return input{files: fileOf(n, "a/%d.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c%d}\n"), arguments: []string{"--check", "a", "onMissing=ignore"}}
	}},
	"files of a diff": {100, func(n int) input { return folder(n, "a/%d.yaml", "--diff", "a") }},
	"folders":         {100, func(n int) input { return folder(n, "a/%d/x/y.yaml", "--check", "a") }},
	"files to audit":  {100, func(n int) input { return folder(n, "a/%d/y.yaml", "--audit", "a") }},
	"files that pull from a target's registry": {100, func(n int) input {
		return folder(n, "a/%d/y.yaml", "--check", "targets=docker.io", "a")
	}},
	"files with a Secret for another registry": {100, func(n int) input {
		secret := strings.ReplaceAll(growthHub, "n0", "n%d") + base64.StdEncoding.EncodeToString([]byte(`{"auths":{"ghcr.io":{"auth":"bWU6eA=="}}}`)) + "\n"
		return input{files: fileOf(n, "a/%d.yaml", growthNode+"      imagePullSecrets: [{name: regcred}]\n"+secret), arguments: []string{"--check", "targets=docker.io", "preflight=warn", "a"}}
	}},
	"files that cannot be read": {500, func(n int) input {
		return input{files: fileOf(n, "a/%d.yaml", "kind: Deployment\n  x: [\n"), arguments: []string{"--audit", "a"}}
	}},
	"annotations that let pass": {200, func(n int) input {
		return filter(times(n, "---\napiVersion: v1\nkind: Pod\nmetadata: {name: p%d, annotations: {calico-pull-secrets/allow-anonymous: 'docker.io/a/*: r'}}\nspec: {containers: [{name: c, image: a/b}]}\n"), "--audit")
	}},
	"resources of a component": {500, func(n int) input {
		in := withKustomization(n, "resources: [calico.yaml]\n")
		in.files["c/kustomization.yaml"] = "kind: Component\nresources:\n" + times(n, "- ../p%d.yaml\n")
		return in
	}},
	"sets side by side": {100, func(n int) input {
		return folder(n, "a/%d/y.yaml", append([]string{"--check", "--each"}, strings.Fields(times(n, "a/%d "))...)...)
	}},
	"patches of a kustomization":   {500, func(n int) input { return withKustomization(n, "patches:\n"+times(n, "- path: p%d.yaml\n")) }},
	"resources of a kustomization": {500, func(n int) input { return withKustomization(n, "resources:\n"+times(n, "- r%d.yaml\n")) }},
	"a config with labels": {500, func(n int) input {
		return filter(node(""), append(strings.Fields(times(n, "secret.labels.l%d=x ")), "secret.usernameEnv=A", "secret.passwordEnv=A")...)
	}},
	"results of functions that ran before": {500, func(n int) input {
		return filter(growthList + "- " + strings.ReplaceAll(strings.TrimSuffix(node(""), "\n"), "\n", "\n  ") + "\nresults:\n" + times(n, "- message: m%d\n  severity: info\n"))
	}},
}

func fileOf(n int, name, text string) map[string]string {
	files := map[string]string{}
	for i := range n {
		files[strings.ReplaceAll(name, "%d", fmt.Sprint(i))] = strings.ReplaceAll(text, "%d", fmt.Sprint(i))
	}
	return files
}

func folder(n int, name string, arguments ...string) input {
	return input{files: fileOf(n, name, growthNode), arguments: arguments}
}

func withKustomization(n int, text string) input {
	files := fileOf(n, "p%d.yaml", "a: b\n")
	files["kustomization.yaml"], files["calico.yaml"] = text, node("")
	return input{files: files, arguments: []string{"--check", "."}}
}

// BenchmarkGrowth runs the program on n, 2n and 4n of each shape of input.
func BenchmarkGrowth(b *testing.B) {
	b.Setenv("A", "a")
	for name, shape := range growing {
		for _, n := range []int{shape.n, 2 * shape.n, 4 * shape.n} {
			b.Run(fmt.Sprintf("%s/%d", strings.ReplaceAll(name, " ", "_"), n), func(b *testing.B) {
				in := shape.make(n)
				dir := b.TempDir()
				for name, text := range in.files {
					path := filepath.Join(dir, name)
					if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
						b.Fatal(err)
					}
					if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
						b.Fatal(err)
					}
				}
				b.Chdir(dir)
				b.ReportAllocs()
				for b.Loop() {
					testProgram.Run(in.arguments, strings.NewReader(in.stdin), io.Discard, io.Discard)
				}
			})
		}
	}
}
