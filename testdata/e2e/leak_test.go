// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/calico-pull-secrets/internal/needs"
)

// leakable is the password that must not come out. No output has a piece of it, or of its base64,
// by chance.
const leakable = "kX7pQv9ZtRw3LbYm8NcJ4hFd"

// TestNoPasswordComesOut gives the function a password in every way, with every common mistake,
// through every caller. No output and no file may have the password, its base64, or six consecutive
// characters of these. The data of the Secret may. So may lines of the input, and lines that the
// caller writes with cat as the function.
func TestNoPasswordComesOut(t *testing.T) {
	needs.OnPath(t, "kpt", "kustomize")
	l := newLeakTest(t)
	n := 0
	run := func(source, mistake int, call caller, typed bool) {
		n++
		s, m := l.sources[source%len(l.sources)], mistakes[mistake]
		a := l.attempt(s, m, typed)
		t.Run(fmt.Sprintf("%s/%s/%s", call.name, m.name, s.name), func(t *testing.T) {
			t.Parallel()
			l.require(t, a, call)
		})
	}
	step := 1
	if testing.Short() {
		step = 8
	}
	for mistake := 0; mistake < len(mistakes); mistake += step {
		for source := range l.sources {
			run(source, mistake, callers[(source+mistake)%2], source/2%2 == 0)
		}
		for i, call := range callers[2:] {
			run(mistake+i, mistake, call, (mistake+i)%2 == 0)
		}
	}
	for source := range l.sources { // and without a mistake
		for i, call := range callers[2:] {
			run(source, 0, call, (source+i)%2 == 0)
		}
	}
	slow := l.attempt(leakSource{"helper that hangs", l.dockerConfig(t, "slow", `{"credsStore":"slow"}`)}, mistakes[0], true)
	t.Run("helper that hangs", func(t *testing.T) {
		t.Parallel()
		l.require(t, slow, callers[0])
	})
	require.Greater(t, n, 200)
	t.Logf("%d cases", n+1)
}

// A leakTest has what all cases share.
type leakTest struct {
	path, catPath string // PATH with the function, and PATH with cat in its place
	dir           string
	sources       []leakSource
}

// A leakSource is a way to give the password.
type leakSource struct {
	name     string
	settings []setting
}

// A setting has the path of a field and its value, as YAML.
type setting struct{ path, value string }

func newLeakTest(t *testing.T) *leakTest {
	t.Helper()
	l := &leakTest{dir: t.TempDir()}
	write := func(name, text string) string {
		path := filepath.Join(l.dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o755))
		return path
	}
	write("cat/calico-pull-secrets", "#!/bin/sh\nexec cat\n")
	credential := fmt.Sprintf(`{"ServerURL":"https://index.docker.io/v1/","Username":"me","Secret":%q}`, leakable)
	for name, script := range map[string]string{
		"good":     "echo '" + credential + "'",
		"failing":  "echo '" + leakable + "' >&2; echo '" + credential + "'; exit 1",
		"nonsense": "echo '{\"Secret\": \"" + leakable + "\", Username'; echo " + leakable + " >&2",
		"slow":     "echo '" + credential + "'; exec sleep 60",
	} {
		write("bin/docker-credential-"+name, `#!/bin/sh
cat > /dev/null
if [ "$1" = list ]; then echo '{"https://index.docker.io/v1/":"me"}'; exit; fi
`+script+"\n")
	}
	l.path = filepath.Join(l.dir, "bin") + ":" + os.Getenv("PATH")
	l.catPath = filepath.Join(l.dir, "cat") + ":" + l.path
	me := setting{"secret.username", "me"}
	token := write("token/password", leakable+"\n")
	both := base64.StdEncoding.EncodeToString([]byte("me:" + leakable))
	l.sources = []leakSource{
		{"value", []setting{me, {"secret.password", leakable}}},
		{"variable", []setting{me, {"secret.passwordEnv", "LEAK_TOKEN"}}},
		{"file", []setting{me, {"secret.passwordFile", token}}},
		{"auth", l.dockerConfig(t, "auth", `{"auths":{"https://index.docker.io/v1/":{"auth":"`+both+`"}}}`)},
		{"user name and password", l.dockerConfig(t, "plain", `{"auths":{"docker.io":{"username":"me","password":"`+leakable+`"}}}`)},
		{"auth without a colon", l.dockerConfig(t, "colon", `{"auths":{"docker.io":{"auth":"`+base64.StdEncoding.EncodeToString([]byte(leakable))+`"}}}`)},
		{"auth that is the password", l.dockerConfig(t, "raw", `{"auths":{"docker.io":{"auth":"`+leakable+`!"}}}`)},
		{"bad JSON", l.dockerConfig(t, "json", `{"auths":{"docker.io":{"password":`+leakable+`}}}`)},
		{"JSON of another type", l.dockerConfig(t, "type", `{"auths":{"docker.io":["`+leakable+`"]}}`)},
		{"helper", l.dockerConfig(t, "good", `{"credsStore":"good"}`)},
		{"helper that fails", l.dockerConfig(t, "failing", `{"credHelpers":{"docker.io":"failing"}}`)},
		{"helper that talks nonsense", l.dockerConfig(t, "nonsense", `{"credsStore":"nonsense"}`)},
		{"helper with the password as name", l.dockerConfig(t, "name", `{"credsStore":"`+leakable+`/x"}`)},
	}
	return l
}

