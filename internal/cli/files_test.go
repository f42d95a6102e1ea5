// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/calico-pull-secrets/internal/needs"
)

const daemonSet = `apiVersion: apps/v1
kind: DaemonSet
metadata:
  name: calico-node
  namespace: kube-system
spec:
  template:
    spec:
      serviceAccountName: calico-node
      containers:
      - name: calico-node
        image: docker.io/calico/node:v3.28.0
`

const changed = daemonSet + "      imagePullSecrets:\n      - name: regcred\n"

// inFolder makes a new working folder with files, and sets a credential.
func inFolder(t *testing.T, files map[string]string) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
	}
	t.Chdir(dir)
	t.Setenv("REGISTRY_USER", "me")
	t.Setenv("REGISTRY_PASSWORD", password)
}

// call runs the program on an empty stdin. It fails the test if the output has a credential.
func call(t *testing.T, arguments ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = testProgram.Run(arguments, strings.NewReader(""), &out, &errs)
	requireNoPassword(t, "", out.String(), errs.String())
	return code, out.String(), errs.String()
}

func content(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	require.NoError(t, err)
	return string(b)
}

var emit = []string{"secret.usernameEnv=REGISTRY_USER", "secret.passwordEnv=REGISTRY_PASSWORD"}

func TestWriteCheckAndDiffSayTheSame(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(needs.Manifests(t), "*", "*.yaml"))
	require.NoError(t, err)
	for _, file := range files {
		before := content(t, file)
		for form, text := range map[string]string{"LF": before, "CR LF": strings.ReplaceAll(before, "\n", "\r\n"), "mark": "\uFEFF" + before} {
			t.Run(filepath.Base(filepath.Dir(file))+"/"+filepath.Base(file)+" "+form, func(t *testing.T) {
				inFolder(t, map[string]string{"m.yaml": text, "git.yaml": text, "patch.yaml": text})
				arguments := []string{"m.yaml", "targets=calico,operator", "onMissing=ignore"}
				check, names, _ := call(t, append(arguments, "--check")...)
				code, diff, _ := call(t, append(arguments, "--diff", "--quiet")...)
				require.Equal(t, exitOK, code)
				code, stdout, _ := call(t, append(arguments, "--write")...)
				require.Equal(t, exitOK, code)
				require.Empty(t, stdout)
				after := content(t, "m.yaml")
				require.Equal(t, after != text, check == exitFailed)
				require.Equal(t, after != text, names == "m.yaml\n")
				require.Equal(t, after != text, diff != "")
				for line := range strings.Lines(diff) {
					require.NotRegexp(t, `^-[^-]`, line, "something else than added lines")
				}
				require.Equal(t, strings.Count(diff, "\n+"), strings.Count(after, "imagePullSecrets:")*2+strings.Count(diff, "\n+++")-2*strings.Count(text, "imagePullSecrets:"))

				code, names, _ = call(t, append(arguments, "--check")...)
				require.Equal(t, exitOK, code)
				require.Empty(t, names)
				if diff == "" {
					return
				}
				for name, command := range map[string][]string{"git.yaml": {"git", "apply", "-"}, "patch.yaml": {"patch", "-p1", "--binary"}} {
					cmd := needs.Command(t, command[0], command[1:]...)
					cmd.Stdin = strings.NewReader(strings.ReplaceAll(diff, "/m.yaml", "/"+name))
					out, err := cmd.CombinedOutput()
					require.NoError(t, err, string(out))
					require.Equal(t, after, content(t, name), command[0])
				}
			})
		}
	}
}

