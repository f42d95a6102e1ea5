// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/calico-pull-secrets/internal/needs"
)

// A form is a shape of credentials. make returns a new credential and its secret parts: those that
// other credentials of this form do not share.
type form struct {
	name string
	make func() (text string, secret []string)
}

const (
	lower    = "bcdfghjkmnpqrstvwxz" // without vowels, so that no six of them are a part of a word
	digits   = "0123456789"
	alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" + digits
)

func random(of string, n int) string {
	letters := []rune(of)
	var b strings.Builder
	for range n {
		b.WriteRune(letters[rand.IntN(len(letters))])
	}
	return b.String()
}

// whole returns a form whose credentials are secret as a whole.
func whole(name string, text func() string) form {
	return form{name, func() (string, []string) { s := text(); return s, []string{s} }}
}

var forms = []form{
	whole("letters", func() string { return random(lower, 24) }),
	whole("a passphrase", func() string {
		return random(lower, 7) + "-" + random(lower, 6) + "-" + random(lower, 8)
	}),
	whole("a UUID", func() string {
		const hex = "0123456789abcdef"
		return random(hex, 8) + "-" + random(hex, 4) + "-4" + random(hex, 3) + "-a" + random(hex, 3) + "-" + random(hex, 12)
	}),
	whole("short and mixed", func() string { return random(alphabet, 6) + "&" + random(digits, 3) + "!" }),
	whole("digits", func() string { return random(digits, 14) }),
	whole("upper case", func() string { return random(strings.ToUpper(lower), 18) }),
	whole("base64", func() string { return base64.StdEncoding.EncodeToString([]byte(random(alphabet, 19))) }),
	whole("URL-encoded", func() string { return url.QueryEscape(random(alphabet, 7) + "/+&=" + random(alphabet, 7)) }),
	whole("with quotes and brackets", func() string { return random(alphabet, 7) + `"<&>'\` + random(alphabet, 7) }),
	whole("with letters of the world", func() string { return random("äöüßéèñçøåłžабвгдежд漢字仮名", 16) }),
	whole("with a blank", func() string { return random(lower, 8) + " " + random(lower, 9) }),
	whole("with a dot", func() string { return random(alphabet, 8) + "." + random(lower, 8) }),
	{"of Docker Hub", func() (string, []string) { s := random(alphabet, 27); return "dckr_pat_" + s, []string{s} }},
	{"of a code host", func() (string, []string) { s := random(alphabet, 36); return "ghp_" + s, []string{s} }},
	{"a JWT", func() (string, []string) {
		head, body, sum := random(alphabet, 20), random(alphabet, 30), random(alphabet, 22)
		return "eyJ" + head + ".eyJ" + body + "." + sum, []string{head, body, sum}
	}},
	{"in lines", func() (string, []string) {
		a, b := random(alphabet, 9), random(alphabet, 12)
		return a + "\n" + b, []string{a, b}
	}},
	{"with escape sequences", func() (string, []string) {
		a, b := random(alphabet, 9), random(alphabet, 12)
		return a + "\x1b[31m" + b + "\u202e\x07", []string{a, b}
	}},
	{"with a user name", func() (string, []string) { s := random(alphabet, 16); return "me:" + s, []string{s} }},
	{"in a URL", func() (string, []string) {
		s := random(alphabet, 16)
		return "https://me:" + s + "@registry.example/v1/", []string{s}
	}},
}

// A spot is a place that a credential gets into by mistake. put writes files into the folder, and
// returns the arguments and stdin. The program did not leak text in these files.
type spot struct {
	name      string
	manifests bool // in the manifests, which come out unchanged
	put       func(dir, credential string) (arguments []string, stdin string)
}

// fieldPaths returns the paths of all fields, from the schema that the program prints.
func fieldPaths(t *testing.T) (paths []string) {
	t.Helper()
	out, err := needs.Command(t, "calico-pull-secrets", "--schema").Output()
	require.NoError(t, err)
	var schema struct{ Properties struct{ Spec map[string]any } }
	require.NoError(t, json.Unmarshal(out, &schema))
	var walk func(prefix string, of map[string]any)
	walk = func(prefix string, of map[string]any) {
		for _, alternative := range append([]any{of, of["items"]}, alternatives(of)...) {
			object, _ := alternative.(map[string]any)
			properties, _ := object["properties"].(map[string]any)
			for name, value := range properties {
				paths = append(paths, prefix+name)
				if below, ok := value.(map[string]any); ok {
					walk(prefix+name+".", below)
				}
			}
			if items, ok := object["items"].(map[string]any); ok && prefix != "" {
				walk(prefix+"0.", items)
			}
		}
	}
	walk("", schema.Properties.Spec)
	slices.Sort(paths)
	paths = slices.Compact(paths)
	require.Greater(t, len(paths), 40, "the fields of the schema")
	require.Contains(t, paths, "secret.passwordEnv")
	return paths
}

func alternatives(of map[string]any) []any {
	all, _ := of["oneOf"].([]any)
	return all
}

// quoted returns the text as a scalar of YAML and JSON.
func quoted(s string) string {
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(s) // a string gives no error
	return strings.TrimSuffix(b.String(), "\n")
}

// configOf returns a config of our own kind with a value in a field. path is the field's path.
func configOf(path, value string) string {
	var b strings.Builder
	b.WriteString("apiVersion: fn.kpt.dev/v1alpha1\nkind: CalicoPullSecrets\nmetadata: {name: f}\nspec: ")
	keys, ends := strings.Split(path, "."), ""
	for _, key := range keys {
		open, end := "{"+key+": ", "}"
		if key == "0" {
			open, end = "[", "]"
		}
		b.WriteString(open)
		ends = end + ends
	}
	return b.String() + value + ends + "\n"
}

// configSpots are the places in a configuration, in each of its forms.
func configSpots(paths []string) (spots []spot) {
	add := func(name string, put func(dir, credential string) ([]string, string)) {
		spots = append(spots, spot{name: name, put: put})
	}
	// Configurations alternate between a file and a list.
	config := func(name string, texts ...func(credential string) string) {
		turn := 0
		add(name, func(dir, credential string) ([]string, string) {
			turn++
			text := texts[turn/2%len(texts)](credential)
			if turn%2 == 0 {
				return nil, listOf(calicoNode, text)
			}
			write(dir, "fn.yaml", text)
			return []string{"--config", "fn.yaml"}, calicoNode
		})
	}
	for _, path := range paths {
		add("argument "+path, func(_, credential string) ([]string, string) { return []string{path + "=" + credential}, calicoNode })
		add("argument below "+path, func(_, credential string) ([]string, string) {
			return []string{path + "." + credential + "=x"}, calicoNode
		})
		config("field "+path, func(credential string) string { return configOf(path, quoted(credential)) })
		config("list or key in "+path,
			func(credential string) string { return configOf(path, "["+quoted(credential)+"]") },
			func(credential string) string { return configOf(path, "{"+quoted(credential)+": x}") })
		config("data "+path, func(credential string) string {
			return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: f}\ndata: {" + path + ": " + quoted(credential) + "}\n"
		})
	}
	for name, text := range map[string]string{
		"kind":        "apiVersion: fn.kpt.dev/v1alpha1\nkind: %s\nspec: {}\n",
		"apiVersion":  "apiVersion: %s\nkind: CalicoPullSecrets\nspec: {}\n",
		"spec":        "apiVersion: fn.kpt.dev/v1alpha1\nkind: CalicoPullSecrets\nspec: %s\n",
		"key":         "apiVersion: fn.kpt.dev/v1alpha1\nkind: CalicoPullSecrets\n%s: {}\n",
		"data":        "apiVersion: v1\nkind: ConfigMap\ndata: %s\n",
		"key of data": "apiVersion: v1\nkind: ConfigMap\ndata: {%s: x}\n",
		"all of it":   "%s\n",
		"a comment":   "apiVersion: fn.kpt.dev/v1alpha1\nkind: CalicoPullSecrets # %s\nspec: {secret: [\n",
		"its label":   "apiVersion: fn.kpt.dev/v1alpha1\nkind: CalicoPullSecrets\nmetadata: {labels: {a: %s}}\nspec: {mode: chek}\n",
	} {
		config(name+" of the config", func(credential string) string { return strings.ReplaceAll(text, "%s", quoted(credential)) })
	}
	return spots
}

// lineSpots are the places in the command line.
func lineSpots() (spots []spot) {
	for _, pattern := range []string{
		"%s", "%s=x", "%s=", "=%s", "-%s", "--%s", "--%s=x", "--check=%s", "--output=%s", "--output %s", "--config=%s", "--config %s",
		"--allow-env %s secret.usernameEnv=A secret.passwordEnv=B", "--allow-files %s secret.usernameFile=a secret.passwordFile=b",
		"--password %s", "--password=%s", "--docker-password=%s", "--docker-username %s", "-p %s", "-p%s", "-f %s", "-n %s",
		"--check %s", "--audit %s", "--diff %s", "--write %s", "--each --check %s", "install %s x", "--help=%s", "--version %s", "--quiet=%s",
		"secretName=a secretName=%s", "secret.password=%s secret.passwordEnv=A", "secret.username=me secret.password=%s secret.server=x:y:z",
		"secret.username=me secret.password=%s targets=nothing", "secret.username=me secret.password=%s preflight=error",
	} {
		spots = append(spots, spot{"arguments " + pattern, false, func(_, credential string) ([]string, string) {
			var arguments []string
			for argument := range strings.SplitSeq(pattern, " ") {
				arguments = append(arguments, strings.ReplaceAll(argument, "%s", credential))
			}
			return arguments, calicoNode
		}})
	}
	return spots
}

// manifestSpots are the places in files. The program must not repeat their text, except names of
// objects, namespaces and images.
func manifestSpots() (spots []spot) {
	account := "---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: default, namespace: kube-system, labels: {a: %s}}\n"
	add := func(name, text string) {
		put := func(_, credential string) ([]string, string) {
			return nil, strings.ReplaceAll(text, "%s", quoted(credential))
		}
		spots = append(spots, spot{name, true, put}, spot{name + ", in a file", true, func(dir, credential string) ([]string, string) {
			_, text := put(dir, credential)
			write(dir, "a.yaml", text)
			return []string{"--check", "."}, ""
		}})
	}
	secret := func(body string) string { return calicoNode + otherSecret + body }
	docker := func(json string) string {
		return secret("type: kubernetes.io/dockerconfigjson\nstringData: {.dockerconfigjson: " + json + "}\n")
	}
	for name, text := range map[string]string{
		"a label": calicoNode + account, "data of a ConfigMap": calicoNode + someConfigMap + "  a: %s\n",
		"an annotation of the target": strings.Replace(calicoNode, "metadata:\n", "metadata:\n  annotations: {a: %s}\n", 1),
		"a variable of the target":    calicoNode + "        env: [{name: A, value: %s}]\n",
		"an argument of the target":   calicoNode + "        args: [%s]\n", "a comment beside a fault": calicoNode + "      - [ # %s\n",
		"a value beside a fault": calicoNode + "        env: [{name: A, value: %s]\n", "a document of it": calicoNode + "---\n%s\n",
		"a key that is there twice": calicoNode + "        %s: 1\n        %s: 2\n", "an unknown key": calicoNode + "%s: 1\n",
		"a list for a pod": strings.Replace(calicoNode, "    spec:\n", "    spec:\n      imagePullSecrets: %s\n", 1),
		"an entry":         strings.Replace(calicoNode, "    spec:\n", "    spec:\n      imagePullSecrets:\n      - %s\n", 1),
		"a key of one":     strings.Replace(calicoNode, "    spec:\n", "    spec:\n      imagePullSecrets:\n      - %s: x\n", 1),
		"type":             secret("type: %s\n"), "data": secret("data: %s\n"), "a key of data": secret("data: {%s: eA==}\n"), "a value of data": secret("data: {a: %s}\n"),
		"a value of strings": secret("stringData: {a: %s}\ntype: Opaque\n"), "the docker config": secret("type: kubernetes.io/dockerconfigjson\ndata: {.dockerconfigjson: %s}\n"),
		"the docker config, as strings": docker("%s"), "a template": calicoNode + "{{ if %s }}\n" + otherSecret, "immutable": secret("immutable: %s\n"),
		"all of it": "%s\n", "a broken Secret": otherSecret + "stringData: {a: %s\nkind: DaemonSet\n",
		"spec of an Installation": "apiVersion: operator.tigera.io/v1\nkind: Installation\nmetadata: {name: default}\nspec: {imagePullSecrets: %s, registry: [%s]}\n",
		"a List":                  "apiVersion: v1\nkind: List\nitems: [%s]\n", "a SealedSecret": calicoNode + "---\nkind: SealedSecret\nmetadata: {name: regcred, namespace: kube-system}\nspec: {encryptedData: {a: %s}, template: %s}\n",
		"an ExternalSecret": calicoNode + "---\nkind: ExternalSecret\nmetadata: {name: regcred, namespace: kube-system}\nspec: {target: %s, data: [%s]}\n",
	} {
		add(name, text)
	}
	for name, config := range map[string]string{
		"server": `{"auths":{%s:{"username":"me","password":"x"}}}`, "user name": `{"auths":{"docker.io":{"username":%s,"password":"x"}}}`,
		"password": `{"auths":{"quay.io":{"username":"me","password":%s}}}`, "auth": `{"auths":{"docker.io":{"auth":%s}}}`, "auths": `{"auths":%s}`,
		"an unknown key": `{"auths":{},%s:1}`, "credsStore": `{"credsStore":%s}`, "credHelpers": `{"credHelpers":{"docker.io":%s}}`,
		"server of credHelpers": `{"credHelpers":{%s:"none"}}`, "identitytoken": `{"auths":{"docker.io":{"identitytoken":%s}}}`,
		"userinfo": `{"auths":{"https://me:%u@docker.io":{"username":"me","password":"x"}}}`, "no JSON": `{"auths":{"docker.io":%s`,
	} {
		fill := func(credential string) string {
			return strings.ReplaceAll(strings.ReplaceAll(config, "%s", quoted(credential)), "%u", strings.Trim(quoted(credential), `"`))
		}
		spots = append(spots,
			spot{name + " of a Secret", true, func(_, credential string) ([]string, string) {
				return nil, calicoNode + dockerConfigSecret(fill(credential))
			}},
			spot{name + " of a login", false, func(dir, credential string) ([]string, string) {
				write(dir, "config.json", fill(credential))
				return []string{"secret.dockerConfigFile=config.json"}, calicoNode
			}})
	}
	for name, text := range map[string]string{
		"a kustomization": "resources: [%s]\npatches: [{patch: %s}]\n", "a broken kustomization": "resources: [%s\n",
		"helmCharts": "helmCharts: [{name: %s, valuesInline: {a: %s}}]\n",
	} {
		spots = append(spots, spot{name, true, func(dir, credential string) ([]string, string) {
			write(dir, "kustomization.yaml", strings.ReplaceAll(text, "%s", quoted(credential)))
			write(dir, "a.yaml", strings.ReplaceAll(calicoNode, "calico-node", "other"))
			return []string{"--check", "."}, ""
		}})
	}
	for name, text := range map[string]string{
		"results": "results: %s\n", "a field of the list": "other: %s\n", "items": "items: %s\n",
	} {
		spots = append(spots, spot{name + " of the list", true, func(_, credential string) ([]string, string) {
			list := "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\n"
			if name != "items" {
				list += "items: []\n"
			}
			return nil, list + strings.ReplaceAll(text, "%s", quoted(credential))
		}})
	}
	return spots
}

func write(dir, name, text string) {
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
		panic(err) // a folder of the test
	}
}

// listOf returns a ResourceList with a manifest and a functionConfig.
func listOf(manifest, config string) string {
	return "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n- " + strings.ReplaceAll(strings.TrimSuffix(manifest, "\n"), "\n", "\n  ") +
		"\nfunctionConfig:\n  " + strings.ReplaceAll(strings.TrimSuffix(config, "\n"), "\n", "\n  ") + "\n"
}

// modes are the modes that run on the misplaced credential. Modes with files use a copy of stdin.
var modes = []struct {
	name      string
	arguments []string
}{
	{"filter", nil}, {"check", []string{"--check"}}, {"diff", []string{"--diff"}}, {"audit", []string{"--audit"}},
	{"check as JSON", []string{"--check", "--output", "json"}}, {"audit as SARIF", []string{"--audit", "--output", "sarif"}},
	{"audit as JSON", []string{"--audit", "--output=json"}}, {"write", []string{"--write", "manifests.yaml"}},
	{"audit as JUnit", []string{"--audit", "--output=junit"}}, {"check as Markdown", []string{"--check", "--output=markdown"}},
}

const (
	formsEach  = 11 // it has no common divisor with the number of modes
	formsShort = 1  // with -short
)

// TestLeakInAnyForm puts credentials of each form into each place. It searches all output for six
// characters of the credential: plain, in base64, encoded for a URL, and escaped. Each place gets
// eleven or more forms. Forms and modes take turns. Names are not credentials. So it skips valid
// names of objects, files and hosts in fields for such names.
func TestLeakInAnyForm(t *testing.T) {
	spots := slices.Concat(configSpots(fieldPaths(t)), lineSpots(), manifestSpots())
	program := needs.Program(t, "calico-pull-secrets")
	turn, each := 0, formsEach
	if testing.Short() {
		each = formsShort
	}
	for _, s := range spots {
		first := turn
		turn++
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			for i := range each {
				requireNoLeak(t, program, s, forms[(first+i)%len(forms)], first+i)
			}
		})
	}
	t.Logf("%d runs", len(spots)*each)
}