// dockerConfig writes a config.json and returns the settings that name it.
func (l *leakTest) dockerConfig(t *testing.T, name, text string) []setting {
	t.Helper()
	path := filepath.Join(l.dir, "docker", name, "config.json")
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
	return []setting{{"secret.dockerConfigFile", path}}
}

// A mistake is a common error. It changes the settings, the text of the config, or the manifests.
type mistake struct {
	name      string
	settings  []setting // added, or instead of settings with the same path
	config    string    // appended to the config
	manifests string    // appended to the manifests
}

const otherSecret = "---\napiVersion: v1\nkind: Secret\nmetadata:\n  name: regcred\n  namespace: kube-system\n"

func dockerConfigSecret(json string) string {
	return otherSecret + "type: kubernetes.io/dockerconfigjson\ndata:\n  .dockerconfigjson: " + base64.StdEncoding.EncodeToString([]byte(json)) + "\n"
}

func one(name, path, value string) mistake {
	return mistake{name: name, settings: []setting{{path, value}}}
}

const someConfigMap = "---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: other\n  namespace: kube-system\ndata:\n"

var mistakes = []mistake{
	{name: "none"},
	one("unknown field", "secret.passwrod", leakable),
	one("unknown field of another name", "secret.token", leakable),
	one("the password as a field", leakable, "x"),
	one("the password as a field of the secret", "secret."+leakable, "x"),
	{name: "the password as a key of the config", config: leakable + ": x\n"},
	{name: "the password below a key of the config", config: "password: " + leakable + "\n"},
	one("a list", "secret.password", "["+leakable+"]"),
	one("a map with the value", "secret.password", "{x: "+leakable+"}"),
	one("a map with the key", "secret.password", "{"+leakable+": x}"),
	one("a number", "secret.password", "!!int "+leakable),
	one("binary", "secret.password", "!!binary "+leakable),
	one("a tag", "secret.password", "!"+leakable+" x"),
	one("a variable in a list", "secret.passwordEnv", "["+leakable+"]"),
	{name: "two sources", settings: []setting{{"secret.password", leakable}, {"secret.passwordEnv", "LEAK_TOKEN"}}},
	{name: "beside a login", settings: []setting{{"secret.password", leakable}, {"secret.dockerConfigFile", "auto"}}},
	one("in the server", "secret.server", "https://me:"+leakable+"@index.docker.io/v1/"),
	one("in the server without a scheme", "secret.server", "me:"+leakable+"@quay.io"),
	one("in the server's query", "secret.server", "https://quay.io?token="+leakable),
	one("as a list of servers", "secret.server", "["+leakable+"]"),
	one("as secretName", "secretName", leakable),
	one("as a preset", "targets", leakable),
	one("as a target without a kind", "targets", "/"+leakable),
	one("as the kind of a target", "targets", leakable+"/x"),
	one("as the name of a target", "targets", "DaemonSet/"+leakable),
	one("as a bad expression", "targets", "DaemonSet/"+leakable+"("),
	one("as a preset in a list", "targets", "[{preset: "+leakable+"}]"),
	one("as a key in a list", "targets", "[{"+leakable+": x}]"),
	one("as a name in a list", "targets", "[{kind: DaemonSet, name: "+leakable+"}]"),
	one("as a labelSelector", "targets", "[{labelSelector: \"in ("+leakable+"\"}]"),
	one("as a namespace", "secret.namespace", leakable),
	one("as a path", "secret.path", leakable),
	one("as a path above", "secret.path", "../"+leakable+".yaml"),
	one("as a label", "secret.labels", "{team: "+leakable+"/}"),
	one("as the key of a label", "secret.labels", "{"+leakable+"/: x}"),
	one("as a label that is a list", "secret.labels", "{team: ["+leakable+"]}"),
	one("as the key of an annotation", "secret.annotations", "{"+leakable+"/: x}"),
	one("as the key of an annotation of kpt's", "secret.annotations", "{config.kubernetes.io/"+leakable+": x}"),
	one("as a policy", "onMissing", leakable),
	one("as a policy of preflight", "preflight", leakable),
	one("as a boolean", "secret.immutable", leakable),
	one("as a flag", "secret.nameSuffixHash", leakable),
	one("as a variable, $TOKEN for TOKEN", "secret.passwordEnv", leakable),
	one("as the user's variable", "secret.usernameEnv", leakable),
	one("as a file", "secret.passwordFile", leakable),
	one("as a file in a folder", "secret.passwordFile", "/"+leakable+"/x"),
	one("as a docker config", "secret.dockerConfigFile", leakable),
	one("as a user name with a colon", "secret.username", "me:"+leakable),
	one("as a user name from a variable, with a colon", "secret.usernameEnv", "LEAK_USER"),
	one("in two lines", "secret.passwordEnv", "LEAK_LINES"),
	one("in Latin 1", "secret.passwordEnv", "LEAK_LATIN"),
	one("as an email", "secret.email", "\"\\t"+leakable+"\""),
	{name: "an external secret, too", settings: []setting{{"externalSecret.remoteKey", leakable}, {"externalSecret.refreshInterval", leakable}}},
	{name: "as the kind of a store", settings: []setting{{"externalSecret.secretStoreRef.kind", leakable}, {"externalSecret.secretStoreRef.name", leakable}}},
	one("an anchor and an alias", "secret.username", "&a me:"+leakable+"\n    email: *a"),
	one("an alias without an anchor", "secret.password", "*"+leakable),
	one("an anchor of the name", "secret.password", "&"+leakable+" x"),
	one("an unclosed quote", "secret.password", "\""+leakable),
	one("a tab", "secret.password", "x\n\t"+leakable+": y"),
	one("a bad indentation", "secret.password", "x\n     y: "+leakable+"\n   z: 1"),
	one("an unknown escape", "secret.password", "\"\\"+leakable+"\""),
	one("the same key twice", "secret.password", "x\n    "+leakable+": 1\n    "+leakable+": 2"),
	{name: "manifests with an unclosed quote", manifests: someConfigMap + "  password: \"" + leakable + "\n"},
	{name: "a Secret with an unclosed quote", manifests: otherSecret + "stringData:\n  password: \"" + leakable + "\n"},
	{name: "a Secret with a tab", manifests: otherSecret + "stringData:\n  x: y\n\tpassword: " + leakable + "\n"},
	{name: "a Secret with a bad indentation", manifests: otherSecret + "stringData:\n    x: y\n  password: " + leakable + "\n z: x\n"},
	{name: "a Secret with an alias without an anchor", manifests: otherSecret + "stringData:\n  password: *" + leakable + "\n"},
	{name: "a Secret with an anchor and an alias", manifests: otherSecret + "stringData:\n  a: &a " + leakable + "\n  b: *a\ntype: Opaque\n"},
	{name: "a Secret with the same key twice", manifests: otherSecret + "stringData:\n  " + leakable + ": x\n  " + leakable + ": y\n"},
	{name: "a Secret with a tag", manifests: otherSecret + "stringData:\n  a: !!int " + leakable + "\n"},
	{name: "a Secret with a bad auth", manifests: dockerConfigSecret(`{"auths":{"docker.io":{"auth":"` + leakable + `!"}}}`)},
	{name: "a Secret with bad JSON", manifests: dockerConfigSecret(`{"auths":{"docker.io":{"password":` + leakable + `}}}`)},
	{name: "a Secret with bad base64", manifests: otherSecret + "type: kubernetes.io/dockerconfigjson\ndata:\n  .dockerconfigjson: '" + leakable + "!'\n"},
	{name: "a Secret of strings with bad JSON", manifests: otherSecret + "type: kubernetes.io/dockerconfigjson\nstringData:\n  .dockerconfigjson: '{\"" + leakable + "'\n"},
	{name: "a Secret for others", manifests: dockerConfigSecret(`{"auths":{"quay.io":{"username":"me","password":"` + leakable + `"}}}`)},
	{name: "a Secret with the password as server", manifests: dockerConfigSecret(`{"auths":{"https://me:` + leakable + `@quay.io":{"username":"me","password":"x"}}}`)},
	{name: "a Secret of another type", manifests: otherSecret + "type: Opaque\nstringData:\n  password: " + leakable + "\n"},
	{name: "a Secret with the password as type", manifests: otherSecret + "type: " + leakable + "\nstringData:\n  password: x\n"},
	{name: "a Secret that is immutable", manifests: dockerConfigSecret(`{"auths":{"quay.io":{"username":"me","password":"x`+leakable+`"}}}`) + "immutable: true\n"},
	{name: "a Secret whose data is a list", manifests: otherSecret + "type: kubernetes.io/dockerconfigjson\ndata: [" + leakable + "]\n"},
	{name: "a Secret whose data is a map below", manifests: otherSecret + "type: kubernetes.io/dockerconfigjson\ndata:\n  .dockerconfigjson: {x: " + leakable + "}\n"},
	{name: "a Secret whose strings are a list", manifests: otherSecret + "type: kubernetes.io/dockerconfigjson\nstringData:\n  .dockerconfigjson: [" + leakable + "]\n"},
	{name: "a Secret whose data is null", manifests: otherSecret + "type: kubernetes.io/dockerconfigjson\ndata:\n"},
	{name: "a Secret with null for data", manifests: otherSecret + "type: kubernetes.io/dockerconfigjson\ndata:\n  .dockerconfigjson:\n"},
	{name: "a Secret with a number for data", manifests: otherSecret + "type: kubernetes.io/dockerconfigjson\ndata:\n  .dockerconfigjson: 7\n"},
	{name: "a Secret with labels that are a list", manifests: strings.Replace(otherSecret, "metadata:\n", "metadata:\n  labels: ["+leakable+"]\n", 1) + "type: kubernetes.io/dockerconfigjson\n"},
}

