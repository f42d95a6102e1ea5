// SPDX-License-Identifier: Apache-2.0

package function_test

import (
	"bytes"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/calico-pull-secrets/function"
	"example.com/calico-pull-secrets/internal/config"
)

// credentials are texts that people may paste into the wrong place.
var credentials = map[string]string{
	"letters only":     "correcthorsebatterystaple",
	"with dashes":      "correct-horse-battery-staple",
	"a UUID":           "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
	"base64":           "bWU6aHVudGVyMi1jb3JyZWN0LWhvcnNl",
	"padded base64":    "aHVudGVyMmh1bnRlcjI=",
	"URL-encoded":      "p%40ssw0rd%2Fwith%2Bsigns",
	"mixed":            "Tr0ub4dor&3",
	"of Docker Hub":    "dckr_pat_Ab3dEf6hIj9lMn2pQr5t",
	"of GitHub":        "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
	"a JWT":            "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3",
	"with a dot":       "hunter2.correct",
	"with a colon":     "joeuser:hunter2correct",
	"with a slash":     "hunter2/correct/horse",
	"digits":           "8675309867530",
	"with a line":      "hunter2\ncorrect-horse",
	"with an ESC":      "hunter2\x1b[31mcorrect",
	"in a URL":         "https://joeuser:hunter2correct@registry.acme.test/v1/",
	"with a blank":     "correct horse battery",
	"in upper case":    "CORRECTHORSEBATTERY",
	"like a selector":  "hunter2correct=horsebattery",
	"with bad pattern": "hunter2(correct[horse",
}

const leakTarget = "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: calico-node, namespace: kube-system}\n" +
	"spec: {template: {spec: {containers: [{name: c, image: docker.io/calico/node:v3.30.0}]}}}\n"

// positions returns all places of a configuration for a text: YAML documents with %s for the quoted
// value.
func positions() map[string]string {
	const head = "apiVersion: fn.kpt.dev/v1alpha1\nkind: CalicoPullSecrets\nmetadata: {name: c}\n"
	login := "usernameEnv: REGISTRY_USER, passwordEnv: REGISTRY_PASSWORD"
	all := map[string]string{
		"apiVersion": "apiVersion: %s\nkind: CalicoPullSecrets\n", "kind": "apiVersion: fn.kpt.dev/v1alpha1\nkind: %s\n",
		"kind of a ConfigMap": "apiVersion: v1\nkind: %s\nmetadata: {name: function-input}\n",
		"spec":                "apiVersion: fn.kpt.dev/v1alpha1\nkind: CalicoPullSecrets\nspec: %s\n",
		"key beside spec":     head + "%s: x\n", "data": "apiVersion: v1\nkind: ConfigMap\ndata: %s\n",
		"key of data": "apiVersion: v1\nkind: ConfigMap\ndata: {%s: x}\n",
	}
	for name, spec := range map[string]string{
		"a key": "{%s: x}", "a key of secret": "{secret: {%s: x}}", "a key of externalSecret": "{externalSecret: {%s: x}}", "a key of audit": "{audit: {%s: x}}",
		"secret": "{secret: %s}", "externalSecret": "{externalSecret: %s}", "secretStoreRef": "{externalSecret: {secretStoreRef: %s}}",
		"an entry of targets": "{targets: [%s]}", "a key of a target": "{targets: [{%s: x}]}", "targets preset": "{targets: [{preset: %s}]}",
		"targets registry": "{targets: [{registry: %s}]}", "targets registry and name": "{targets: [{registry: docker.io, name: %s}]}",
		"targets kind": "{targets: [{kind: %s}]}", "targets name": "{targets: [{name: %s}]}", "targets group": "{targets: [{group: %s}]}",
		"targets version": "{targets: [{version: %s}]}", "targets namespace": "{targets: [{namespace: %s}]}", "targets labelSelector": "{targets: [{labelSelector: %s}]}",
		"an entry of registries": "{secret: {registries: [%s]}}", "a key of registries": "{secret: {registries: [{%s: x}]}}",
		"server of registries": "{secret: {registries: [{server: %s, " + login + "}]}}", "usernameEnv of registries": "{secret: {registries: [{server: quay.io, usernameEnv: %s, passwordEnv: REGISTRY_PASSWORD}]}}",
		"passwordFile of registries":   "{secret: {registries: [{server: quay.io, usernameEnv: REGISTRY_USER, passwordFile: %s}]}}",
		"a key of external registries": "{externalSecret: {secretStoreRef: {name: s}, registries: [{%s: x}]}}", "server of external registries": "{externalSecret: {secretStoreRef: {name: s}, registries: [{server: %s, remoteKey: k}]}}",
		"remoteKey of external registries": "{externalSecret: {secretStoreRef: {name: s}, registries: [{server: quay.io, remoteKey: %s}]}}",
		"usernameEnv of one of two needed": "{secret: {server: quay.io, usernameEnv: %s, passwordEnv: REGISTRY_PASSWORD}}",
		"an entry of servers":              "{servers: [%s]}", "an entry of audit": "{mode: audit, audit: {registries: [%s]}}",
		"a key of labels": "{secret: {" + login + ", labels: {%s: x}}}", "a value of labels": "{secret: {" + login + ", labels: {a: %s}}}",
		"a key of annotations": "{secret: {" + login + ", annotations: {%s: x}}}", "a value of annotations": "{secret: {" + login + ", annotations: {a: %s}}}",
		"a map in labels": "{secret: {" + login + ", labels: {a: {%s: x}}}}",
	} {
		all[name] = head + "spec: " + spec + "\n"
	}
	for _, path := range config.FieldPaths() {
		block, field, nested := strings.Cut(path, ".")
		alone, others := "{"+path+": %s}", ""
		switch {
		case block == "secret" && nested && (strings.HasPrefix(field, "username") || strings.HasPrefix(field, "password")):
			others = ", " + map[bool]string{true: "passwordEnv: REGISTRY_PASSWORD", false: "usernameEnv: REGISTRY_USER"}[strings.HasPrefix(field, "username")]
			alone = "{secret: {" + field + ": %s" + others + "}}"
		case block == "secret" && nested && field != "dockerConfigFile" && field != "registries":
			alone = "{secret: {" + field + ": %s, " + login + "}}"
		case block == "externalSecret" && strings.HasPrefix(field, "secretStoreRef."):
			alone = "{externalSecret: {secretStoreRef: {" + strings.TrimPrefix(field, "secretStoreRef.") + ": %s}}}"
		case nested:
			alone = "{" + block + ": {" + field + ": %s}}"
		}
		all["field "+path] = head + "spec: " + alone + "\n"
		all["argument "+path] = "apiVersion: v1\nkind: ConfigMap\ndata: {" + path + ": %s}\n"
		all["argument "+path+" with another"] = "apiVersion: v1\nkind: ConfigMap\ndata: {" + path + "." + "x: %s}\n"
		all["argument below "+path] = "apiVersion: v1\nkind: ConfigMap\ndata: {? " + path + ".%s : x}\n"
		all["field and a typo "+path] = head + "spec: {secre: {}, " + strings.TrimPrefix(alone, "{") + "\n"
	}
	for i, prefix := range []string{"DaemonSet/", "ds/", "", "calico-node,", "docker.io,", "docker.io/", "*/", "Pod|"} {
		all[fmt.Sprintf("targets behind %d %s", i, prefix)] = "targets " + prefix
		all[fmt.Sprintf("targets before %d %s", i, prefix)] = "targets-before " + prefix
	}
	return all
}