func requireNoLeak(t *testing.T, program string, s spot, f form, turn int) {
	t.Helper()
	text, secret := f.make()
	if isName(s.name, f.name) {
		return
	}
	dir := t.TempDir()
	arguments, stdin := s.put(dir, text)
	given := stdin
	for _, name := range []string{"fn.yaml", "a.yaml", "config.json", "kustomization.yaml"} {
		b, _ := os.ReadFile(filepath.Join(dir, name)) // empty if it does not exist
		given += "\n" + string(b)
	}
	mode, written := modes[turn%len(modes)], false
	hasMode := slices.ContainsFunc(arguments, func(a string) bool { return strings.HasPrefix(a, "-") && a != "--config" })
	if !hasMode && !strings.Contains(stdin, "kind: ResourceList") {
		arguments = append(slices.Clone(mode.arguments), arguments...)
		if mode.name == "write" {
			write(dir, "manifests.yaml", stdin)
			stdin, written = "", true
		}
	}
	cmd := needs.Command(t, program, arguments...)
	var stdout, stderr bytes.Buffer
	cmd.Dir, cmd.Stdin, cmd.Stdout, cmd.Stderr = dir, strings.NewReader(stdin), &stdout, &stderr
	cmd.Env = []string{"PATH=" + filepath.Dir(program), "HOME=" + dir, "A=a", "B=b"}
	var exit *exec.ExitError
	if err := cmd.Run(); !errors.As(err, &exit) {
		require.NoError(t, err)
	}
	require.NotContains(t, stderr.String(), "internal error", f.name)
	seen := stdout.String()
	if s.manifests && mode.name == "filter" { // the stream or list itself, without the results
		_, seen, _ = strings.Cut(seen, "\nresults:\n")
	}
	if written && !s.manifests {
		b, err := os.ReadFile(filepath.Join(dir, "manifests.yaml"))
		require.NoError(t, err)
		seen += string(b)
	}
	seen += stderr.String()
	require.Empty(t, leaks(seen, given, secret), "%s %s %q", f.name, mode.name, arguments)
}