// An attempt is the input of a case.
type attempt struct {
	settings  []setting
	mistake   mistake
	typed     bool // the config is of our own kind, not a ConfigMap
	manifests string
}

func (l *leakTest) attempt(s leakSource, m mistake, typed bool) attempt {
	a := attempt{mistake: m, typed: typed, manifests: calicoNode + m.manifests}
	for _, s := range s.settings {
		if !slices.ContainsFunc(m.settings, func(o setting) bool { return o.path == s.path }) {
			a.settings = append(a.settings, s)
		}
	}
	a.settings = append(a.settings, m.settings...)
	return a
}

const calicoNode = `apiVersion: apps/v1
kind: DaemonSet
metadata:
  name: calico-node
  namespace: kube-system
spec:
  template:
    spec:
      containers:
      - name: calico-node
        image: docker.io/calico/node:v3.28.0
`

func (a attempt) arguments() (arguments []string) {
	for _, s := range a.settings {
		arguments = append(arguments, s.path+"="+s.value)
	}
	return arguments
}

// config returns the function config, with more lines in its metadata.
func (a attempt) config(metadata string) string {
	var top, below strings.Builder
	if !a.typed {
		for _, s := range a.settings {
			fmt.Fprintf(&top, "  %s: %s\n", s.path, s.value)
		}
		return "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: calico-pull-secrets\n" + metadata + "data:\n" + top.String() + a.mistake.config
	}
	for _, s := range a.settings {
		if block, field, ok := strings.Cut(s.path, "."); ok && block == "secret" {
			fmt.Fprintf(&below, "    %s: %s\n", field, s.value)
		} else if external, ref, ok := strings.Cut(field, "."); ok && external == "secretStoreRef" {
			fmt.Fprintf(&top, "  %s: {%s: {%s: %s}}\n", block, external, ref, s.value)
		} else if ok || block == "externalSecret" {
			fmt.Fprintf(&top, "  %s: {%s: %s}\n", block, field, s.value)
		} else {
			fmt.Fprintf(&top, "  %s: %s\n", s.path, s.value)
		}
	}
	return "apiVersion: fn.kpt.dev/v1alpha1\nkind: CalicoPullSecrets\nmetadata:\n  name: calico-pull-secrets\n" + metadata +
		"spec:\n" + top.String() + "  secret:\n" + below.String() + a.mistake.config
}