// TestNoMessageShowsACredential puts credentials into every position of the configuration. No
// message may show one. The test leaves out texts that are valid as the name of an object or a
// host.
func TestNoMessageShowsACredential(t *testing.T) {
	t.Setenv("REGISTRY_USER", "me")
	t.Setenv("REGISTRY_PASSWORD", "1234")
	// isName reports whether a form is a valid name at a position, or looks like a host.
	isName := func(position, form string) bool {
		switch _, field, _ := strings.Cut(position, "field "); {
		case strings.HasSuffix(position, "secretName"), strings.HasSuffix(field, "secretStoreRef.name"), strings.HasSuffix(position, "secret.namespace"):
			return slices.Contains([]string{"letters only", "with dashes", "a UUID", "digits", "with a dot"}, form)
		case position == "targets behind 0 DaemonSet/", position == "targets behind 1 ds/":
			return slices.Contains([]string{"letters only", "with dashes", "a UUID", "digits", "with a dot"}, form)
		case strings.Contains(position, "server"):
			return form == "with a dot" // it looks like a host
		}
		return false
	}
	for position, pattern := range positions() {
		t.Run(position, func(t *testing.T) {
			for form, credential := range credentials {
				if isName(position, form) {
					continue
				}
				text := configWith(pattern, credential)
				for _, mode := range []config.Mode{"", config.ModeCheck, config.ModeAudit} {
					c, err := config.FromFile([]byte(text))
					if err != nil {
						requireNothingOf(t, form, credential, err.Error())
						continue
					}
					report := function.Run([]function.Input{{Source: function.Source{Read: func() ([]byte, error) { return []byte(leakTarget), nil }}}}, function.Request{Config: c, Mode: mode})
					requireNothingOf(t, form, credential, said(report))
				}
			}
		})
	}
}

// configWith returns the configuration with a value in the place of the pattern.
func configWith(pattern, value string) string {
	quoted := fmt.Sprintf("%q", value) // YAML knows the escapes of Go that occur here
	if prefix, ok := strings.CutPrefix(pattern, "targets "); ok {
		return fmt.Sprintf("apiVersion: v1\nkind: ConfigMap\ndata: {targets: %q}\n", prefix+value)
	}
	if suffix, ok := strings.CutPrefix(pattern, "targets-before "); ok {
		return fmt.Sprintf("apiVersion: v1\nkind: ConfigMap\ndata: {targets: %q}\n", value+suffix)
	}
	if before, after, ok := strings.Cut(pattern, "{? "); ok {
		path, _, _ := strings.Cut(after, "%s")
		return before + fmt.Sprintf("{%q: x}\n", path+value)
	}
	return strings.ReplaceAll(pattern, "%s", quoted)
}

// said returns all text of a report for people.
func said(report function.Report) string {
	var b strings.Builder
	for _, f := range report.Findings {
		fmt.Fprintf(&b, "%+v\n%s\n", f, f)
	}
	for _, i := range report.Images {
		fmt.Fprintf(&b, "%+v\n", i)
	}
	_, results, _ := bytes.Cut(bytes.Join(report.Stdout, nil), []byte("\nresults:"))
	b.Write(results)
	return b.String()
}

// requireNothingOf fails if text has six characters in a row of the credential, in plain or
// URL-encoded form. Words of our own messages, such as "https://", do not count.
func requireNothingOf(t *testing.T, form, credential, text string) {
	t.Helper()
	own := strings.NewReplacer("https://", "", "https:", "", "/v1/", "", "registry", "")
	for _, s := range []string{credential, url.QueryEscape(credential), own.Replace(credential)} {
		for i := 0; i+6 <= len(s); i++ {
			piece := s[i : i+6]
			if strings.Contains("https://index.docker.io/v1/ registry.", piece) {
				continue
			}
			require.NotContains(t, text, piece, form)
		}
	}
}
