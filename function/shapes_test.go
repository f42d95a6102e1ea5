// SPDX-License-Identifier: Apache-2.0

package function_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/calico-pull-secrets/function"
	"example.com/calico-pull-secrets/internal/config"
)

// TestTheInstallationsThatTheREADMELinksTo runs every row of the table that says what to set for
// which installation. It runs on testdata/shapes, or else on Calico's manifests of each version.
func TestTheInstallationsThatTheREADMELinksTo(t *testing.T) {
	t.Setenv("REGISTRY_USER", "me")
	t.Setenv("REGISTRY_PASSWORD", "it's a secret")
	page, err := os.ReadFile("../docs/installations.md")
	require.NoError(t, err)
	_, table, ok := strings.Cut(string(page), "| installed from |")
	require.True(t, ok)
	table, _, _ = strings.Cut(table, "\n\n")
	rows := strings.Split(table, "\n")[2:]
	require.Greater(t, len(rows), 10)
	quoted := regexp.MustCompile("`([^`]+)`")
	cell := func(row string, n int) (words []string) {
		for _, m := range quoted.FindAllStringSubmatch(strings.Split(row, "|")[n], -1) {
			words = append(words, m[1])
		}
		return words
	}
	for _, row := range rows {
		file, settings := cell(row, 1)[0], cell(row, 2)
		for version, manifest := range shapes(t, file) {
			t.Run(strings.Join(append([]string{version}, settings...), " "), func(t *testing.T) {
				require.ElementsMatch(t, cell(row, 3), references(t, filter(t, manifest, arguments(t, settings...))))
				settings := append(slices.Clone(settings), "secret.usernameEnv=REGISTRY_USER", "secret.passwordEnv=REGISTRY_PASSWORD", "secret.server="+serverOf(bytes.ReplaceAll(manifest, []byte("quay.io/coreos/etcd"), nil)))
				var namespaces []string
				for _, n := range objects(t, filter(t, manifest, arguments(t, settings...))) {
					if n.GetKind() == "Secret" && n.GetName() == "regcred" {
						namespaces = append(namespaces, n.GetNamespace())
					}
				}
				require.Equal(t, cell(row, 4), namespaces)
			})
		}
	}
}

// shapes returns the manifests of a name: ours, or else Calico's of each version.
func shapes(t *testing.T, file string) map[string][]byte {
	t.Helper()
	if b, err := os.ReadFile(filepath.Join("..", "testdata", "shapes", file)); err == nil {
		return map[string][]byte{file: b}
	}
	found := map[string][]byte{}
	for name, b := range manifests(t) {
		if filepath.Base(name) == file {
			found[name] = b
		}
	}
	require.NotEmpty(t, found, file)
	return found
}

// hubSecret has the settings of a Secret for Docker Hub.
var hubSecret = []string{"secret.usernameEnv=DOCKERHUB_USERNAME", "secret.passwordEnv=DOCKERHUB_TOKEN"}