// list returns a ResourceList of the manifests and the config.
func (a attempt) list() string {
	indent := func(text, first, rest string) string {
		return first + strings.TrimSuffix(strings.ReplaceAll(text, "\n", "\n"+rest), rest)
	}
	text := "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n"
	for _, manifest := range strings.Split(a.manifests, "---\n") {
		text += indent(manifest, "- ", "  ")
	}
	return text + "functionConfig:\n" + indent(a.config(""), "  ", "  ")
}

// A caller is a program that runs the function. command returns the call, and writes its input into
// dir.
type caller struct {
	name    string
	command func(t *testing.T, a attempt, dir string) *exec.Cmd
}

const (
	localConfig       = "  annotations:\n    config.kubernetes.io/local-config: \"true\"\n"
	kustomizeFunction = "  annotations:\n    config.kubernetes.io/function: |\n      exec:\n        path: calico-pull-secrets\n"
)

var callers = []caller{
	{"manifests", func(t *testing.T, a attempt, _ string) *exec.Cmd {
		cmd := needs.Command(t, "calico-pull-secrets", a.arguments()...)
		cmd.Stdin = strings.NewReader(a.manifests)
		return cmd
	}},
	{"ResourceList", func(t *testing.T, a attempt, _ string) *exec.Cmd {
		cmd := needs.Command(t, "calico-pull-secrets")
		cmd.Stdin = strings.NewReader(a.list())
		return cmd
	}},
	{"kpt fn eval", func(t *testing.T, a attempt, dir string) *exec.Cmd {
		writeFiles(t, dir, map[string]string{"calico.yaml": a.manifests})
		return needs.Command(t, "kpt", append([]string{"fn", "eval", dir, "--exec", "calico-pull-secrets", "--results-dir", dir + "/results", "--"}, a.arguments()...)...)
	}},
	{"kpt fn eval with a config", func(t *testing.T, a attempt, dir string) *exec.Cmd {
		writeFiles(t, dir, map[string]string{"package/calico.yaml": a.manifests, "fn.yaml": a.config(localConfig)})
		return needs.Command(t, "kpt", "fn", "eval", dir+"/package", "--exec", "calico-pull-secrets", "--results-dir", dir+"/results", "--fn-config", dir+"/fn.yaml")
	}},
	{"kpt fn render", func(t *testing.T, a attempt, dir string) *exec.Cmd {
		writeFiles(t, dir, map[string]string{"calico.yaml": a.manifests, "config.yaml": a.config(localConfig), "Kptfile": kptfile})
		return needs.Command(t, "kpt", "fn", "render", dir, "--allow-exec", "--results-dir", dir+"/results")
	}},
	{"kustomize transformer", func(t *testing.T, a attempt, dir string) *exec.Cmd {
		writeFiles(t, dir, map[string]string{
			"calico.yaml": a.manifests, "fn.yaml": a.config(kustomizeFunction), "kustomization.yaml": "resources: [calico.yaml]\ntransformers: [fn.yaml]\n",
		})
		return needs.Command(t, "kustomize", "build", "--enable-alpha-plugins", "--enable-exec", dir)
	}},
	{"kustomize generator", func(t *testing.T, a attempt, dir string) *exec.Cmd {
		writeFiles(t, dir, map[string]string{
			"calico.yaml": a.manifests, "fn.yaml": a.config(kustomizeFunction), "kustomization.yaml": "resources: [calico.yaml]\ngenerators: [fn.yaml]\n",
		})
		return needs.Command(t, "kustomize", "build", "--enable-alpha-plugins", "--enable-exec", dir)
	}},
}