// A diff has lines around the change, and a Secret may be there.
func TestNoDiffShowsWhatIsInASecret(t *testing.T) {
	const meta = "apiVersion: v1\nkind: Secret\nmetadata: {name: other}\n"
	ours := strings.Replace(meta, "other", "regcred, namespace: kube-system", 1) + "type: kubernetes.io/dockerconfigjson\n"
	for name, c := range map[string]struct {
		text      string
		shown     bool // with fewer lines around the change
		arguments []string
	}{
		"data first":          {daemonSet + "---\nstringData:\n  password: " + password + "\nkind: Secret\napiVersion: v1\n", true, nil},
		"in the line":         {daemonSet + "---\n" + `{"apiVersion": "v1", "kind": "Secret", "data": {"password": "` + password + `"}}`, true, nil},
		"in a list":           {"apiVersion: v1\nkind: List\nitems:\n- data: {p: " + password + "}\n  kind: Secret\n  apiVersion: v1\n- " + strings.ReplaceAll(strings.TrimSpace(daemonSet), "\n", "\n  ") + "\n", false, nil},
		"ours, in many lines": {daemonSet + "---\n" + ours + "stringData:\n  .dockerconfigjson: |\n    {\n      \"auths\": {}\n    }\n", false, emit},
		"further away":        {daemonSet + "---\n" + meta + "data: {p: " + password + "}\n", true, nil},
		"before it":           {meta + "data: {p: " + password + "}\n---\n" + daemonSet, true, nil},
	} {
		t.Run(name, func(t *testing.T) {
			for _, newline := range []string{"\n", "\r\n"} {
				inFolder(t, map[string]string{"m.yaml": strings.ReplaceAll(c.text, "\n", newline)})
				code, stdout, stderr := call(t, append(c.arguments, "--diff", "m.yaml")...)
				require.Equal(t, exitOK, code, stderr)
				require.NotContains(t, stdout+stderr, password)
				require.Equal(t, c.shown, strings.Contains(stdout, "+      imagePullSecrets:"), stdout+stderr)
				require.Equal(t, !c.shown, strings.Contains(stderr, "m.yaml: the diff is not shown"), stderr)
			}
		})
	}
}

func TestFilesAreOneSetOfResources(t *testing.T) {
	inFolder(t, map[string]string{
		"m/calico.yaml":  daemonSet,
		"m/account.yaml": "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: calico-node\n  namespace: kube-system\nimagePullSecrets:\n- name: mirror\n",
		"other/secret.yml": "apiVersion: v1\nkind: Secret\nmetadata:\n  name: regcred\n  namespace: kube-system\ntype: kubernetes.io/dockerconfigjson\n" +
			"stringData:\n  .dockerconfigjson: '{\"auths\":{\"docker.io\":{\"username\":\"me\",\"password\":\"x\"}}}'\n",
	})
	code, _, stderr := call(t, "--write", "m", "other/secret.yml")
	require.Equal(t, exitOK, code, stderr)
	require.Contains(t, stderr, "authenticates 1 of 1 images")
	require.Equal(t, daemonSet+"      imagePullSecrets:\n      - name: mirror\n      - name: regcred\n", content(t, "m/calico.yaml"))
	require.Contains(t, stderr, "wrote m/calico.yaml\n")
	require.Equal(t, 1, strings.Count(stderr, "wrote "))
}

func TestTheSecretGoesWhereItIsToldTo(t *testing.T) {
	inFolder(t, map[string]string{"m/calico.yaml": daemonSet})
	code, _, stderr := call(t, append(emit, "--write", "m")...)
	require.Equal(t, exitUsage, code)
	require.Contains(t, stderr, "hint: name one: secret.path=regcred.yaml")
	require.Equal(t, daemonSet, content(t, "m/calico.yaml"))

	there := append(emit, "secret.path=secrets/regcred.yaml", "m")
	code, stdout, stderr := call(t, append(there, "--check", "--diff")...)
	require.Equal(t, exitFailed, code)
	require.Contains(t, stderr, "secrets/regcred.yaml: the diff is not shown")
	require.Contains(t, stdout, "+      - name: regcred\n")

	code, _, stderr = call(t, append(there, "--write")...)
	require.Equal(t, exitOK, code, stderr)
	require.Equal(t, changed, content(t, "m/calico.yaml"))
	info, err := os.Stat("secrets/regcred.yaml")
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o600), info.Mode().Perm())
	secret := content(t, "secrets/regcred.yaml")
	require.Contains(t, secret, "kind: Secret\n")

	code, stdout, stderr = call(t, append(there, "--check")...)
	require.Equal(t, exitOK, code, stderr)
	require.Empty(t, stdout)

	t.Setenv("REGISTRY_PASSWORD", "another-"+password)
	code, stdout, _ = call(t, append(there, "--check")...)
	require.Equal(t, exitFailed, code)
	require.Equal(t, "secrets/regcred.yaml\n", stdout)
	code, _, _ = call(t, append(there, "--write")...)
	require.Equal(t, exitOK, code)
	require.NotEqual(t, secret, content(t, "secrets/regcred.yaml"))
	require.Equal(t, 1, strings.Count(content(t, "secrets/regcred.yaml"), "kind: Secret"))
}

