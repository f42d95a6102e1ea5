// SPDX-License-Identifier: Apache-2.0

package function_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"example.com/calico-pull-secrets/function"
	"example.com/calico-pull-secrets/internal/config"
)

// repeated returns n texts, with the number of each in place of %d.
func repeated(n int, format string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.ReplaceAll(format, "%d", fmt.Sprint(i)))
	}
	return b.String()
}

const benchTarget = "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: web-%d, namespace: n-%d}\n" +
	"spec: {template: {spec: {serviceAccountName: sa, imagePullSecrets: [{name: a}], containers: [{name: c, image: docker.io/calico/node:v1}]}}}\n---\n"

// growing has inputs that grow with n in one direction each, and the arguments for them.
var growing = map[string]func(n int) (in string, arguments []string){
	"targets and resources": func(n int) (string, []string) {
		return repeated(n, benchTarget), []string{"targets=" + strings.TrimSuffix(repeated(n, "DaemonSet/web-%d,"), ",")}
	},
	"targets that are missing": func(n int) (string, []string) {
		return repeated(n, benchTarget), []string{"onMissing=warn", "targets=" + strings.TrimSuffix(repeated(n, "DaemonSet/other-%d,"), ",")}
	},
	"resources and Secrets": func(n int) (string, []string) {
		return repeated(n, benchTarget) + repeated(n, "apiVersion: v1\nkind: Secret\nmetadata: {name: s-%d, namespace: n-%d}\ntype: kubernetes.io/dockerconfigjson\n---\n"), []string{"targets=DaemonSet/.*", "secret.username=u", "secret.password=p"}
	},
	"containers and servers": func(n int) (string, []string) {
		entries := strings.TrimSuffix(repeated(n, `"r%d.example.com":{"auth":"bWU6eA=="},`), ",")
		return "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: calico-node, namespace: n}\nspec:\n  template:\n    spec:\n      imagePullSecrets: [{name: regcred}]\n      containers:\n" +
			repeated(n, "      - {name: c%d, image: r%d.example.net/a/b%d}\n") + "---\napiVersion: v1\nkind: Secret\nmetadata: {name: regcred, namespace: n}\ntype: kubernetes.io/dockerconfigjson\ndata:\n  .dockerconfigjson: " +
			base64.StdEncoding.EncodeToString([]byte(`{"auths":{`+entries+`}}`)) + "\n", nil
	},
	"entries of a ServiceAccount": func(n int) (string, []string) {
		return "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: calico-node, namespace: n}\nspec:\n  template:\n    spec:\n      serviceAccountName: sa\n      containers: [{name: c, image: nginx}]\n---\n" +
			"apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: sa, namespace: n}\nimagePullSecrets:\n" + repeated(n, "- name: s%d\n"), nil
	},
	"objects of one name": func(n int) (string, []string) {
		return strings.Repeat(strings.ReplaceAll(benchTarget, "%d", "0"), n) + strings.Repeat("apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: sa, namespace: n-0}\n---\n", n), []string{"targets=DaemonSet/.*"}
	},
}

// BenchmarkGrowth shows that the cost grows in proportion to the input: at n, 2n and 4n.
func BenchmarkGrowth(b *testing.B) {
	for shape, make := range growing {
		for _, mode := range []config.Mode{config.ModeAdd, config.ModeCheck, config.ModeAudit} {
			for _, n := range []int{100, 200, 400} {
				in, args := make(n)
				config, err := config.FromArguments(args)
				if err != nil {
					b.Fatal(err)
				}
				b.Run(fmt.Sprintf("%s/%s/%d", strings.ReplaceAll(shape, " ", "-"), mode, n), func(b *testing.B) {
					for b.Loop() {
						function.Run([]function.Input{{Source: function.Source{Read: func() ([]byte, error) { return []byte(in), nil }}}}, function.Request{Config: config, Mode: mode})
					}
				})
			}
		}
	}
}