// isName reports whether a credential of a form is valid content of a place.
func isName(place, form string) bool {
	names := []string{"letters", "a passphrase", "a UUID", "digits", "with a dot"}
	hosts := []string{"with a dot"}
	switch {
	case strings.Contains(place, "secretName"), strings.Contains(place, "secretStoreRef.name"), strings.Contains(place, "secret.namespace"):
		return slices.Contains(names, form)
	case strings.Contains(place, "exclude"): // a glob of paths, which each report names
		return true
	case strings.Contains(place, "erver"):
		return slices.Contains(hosts, form)
	}
	return false
}

// leaks returns the lines of seen that have six characters of a secret. It ignores lines of the
// input and lines of a Secret's data.
func leaks(seen, given string, secret []string) (found []string) {
	plain := func(line string) string { return strings.Trim(strings.ReplaceAll(line, `"`, ""), " -\n") }
	known := map[string]bool{}
	for line := range strings.Lines(given) {
		known[plain(line)] = true
	}
	for line := range strings.Lines(seen) {
		if known[plain(line)] {
			continue
		}
		line = dataOfSecret.ReplaceAllString(line, "")
		for _, s := range secret {
			if piece := pieceOf(s, line); piece != "" {
				found = append(found, piece+" in "+line)
			}
		}
	}
	return found
}

// pieceOf returns six consecutive characters of the secret, in any encoding, that the line has.
func pieceOf(secret, line string) string {
	written := []string{secret, url.QueryEscape(secret), url.PathEscape(secret), strings.Trim(quoted(secret), `"`), strings.Trim(fmt.Sprintf("%+q", secret), `"`)}
	for before := range 3 { // the alignments of base64
		encoded := base64.RawStdEncoding.EncodeToString([]byte("xx"[:before] + secret))
		written = append(written, encoded[(before*8+5)/6:])
	}
	for _, w := range written {
		for i := 0; i+6 <= len(w); i++ {
			if strings.Contains(line, w[i:i+6]) {
				return w[i : i+6]
			}
		}
	}
	return ""
}