func TestAllFilesAreWrittenOrNone(t *testing.T) {
	other := strings.Replace(daemonSet, "kube-system", "other", 1)
	for name, c := range map[string]struct {
		files     map[string]string
		arguments []string
		message   string
		code      int
	}{
		"a file is no YAML":          {map[string]string{"b.yaml": "kind: DaemonSet\n\tx: calico-node\n"}, nil, "b.yaml:2: ", exitUnread},
		"a file is not there":        {nil, []string{"c.yaml"}, "c.yaml: no such file", exitUsage},
		"the Secret has no folder":   {nil, append(emit, "secret.path=a.yaml/x.yaml"), "nothing was written", exitUnread},
		"one object cannot be added": {map[string]string{"b.yaml": "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: calico-node}\nspec: 7\n"}, nil, "is not a mapping", exitFailed},
		"UTF-16":                     {map[string]string{"b.yaml": "\xff\xfek\x00"}, nil, "b.yaml: document at line 1: is UTF-16\ncalico-pull-secrets: hint: save it as UTF-8", exitUnread},
		"not UTF-8":                  {map[string]string{"b.yaml": "kind: DaemonSet # \xff calico-node\n"}, nil, "b.yaml: document at line 1: not valid UTF-8", exitUnread},
		"a ResourceList":             {map[string]string{"b.yaml": "kind: ResourceList\nitems:\n- kind: DaemonSet\n  metadata: {name: calico-node}\n"}, nil, "belongs on stdin", exitUnread},
	} {
		t.Run(name, func(t *testing.T) {
			files := map[string]string{"a.yaml": daemonSet, "z.yaml": other}
			arguments := append([]string{"--write", "a.yaml", "z.yaml"}, c.arguments...)
			for file, text := range c.files {
				files[file] = text
				arguments = append(arguments, file)
			}
			inFolder(t, files)
			code, _, stderr := call(t, arguments...)
			require.Equal(t, c.code, code)
			require.Contains(t, stderr, c.message)
			require.Equal(t, daemonSet, content(t, "a.yaml"))
			require.Equal(t, other, content(t, "z.yaml"))
			entries, err := os.ReadDir(".")
			require.NoError(t, err)
			require.Len(t, entries, len(files), "a temporary file is left")
		})
	}
}

func TestWriteKeepsModesAndLinks(t *testing.T) {
	inFolder(t, map[string]string{"real/calico.yaml": daemonSet, "m/done.yaml": strings.Replace(changed, "kube-system", "x", 1)})
	require.NoError(t, os.Chmod("real/calico.yaml", 0o640))
	require.NoError(t, os.Symlink("../real/calico.yaml", "m/link.yaml"))
	before, err := os.Stat("m/done.yaml")
	require.NoError(t, err)
	code, _, stderr := call(t, "--write", "m/done.yaml", "m/link.yaml")
	require.Equal(t, exitOK, code, stderr)
	require.Equal(t, changed, content(t, "real/calico.yaml"))
	info, err := os.Stat("real/calico.yaml")
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o640), info.Mode().Perm())
	target, err := os.Readlink("m/link.yaml")
	require.NoError(t, err)
	require.Equal(t, "../real/calico.yaml", target)
	after, err := os.Stat("m/done.yaml")
	require.NoError(t, err)
	require.True(t, os.SameFile(before, after), "an unchanged file was replaced")
}

func TestFoldersHaveOtherThingsInThem(t *testing.T) {
	inFolder(t, map[string]string{
		"m/calico.yaml": daemonSet, "m/.git/calico.yaml": daemonSet, "m/.hidden/x.yaml": daemonSet, "m/README.md": daemonSet,
		"m/chart/templates/ds.yaml": "kind: DaemonSet\nmetadata:\n  name: calico-node\n{{- if .Values.x }}\n  labels: {{ toYaml .Values.labels }}\n{{- end }}\n",
		"m/values.yaml":             "calico-node:\n  kind: DaemonSet\n", "m/latin-1.yaml": "kind: Secret # \xe9\n", "m/empty.yaml": "",
		"m/list.json": `{"apiVersion":"v1","kind":"List","items":[` +
			`{"apiVersion":"apps/v1","kind":"DaemonSet","metadata":{"name":"calico-node","namespace":"x"},"spec":{"template":{"spec":{"hostNetwork":true}}}}]}` + "\n",
	})
	code, _, stderr := call(t, "--write", "m")
	require.Equal(t, exitOK, code, stderr)
	require.Contains(t, stderr, ": m/chart/templates/ds.yaml: skipped: a template\n")
	require.Equal(t, changed, content(t, "m/calico.yaml"))
	require.Contains(t, content(t, "m/list.json"), `"imagePullSecrets"`)
	for _, same := range []string{"m/.git/calico.yaml", "m/.hidden/x.yaml", "m/README.md"} {
		require.Equal(t, daemonSet, content(t, same))
	}
}