// TestTheREADMEsPagesShowWhatTheProgramSays compares the messages that the pages show with those of
// the runs below. All messages of a block must be from one run, in its order.
func TestTheREADMEsPagesShowWhatTheProgramSays(t *testing.T) {
	t.Setenv("REGISTRY_USER", "me")
	t.Setenv("REGISTRY_PASSWORD", "it's a secret")
	t.Setenv("DOCKERHUB_USERNAME", "me")
	t.Setenv("DOCKERHUB_TOKEN", "it's a secret")
	all := manifests(t)
	old := filter(t, all["v3.30.7/calico.yaml"], arguments(t, hubSecret...))
	secret := old[bytes.LastIndex(old, []byte("\n---\n")):]
	require.Contains(t, string(secret), "kind: Secret")
	referenced := append(filter(t, all["v3.32.1/calico.yaml"], nil), secret...)
	atMirror := bytes.ReplaceAll(all["v3.30.7/calico.yaml"], []byte("docker.io/calico/"), []byte("registry.example.com/calico/"))
	operator := slices.Concat(all["v3.32.1/tigera-operator.yaml"], []byte("\n---\n"), all["v3.32.1/custom-resources.yaml"])
	both := []string{
		"targets=canal", "secret.registries.0.server=https://index.docker.io/v1/", "secret.registries.1.server=quay.io",
		"secret.registries.0.usernameEnv=REGISTRY_USER", "secret.registries.0.passwordEnv=REGISTRY_PASSWORD",
		"secret.registries.1.usernameEnv=REGISTRY_USER", "secret.registries.1.passwordEnv=REGISTRY_PASSWORD",
	}
	var runs []string
	for _, r := range []struct {
		manifests []byte
		settings  []string
	}{
		{all["v3.30.7/calico.yaml"], hubSecret},
		{all["v3.30.7/calico.yaml"], []string{"mode=check"}},
		{all["v3.30.7/calico.yaml"], append([]string{"secret.namespace=default"}, hubSecret...)},
		{all["v3.30.7/calico.yaml"], append([]string{"secret.server=https://index.docker.io/v1"}, hubSecret...)},
		{all["v3.30.7/canal.yaml"], nil},
		{all["v3.30.7/canal.yaml"], append([]string{"targets=canal"}, hubSecret...)},
		{all["v3.32.1/calico.yaml"], nil},
		{all["v3.32.1/calico.yaml"], hubSecret},
		{all["v3.32.1/calico.yaml"], []string{"targets=docker.io"}},
		{all["v3.32.1/canal.yaml"], append([]string{"targets=canal"}, hubSecret...)},
		{all["v3.32.1/canal.yaml"], both},
		{operator, append([]string{"targets=operator"}, hubSecret...)},
		{operator, []string{"targets=operator", "servers=quay.io"}},
		{all["v3.32.1/custom-resources.yaml"], []string{"targets=operator"}},
		{referenced, []string{"mode=check", "preflight=error"}},
		{atMirror, hubSecret},
	} {
		require.NotEmpty(t, r.manifests)
		var lines []string
		for _, f := range run(r.manifests, arguments(t, r.settings...)).Findings {
			lines = append(lines, "calico-pull-secrets: "+f.String()+"\n")
			if f.Hint != "" {
				lines = append(lines, "calico-pull-secrets: hint: "+f.Hint+"\n")
			}
		}
		runs = append(runs, strings.Join(lines, ""))
	}

	files, err := filepath.Glob("../testdata/cases/*/*.txtar") // a page may also show what a case prints
	require.NoError(t, err)
	var cases strings.Builder
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		cases.Write(text)
	}

	pages, err := filepath.Glob("../docs/*.md")
	require.NoError(t, err)
	blocks := 0
	for _, page := range pages {
		text, err := os.ReadFile(page)
		require.NoError(t, err)
		for _, block := range regexp.MustCompile("(?m)^ *```\n((?: *calico-pull-secrets: .*\n)+)").FindAllStringSubmatch(string(text), -1) {
			blocks++
			var lines []string
			for line := range strings.Lines(block[1]) {
				lines = append(lines, regexp.QuoteMeta(strings.TrimLeft(line, " ")))
			}
			shown := regexp.MustCompile("(?s)^(.*\n)?" + strings.Join(lines, "(.*\n)?"))
			require.True(t, strings.Contains(cases.String(), "\n"+block[1]) || slices.ContainsFunc(runs, shown.MatchString), "%s shows\n%s", page, block[1])
		}
	}
	require.Greater(t, blocks, 15)
}

// TestTheREADMEsAudits compares the tables of audits in the pages with the findings of the program:
// by image, object, place and reason.
func TestTheREADMEsAudits(t *testing.T) {
	all := manifests(t)
	row := regexp.MustCompile(`(?m)^anonymous +(\S+) +(\S+) (\S+)/(\S+) +(\S+) +(\S+):(\d+) +(not audited: )?(.*)$`)
	for page, manifest := range map[string]string{"../docs/audit.md": "v3.32.1/canal.yaml"} {
		text, err := os.ReadFile(page)
		require.NoError(t, err)
		_, table, ok := strings.Cut(string(text), "```\nVERDICT ")
		require.True(t, ok)
		table, _, _ = strings.Cut(table, "```")
		name := filepath.Base(manifest)
		report := function.Run(
			[]function.Input{{Source: function.Source{Name: name, Read: func() ([]byte, error) { return all[manifest], nil }}}},
			function.Request{Mode: config.ModeAudit})
		var found []string
		others := 0
		for _, i := range report.Images {
			not := ""
			if !i.Audited {
				not = "not audited: "
				others++
			}
			found = append(found, fmt.Sprintf("%s %s %s/%s %s %s:%d %s%s", i.Image, i.Kind, i.Namespace, i.Name, i.Container, i.File, i.Line, not, i.Reason))
		}
		rows := row.FindAllStringSubmatch(table, -1)
		require.Greater(t, len(rows), 1)
		for _, r := range rows {
			require.Contains(t, found, fmt.Sprintf("%s %s %s/%s %s %s:%s %s%s", r[1], r[2], r[3], r[4], r[5], r[6], r[7], r[8], r[9]))
		}
		require.Contains(t, table, fmt.Sprintf("\ndocker.io: %d image", len(report.Images)-others))
		require.Contains(t, table, fmt.Sprintf(": FAIL. %d from other registries are not audited\n", others))
	}
}