func writeFiles(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
	}
}

// require runs an attempt and fails if the password comes out.
func (l *leakTest) require(t *testing.T, a attempt, call caller) {
	t.Helper()
	seen := l.run(t, a, call, l.path)
	allowed := a.manifests + a.list() + a.config("") + a.config(localConfig) + a.config(kustomizeFunction)
	leaks := leaksOf(seen, allowed)
	if len(leaks) > 0 && call.name != callers[0].name && call.name != callers[1].name { // maybe the caller's own output
		leaks = leaksOf(seen, allowed+l.run(t, a, call, l.catPath))
	}
	require.Empty(t, leaks)
}

// run returns everything that a run printed, and all its files.
func (l *leakTest) run(t *testing.T, a attempt, call caller, path string) string {
	t.Helper()
	root := t.TempDir()
	dir, tmp, home := filepath.Join(root, "package"), filepath.Join(root, "tmp"), filepath.Join(root, "home")
	for _, d := range []string{dir, tmp, home} {
		require.NoError(t, os.Mkdir(d, 0o755))
	}
	cmd := call.command(t, a, dir)
	name, err := lookPath(filepath.Base(cmd.Path), path)
	require.NoError(t, err)
	var out bytes.Buffer
	cmd.Path, cmd.Err, cmd.Dir, cmd.Stdout, cmd.Stderr = name, nil, root, &out, &out
	cmd.Env = append(os.Environ(), "PATH="+path, "TMPDIR="+tmp, "HOME="+home, "LEAK_TOKEN="+leakable, "LEAK_USER=me:"+leakable,
		"LEAK_LINES="+leakable+"\n"+leakable+"\n\n", "LEAK_LATIN="+leakable+"\xe9")
	var exit *exec.ExitError
	if err := cmd.Run(); !errors.As(err, &exit) {
		require.NoError(t, err)
	}
	require.NotZero(t, out.Len(), "nothing was said")
	require.NoError(t, filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		out.WriteString("\n")
		out.Write(b)
		return err
	}))
	return strings.ReplaceAll(out.String(), root, "")
}