func TestFilesToStdout(t *testing.T) {
	inFolder(t, map[string]string{"a.yaml": daemonSet, "b.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x", "fn.yaml": "apiVersion: fn.kpt.dev/v1alpha1\nkind: CalicoPullSecrets\nmetadata:\n  name: x\nspec:\n  secretName: other\n"})
	code, stdout, stderr := call(t, "a.yaml", "--quiet")
	require.Equal(t, exitOK, code)
	require.Equal(t, changed, stdout)
	require.Empty(t, stderr)
	_, stdout, _ = call(t, "--config", "fn.yaml", "a.yaml")
	require.Equal(t, strings.Replace(changed, "regcred", "other", 1), stdout)
	_, stdout, _ = call(t, append(emit, "a.yaml")...)
	require.True(t, strings.HasPrefix(stdout, changed+"---\napiVersion: v1\nkind: Secret\n"), stdout)
}

func TestConfigFile(t *testing.T) {
	const head = "apiVersion: fn.kpt.dev/v1alpha1\nkind: CalicoPullSecrets\nmetadata: {name: x}\n"
	inFolder(t, map[string]string{
		"a.yaml":         daemonSet,
		"alias.yaml":     head + "spec:\n  secretName: &name calico-node\n  targets:\n  - {kind: DaemonSet, name: *name}\n",
		"mark.yaml":      "\uFEFF" + strings.ReplaceAll(head, "\n", "\r\n") + "spec: {secretName: calico-node}\r\n",
		"twice.yaml":     head + "---\n" + head,
		"syntax.yaml":    head + "spec: *" + password + "\n",
		"recursion.yaml": head + "spec: &a {secret: *a}\n",
		"scalar.yaml":    password,
		"empty.yaml":     "# nothing\n",
	})
	for _, name := range []string{"alias", "mark"} {
		code, stdout, stderr := call(t, "--config", name+".yaml", "a.yaml")
		require.Equal(t, exitOK, code, stderr)
		require.Equal(t, strings.Replace(changed, "regcred", "calico-node", 1), stdout)
	}
	for _, name := range []string{"twice", "syntax", "recursion", "scalar", "empty"} {
		code, stdout, stderr := call(t, "--config", name+".yaml", "a.yaml")
		require.Equal(t, exitUsage, code, name)
		require.Empty(t, stdout)
		require.Contains(t, stderr, "--config "+name+".yaml: is not one YAML object of kind CalicoPullSecrets or ConfigMap: ")
	}
}

func TestWrongUsage(t *testing.T) {
	inFolder(t, map[string]string{"a.yaml": daemonSet, "fn.yaml": "- no object\n"})
	for _, arguments := range [][]string{
		{"--write"}, {"--check", "--write", "a.yaml"}, {"--wirte", "a.yaml"}, {"--config"}, {"--config", "none.yaml", "a.yaml"},
		{"--config", "fn.yaml", "a.yaml"}, {"--config", "fn.yaml", "secretName=x", "a.yaml"}, {password, "a.yaml"}, {"--" + password},
	} {
		code, stdout, stderr := call(t, arguments...)
		require.Equal(t, exitUsage, code, arguments)
		require.Empty(t, stdout)
		require.Regexp(t, `^calico-pull-secrets: [^\n]+\n(calico-pull-secrets: hint: [^\n]+\n)?$`, stderr)
	}
	require.Equal(t, daemonSet, content(t, "a.yaml"))
}

func TestHelpFitsAScreenAndAHalf(t *testing.T) {
	_, stdout, _ := call(t, "--help")
	require.LessOrEqual(t, strings.Count(stdout, "\n"), 60)
	for line := range strings.Lines(stdout) {
		require.LessOrEqual(t, len(line), 101, line)
	}
}

// A closedPipe is a pipe whose reader has gone.
type closedPipe struct{}

func (closedPipe) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

func TestAPipeThatIsClosedEarly(t *testing.T) {
	inFolder(t, map[string]string{"a.yaml": daemonSet})
	var stderr bytes.Buffer
	require.Equal(t, exitUnread, testProgram.Run([]string{"a.yaml"}, strings.NewReader(""), closedPipe{}, &stderr))
	require.Equal(t, exitUnread, testProgram.Run(nil, strings.NewReader(daemonSet), closedPipe{}, &stderr))
	require.Contains(t, stderr.String(), "cannot write stdout")
}

