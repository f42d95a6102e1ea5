// SPDX-License-Identifier: Apache-2.0

package config

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/calico-pull-secrets/internal/finding"
)

// TestWhatArgumentsMean decodes arguments with several spellings of the same settings.
func TestWhatArgumentsMean(t *testing.T) {
	decode := func(t *testing.T, arguments ...string) Settings {
		t.Helper()
		given, err := FromArguments(arguments)
		require.NoError(t, err)
		require.Empty(t, given.Problems)
		return given.Settings
	}
	require.Equal(t, []string{"docker.io", "quay.io"}, decode(t, "audit.registries=docker.io, quay.io").Audited)
	s := decode(t, "secret.usernameEnv=U", "secret.passwordEnv=P", "secret.labels.app.kubernetes.io/name=x", "secret.labels.true=1").Secret
	require.Equal(t, map[string]string{"app.kubernetes.io/name": "x", "true": "1"}, s.Labels)
	require.Equal(t, "https://index.docker.io/v1/", s.Server)
	s = decode(t, "secret.registries.1.server=ghcr.io", "secret.registries.1.usernameEnv=U", "secret.registries.1.passwordFile=F",
		"secret.registries.0.server=quay.io", "secret.registries.0.username=u", "secret.registries.0.passwordEnv=P").Secret
	require.Equal(t, []string{"quay.io", "ghcr.io"}, s.Servers())
	require.Equal(t, "P", s.Registries[0].Password.Env)
	require.Equal(t, "F", s.Registries[1].Password.File)
	require.Empty(t, s.Server, "the default stands for one server")
	require.Len(t, decode(t, "targets=calico,docker.io,ds/x").Targets, 3)
}

// TestArgumentsAreStrings has values that YAML would read as another type, or that break YAML.
func TestArgumentsAreStrings(t *testing.T) {
	for _, text := range []string{
		"true", "null", "~", "1", "1.5", "0x10", "1e3", "2026-01-01", "yes", "=", "<<", "- a", "a: b", "# a", "[a]", "{a: b}", "*a", "&a", "!a", "|", ">", "'", "\"", "\\",
		" a ", "a\n", "\na\n\n", "a\r\nb", "\t", "\x00", "\x1b[2J", "\u0085", "\u2028", "\ufeff", "ä", "%a", "@", "`", "---", "...", "a\n---\nb", "", strings.Repeat("a b ", 500),
	} {
		given, err := FromArguments([]string{"secret.usernameEnv=U", "secret.passwordEnv=P", "secret.annotations.x=" + text})
		require.NoError(t, err)
		require.Empty(t, given.Problems, "%q", text)
		require.Equal(t, text, given.Settings.Secret.Annotations["x"])
	}
}

// TestTheProblemsOfArguments has wrong arguments, and all their problems.
func TestTheProblemsOfArguments(t *testing.T) {
	for name, c := range map[string]struct {
		arguments []string
		want      string
	}{
		"a block as a value":              {[]string{"secret=x"}, "secret: takes no value; hint: set the fields below it, such as secret.usernameEnv=DOCKERHUB_USERNAME; for the name of the Secret set secretName"},
		"one that means something else":   {[]string{"audit=true"}, "audit: no such field; hint: did you mean mode=audit?"},
		"a block beside what is below it": {[]string{"audit=x", "audit.registries=/"}, "audit: no such field; hint: did you mean mode=audit?\naudit.registries: is not the host of a registry; hint: write the host alone, such as docker.io, or * for all"},
		"a map beside its entries": {[]string{"secret.labels=x", "secret.labels.a=b", "secret.usernameEnv=U", "secret.passwordEnv=P"},
			"secret.labels: is not a map of strings; hint: write name: value below it, or as an argument FIELD.NAME=VALUE"},
		"a list beside its entries": {[]string{"secret.registries=quay.io", "secret.registries.0.server=quay.io"},
			"secret.registries: is not a list; hint: each entry has a server, a user name and a password"},
		"a list without a number": {[]string{"secret.registries.x.server=quay.io"},
			"secret.registries: is a list: each field has the number of its entry; hint: count from 0, such as secret.registries.0.server=quay.io"},
		"several targets": {[]string{"targets=calic,x,docker.io/"},
			"targets: entry 1: no preset \"calic\"; hint: did you mean calico?\n" +
				"targets: entry 2: no preset of that name; hint: presets are calico-node, canal, operator, calico; or name a registry (docker.io) or an object (DaemonSet/calico-node)\n" +
				"targets: entry 3: has a path or scheme, and a registry is only its host; hint: write docker.io"},
	} {
		t.Run(name, func(t *testing.T) {
			given, err := FromArguments(c.arguments)
			require.NoError(t, err)
			var got []string
			for _, p := range given.Problems {
				f := finding.Finding{Message: p.Field + ": " + p.Text, Hint: p.Hint}
				got = append(got, f.Text())
			}
			require.Equal(t, c.want, strings.Join(got, "\n"))
		})
	}
}

// FuzzParse decodes any object. There must be no panic, each problem must be one line, and settings
// without problems must be complete.
func FuzzParse(f *testing.F) {
	for _, data := range []string{
		"{targets: 'calico,docker.io,ds/x', audit.registries: '*', secret.registries.0.server: quay.io, secret.registries.0: x}",
		"{secret: {a: b}, secret.labels: [a], secret.labels.x: y, secret.registries: [0, 1], secret.registries.0.server: &a z, mode: *a}",
	} {
		f.Add("apiVersion: v1\nkind: ConfigMap\ndata: " + data + "\n")
	}
	f.Add("apiVersion: fn.kpt.dev/v1alpha1\nkind: CalicoPullSecrets\nspec: {mode: remove}\n")
	f.Add("apiVersion: fn.kpt.dev/v1alpha1\nkind: CalicoPullSecrets\nspec: {targets: [{registry: docker.io, kind: ds}, {preset: canal}], secret: {registries: [{server: quay.io}]}, audit: null}\n")
	for _, path := range FieldPaths() {
		f.Add("apiVersion: fn.kpt.dev/v1alpha1\nkind: CalicoPullSecrets\nspec: {" + path + ": x}\n")
	}
	f.Fuzz(func(t *testing.T, text string) {
		given, err := FromFile([]byte(text))
		if err != nil {
			return
		}
		for _, p := range given.Problems {
			require.NotEmpty(t, p.Text)
			require.NotContains(t, p.Text, "\n")
		}
		if s := given.Settings; len(given.Problems) == 0 {
			require.Contains(t, []Mode{ModeAdd, ModeRemove, ModeCheck, ModeAudit}, s.Mode)
			require.NotEmpty(t, s.SecretName)
			require.NotEmpty(t, s.Targets)
			require.NotEmpty(t, s.Audited)
			if s.Secret != nil && s.Secret.DockerConfig == "" {
				require.NotContains(t, s.Secret.Servers(), "")
			}
		}
	})
}