func lookPath(program, path string) (string, error) {
	for _, dir := range filepath.SplitList(path) {
		if info, err := os.Stat(filepath.Join(dir, program)); err == nil && info.Mode()&0o111 != 0 {
			return filepath.Join(dir, program), nil
		}
	}
	return "", exec.ErrNotFound
}

var dataOfSecret = regexp.MustCompile(`["']?\.dockerconfigjson["']?: ["']?[A-Za-z0-9+/=]*["']?`)

// leaksOf returns the lines of seen that have a piece of the password and are not allowed to.
func leaksOf(seen, allowed string) (leaks []string) {
	lines := map[string]bool{}
	for line := range strings.Lines(allowed) {
		lines[strings.TrimSpace(line)] = true
	}
	for line := range strings.Lines(seen) {
		if lines[strings.TrimSpace(line)] {
			continue
		}
		if piece := pieceIn(dataOfSecret.ReplaceAllString(line, "")); piece != "" {
			leaks = append(leaks, piece+" in "+line)
		}
	}
	return leaks
}

const pieceLength = 6

var pieces = func() map[string]bool {
	all := map[string]bool{}
	add := func(s string) {
		for i := 0; i+pieceLength <= len(s); i++ {
			all[s[i:i+pieceLength]] = true
		}
	}
	add(leakable)
	for _, before := range []string{"", "x", "xx"} { // the alignments
		encoded := base64.RawStdEncoding.EncodeToString([]byte(before + leakable))
		add(encoded[(len(before)*8+5)/6:]) // the part that depends only on the password
	}
	add(base64.StdEncoding.EncodeToString([]byte("me:" + leakable)))
	return all
}()

func pieceIn(line string) string {
	for i := 0; i+pieceLength <= len(line); i++ {
		if pieces[line[i:i+pieceLength]] {
			return line[i : i+pieceLength]
		}
	}
	return ""
}