// The set does not contain what links lead to. Under strict the set is then not proven.
func TestStrictFailsForALinkThatLeadsOut(t *testing.T) {
	inFolder(t, map[string]string{"m/a.yaml": changed, "elsewhere/b.yaml": daemonSet})
	strict := []string{"--check", "preflight=strict", "servers=docker.io", "m"}
	code, _, _ := call(t, strict...)
	require.Equal(t, exitOK, code)
	require.NoError(t, os.Symlink("../elsewhere", "m/link"))
	code, _, stderr := call(t, strict...)
	require.Equal(t, exitUnread, code)
	require.Contains(t, stderr, "error: m/link: skipped: a symbolic link that leads out of the folder")
	code, stdout, _ := call(t, append([]string{"--output=json"}, strict...)...)
	require.Equal(t, exitUnread, code)
	require.Contains(t, stdout, `"check": "unread"`)
}

// TestEachModeReportsAWrongConfiguration expects that the program reads no manifest, and reports
// nothing about manifests.
func TestEachModeReportsAWrongConfiguration(t *testing.T) {
	for _, flag := range []string{"--check", "--audit", "--diff", "--write", "--quiet"} {
		inFolder(t, map[string]string{"ds.yaml": daemonSet, "fn.yaml": "apiVersion: fn.kpt.dev/v1alpha1\nkind: CalicoPullSecrets\nmetadata:\n  name: x\nspec: 7\n"})
		code, stdout, stderr := call(t, flag, "--config", "fn.yaml", "ds.yaml")
		require.Equal(t, exitUsage, code, flag)
		require.Empty(t, stdout, flag)
		require.Equal(t, "calico-pull-secrets: error: fn.yaml: spec: is not a mapping\ncalico-pull-secrets: hint: write the settings below it, such as secretName: regcred\n", stderr, flag)
		require.Equal(t, daemonSet, content(t, "ds.yaml"))
	}
}

// TestWhatIsNoTextIsNamed hands over archives and other encodings, as a file, in a folder and on
// stdin.
func TestWhatIsNoTextIsNamed(t *testing.T) {
	var gzipped, tarred, zipped bytes.Buffer
	g := gzip.NewWriter(&gzipped)
	_, err := io.WriteString(g, daemonSet)
	require.NoError(t, errors.Join(err, g.Close()))
	archive := tar.NewWriter(&tarred)
	require.NoError(t, archive.WriteHeader(&tar.Header{Name: "calico.yaml", Size: int64(len(daemonSet)), Mode: 0o644}))
	_, err = io.WriteString(archive, daemonSet)
	require.NoError(t, errors.Join(err, archive.Close()))
	pack := zip.NewWriter(&zipped)
	entry, err := pack.Create("calico.yaml")
	require.NoError(t, err)
	_, err = io.WriteString(entry, daemonSet)
	require.NoError(t, errors.Join(err, pack.Close()))
	wide := strings.Join(strings.Split(daemonSet, ""), "\x00") + "\x00"
	for name, c := range map[string]struct{ text, problem, hint string }{
		"gzip":   {gzipped.String(), "is compressed with gzip", "unpack it first: gunzip -c FILE | calico-pull-secrets, or tar xzf FILE and name the folder"},
		"tar":    {tarred.String(), "is a tar archive", "unpack it first: tar xf FILE, and name the folder"},
		"zip":    {zipped.String(), "is a zip archive", "unpack it first: unzip FILE, and name the folder"},
		"zstd":   {"\x28\xb5\x2f\xfd" + daemonSet, "is compressed", "unpack it first"},
		"UTF-16": {wide, "is UTF-16", "save it as UTF-8; in PowerShell: … | Out-File -Encoding utf8 FILE"},
	} {
		t.Run(name, func(t *testing.T) {
			inFolder(t, map[string]string{"packed": c.text, "m/packed.yaml": c.text, "m/ds.yaml": changed})
			code, _, stderr := call(t, "--check", "packed")
			require.Equal(t, exitUnread, code)
			require.Equal(t, "calico-pull-secrets: error: packed: "+c.problem+"\ncalico-pull-secrets: hint: "+c.hint+"\n", stderr)
			var out, errs bytes.Buffer
			require.Equal(t, exitFailed, testProgram.Run(nil, strings.NewReader(c.text), &out, &errs))
			require.Empty(t, out.String())
			require.Equal(t, "calico-pull-secrets: error: "+c.problem+"\ncalico-pull-secrets: hint: "+c.hint+"\n", errs.String())
			code, _, stderr = call(t, "--check", "preflight=strict", "m")
			require.Equal(t, exitUnread, code, "a file in a folder is never skipped in silence")
			require.Contains(t, stderr, "error: m/packed.yaml")
		})
	}
}
