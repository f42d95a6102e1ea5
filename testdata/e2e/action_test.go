// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"example.com/calico-pull-secrets/internal/needs"
)

// anonymousPod is a manifest with a finding.
const anonymousPod = "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\nspec: {containers: [{name: web, image: 'docker.io/acme/web:1'}]}\n"

// An actionFile has the fields of action.yml that the tests read.
type actionFile struct {
	Inputs map[string]struct {
		Default, Description string
	}
	Runs struct {
		Using string
		Steps []struct {
			Uses, Run, Shell string
			Env              map[string]string
		}
	}
}

func readAction(t *testing.T) (a actionFile) {
	t.Helper()
	require.NoError(t, yaml.Unmarshal([]byte(read(t, "../..", "action.yml")), &a))
	require.Equal(t, "composite", a.Runs.Using)
	return a
}

// TestTheActionTakesNoInputForCode looks for two kinds of text in the action and the component:
// text that would run an input, and the newest version of another project.
func TestTheActionTakesNoInputForCode(t *testing.T) {
	a := readAction(t)
	handed := map[string]bool{}
	for _, step := range a.Runs.Steps {
		require.NotContains(t, step.Run, "${{")
		if step.Uses != "" {
			require.Regexp(t, `@[0-9a-f]{40}$`, step.Uses)
			require.Contains(t, read(t, "../..", ".github/workflows/ci.yaml"), step.Uses, "the version that our own workflow runs")
		}
		for name, value := range step.Env {
			if input := regexp.MustCompile(`^\$\{\{ inputs\.([a-z-]+) \}\}$`).FindStringSubmatch(value); input != nil {
				require.Equal(t, "INPUT_"+strings.ToUpper(strings.ReplaceAll(input[1], "-", "_")), name)
				handed[input[1]] = true
			}
		}
	}
	for name := range a.Inputs {
		require.True(t, handed[name], "action.yml: no step gets the input %s", name)
	}
	component := read(t, "../..", "templates/audit.yml")
	script := component[strings.Index(component, "  before_script:"):]
	require.NotContains(t, script, "$[[", "templates/audit.yml: GitLab puts an input into the script")
	for line := range strings.Lines(component[:len(component)-len(script)]) {
		if strings.Contains(line, "{value:") {
			require.Contains(t, line, "expand: false", "GitLab would fill in variables")
		}
	}
}

// An actionRun is a folder with the runner's files: the action, a repository, and the files that a
// step writes.
type actionRun struct {
	t                 *testing.T
	action, workspace string
	temp              string
	environment       map[string]string
}

// newActionRun builds the program with the action's own step, from a copy of this project.
func newActionRun(t *testing.T) *actionRun {
	t.Helper()
	r := &actionRun{t: t, action: filepath.Join(t.TempDir(), "action")}
	copyProject(t, r.action)
	if testing.Short() { // with the flags of the tests
		t.Setenv("MAKEFLAGS", `GOBUILD=go\ build`)
	}
	r.workspace, r.temp = t.TempDir(), t.TempDir()
	build := needs.Command(t, "bash", "-eo", "pipefail", "-c", r.step("make "))
	build.Env = append(os.Environ(), "GITHUB_ACTION_PATH="+r.action)
	out, err := build.CombinedOutput()
	require.NoError(t, err, "%s", out)
	r.git("init", "-q", "-b", "main")
	return r
}

// step returns the commands of the one step that contains a text.
func (r *actionRun) step(part string) (run string) {
	r.t.Helper()
	for _, step := range readAction(r.t).Runs.Steps {
		if strings.Contains(step.Run, part) {
			require.Empty(r.t, run)
			require.Equal(r.t, "bash", step.Shell)
			run = step.Run
		}
	}
	require.NotEmpty(r.t, run)
	return run
}

func (r *actionRun) git(arguments ...string) string {
	r.t.Helper()
	cmd := needs.Command(r.t, "git", append([]string{"-c", "user.name=x", "-c", "user.email=x@example.com"}, arguments...)...)
	cmd.Dir = r.workspace
	out, err := cmd.CombinedOutput()
	require.NoError(r.t, err, "%s", out)
	return strings.TrimSpace(string(out))
}

// commit writes files and commits them. It returns the commit.
func (r *actionRun) commit(files map[string]string) string {
	r.t.Helper()
	for name, text := range files {
		path := filepath.Join(r.workspace, name)
		require.NoError(r.t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(r.t, os.WriteFile(path, []byte(text), 0o644))
	}
	r.git("add", "-A")
	r.git("commit", "-q", "-m", "x")
	return r.git("rev-parse", "HEAD")
}

// run runs the last step as a runner does. inputs replace the defaults.
func (r *actionRun) run(base string, inputs map[string]string) (code int, log, summary, outputs string) {
	r.t.Helper()
	for _, name := range []string{"summary", "outputs"} {
		require.NoError(r.t, os.WriteFile(filepath.Join(r.temp, name), nil, 0o644))
	}
	cmd := needs.Command(r.t, "bash", "-eo", "pipefail", "-c", r.step("check.sh"))
	cmd.Dir = r.workspace
	cmd.Env = append(os.Environ(), "GITHUB_ACTION_PATH="+r.action, "RUNNER_TEMP="+r.temp, "BASE_SHA="+base,
		"GITHUB_STEP_SUMMARY="+filepath.Join(r.temp, "summary"), "GITHUB_OUTPUT="+filepath.Join(r.temp, "outputs"))
	a := readAction(r.t)
	for name := range inputs {
		require.Contains(r.t, a.Inputs, name)
	}
	for name, input := range a.Inputs {
		value, given := inputs[name]
		if !given {
			value = input.Default
		}
		cmd.Env = append(cmd.Env, "INPUT_"+strings.ToUpper(strings.ReplaceAll(name, "-", "_"))+"="+value)
	}
	out, _ := cmd.CombinedOutput()
	return cmd.ProcessState.ExitCode(), string(out), read(r.t, r.temp, "summary"), read(r.t, r.temp, "outputs")
}

// TestTheAction runs the steps of action.yml on a repository with findings.
func TestTheAction(t *testing.T) {
	r := newActionRun(t)
	base := r.commit(map[string]string{"manifests/web.yaml": anonymousPod})

	t.Run("a push with a finding", func(t *testing.T) {
		code, log, summary, outputs := r.run("", nil)
		require.Equal(t, 1, code, log)
		require.Contains(t, log, "::error file=manifests/web.yaml,line=4,title=anonymous-pull::")
		require.Contains(t, summary, "### calico-pull-secrets: FAIL\n")
		require.Contains(t, summary, "anonymous-pull")
		require.Equal(t, "exit-code=1\n", outputs)
	})
	t.Run("report only, with SARIF and the pull budget", func(t *testing.T) {
		code, log, summary, outputs := r.run("", map[string]string{"report-only": "true", "sarif": filepath.Join(r.temp, "x.sarif"), "nodes": "3"})
		require.Equal(t, 0, code, log)
		require.Equal(t, "exit-code=0\n", outputs)
		require.Contains(t, summary, "first start on 3 nodes: at most 1 anonymous pulls")
		require.Contains(t, read(t, r.temp, "x.sarif"), `"anonymous-pull"`)
	})
	t.Run("mode check", func(t *testing.T) {
		code, log, _, _ := r.run("", map[string]string{"mode": "check", "settings": "targets=Pod/web\nsecretName=hub\n", "paths": "manifests"})
		require.Equal(t, 1, code, log)
		require.Contains(t, log, "does not reference Secret")
	})

	const loose = "apiVersion: fn.kpt.dev/v1alpha1\nkind: CalicoPullSecrets\nmetadata: {name: x}\nspec: {audit: {registries: [quay.io]}}\n"
	t.Run("a pull request cannot bring its own configuration", func(t *testing.T) {
		r.commit(map[string]string{".calico-pull-secrets.yaml": loose})
		code, log, _, _ := r.run(base, nil)
		require.Equal(t, 1, code, log)
		require.Contains(t, log, "title=anonymous-pull::")
		code, log, _, _ = r.run(base, map[string]string{"configuration-from": "head"})
		require.NotContains(t, log, "title=anonymous-pull::", code)
		code, log, _, outputs := r.run(base, map[string]string{"config": "other.yaml"})
		require.Equal(t, 2, code, log)
		require.Contains(t, log, "::error title=calico-pull-secrets::config: the base branch has no such file\n")
		require.Equal(t, "exit-code=2\n", outputs)
	})
	t.Run("that of the base counts", func(t *testing.T) {
		merged := r.git("rev-parse", "HEAD")
		r.commit(map[string]string{".calico-pull-secrets.yaml": "no: configuration\n"})
		_, log, _, _ := r.run(merged, nil)
		require.NotContains(t, log, "title=anonymous-pull::")
		require.NotContains(t, log, "title=config::")
		r.git("rm", "-q", ".calico-pull-secrets.yaml")
		r.commit(nil)
	})
	t.Run("a baseline of the base counts, and not another one", func(t *testing.T) {
		cmd := needs.Command(t, "calico-pull-secrets", "--audit", "--baseline", "baseline.json", "--update-baseline", ".")
		cmd.Dir = r.workspace
		out, _ := cmd.CombinedOutput()
		require.FileExists(t, filepath.Join(r.workspace, "baseline.json"), string(out))
		baseline := read(t, r.workspace, "baseline.json")
		code, log, _, _ := r.run(base, map[string]string{"baseline": "baseline.json"})
		require.Equal(t, 2, code, log)
		require.Contains(t, log, "merge it first")
		merged := r.commit(map[string]string{"baseline.json": baseline})
		code, log, _, _ = r.run(merged, map[string]string{"baseline": "baseline.json"})
		require.Equal(t, 0, code, log)
		r.commit(map[string]string{"manifests/new.yaml": strings.ReplaceAll(anonymousPod, "web", "new")})
		code, log, _, _ = r.run(merged, map[string]string{"baseline": "baseline.json"})
		require.Equal(t, 1, code, log)
		r.git("reset", "-q", "--hard", merged)
	})
	t.Run("an annotation of the manifests counts if you say so", func(t *testing.T) {
		r.commit(map[string]string{"manifests/web.yaml": strings.Replace(anonymousPod, "namespace: shop", `namespace: shop, annotations: {calico-pull-secrets/allow-anonymous: "docker.io/acme/*: public"}`, 1)})
		code, log, _, _ := r.run("", nil)
		require.Equal(t, 1, code, log)
		code, log, _, _ = r.run("", map[string]string{"annotations": "true"})
		require.Equal(t, 0, code, log)
	})

	t.Run("a base that cannot be fetched is no base that is empty", func(t *testing.T) {
		code, log, _, outputs := r.run(strings.Repeat("0", 40), nil)
		require.Equal(t, 2, code, log)
		require.Contains(t, log, "fetch-depth: 0")
		require.Equal(t, "exit-code=2\n", outputs)
	})
	t.Run("hostile inputs are values", func(t *testing.T) {
		const bad = "$(touch pwned) `touch pwned`; touch pwned\n::add-mask::x\n--write\nmanifests/web.yaml\nexit-code=0"
		for name := range readAction(t).Inputs {
			values := []string{bad, "true; touch pwned", "-", "--version", "x\nexit-code=0"}
			if testing.Short() {
				values = values[:2]
			}
			for _, value := range values {
				code, log, _, outputs := r.run("", map[string]string{name: value})
				isSarif := name == "sarif" // any file name is fine
				require.True(t, code != 0 || isSarif || name == "paths", "%s=%q: %s", name, value, log)
				require.Regexp(t, `^exit-code=[0-3]\n$`, outputs, "%s=%q", name, value)
				requireNoCommand(t, log)
				require.NoFileExists(t, filepath.Join(r.workspace, "pwned"))
			}
		}
		require.NotContains(t, r.git("status", "--porcelain"), " M ", "nothing of the repository was written")
	})
	t.Run("hostile names are names", func(t *testing.T) {
		r.commit(map[string]string{"$(touch pwned)/::add-mask::x.yaml": anonymousPod, "a\n::stop-commands::x.yaml": "{{ template }}\nkind: DaemonSet\n"})
		_, log, summary, _ := r.run("", nil)
		requireNoCommand(t, log)
		require.NotContains(t, summary, "\n::")
		require.NoFileExists(t, filepath.Join(r.workspace, "pwned"))
	})
}

// requireNoCommand fails if a log has commands other than annotations and stop-commands.
func requireNoCommand(t *testing.T, log string) {
	t.Helper()
	resume := ""
	for line := range strings.Lines(log) {
		line = strings.TrimSuffix(line, "\n")
		token, stops := strings.CutPrefix(line, "::stop-commands::")
		switch {
		case resume != "" && line == "::"+resume+"::":
			resume = ""
		case resume != "":
		case stops:
			require.Regexp(t, `^[0-9a-f]{32}$`, token)
			resume = token
		default:
			require.Regexp(t, `^(::(error|warning|notice) |[^:])`, line+" ")
		}
	}
	require.Empty(t, resume)
}

// TestTheGitLabComponent runs the component's script, with GitLab's variables.
func TestTheGitLabComponent(t *testing.T) {
	documents := strings.Split(read(t, "../..", "templates/audit.yml"), "\n---\n")
	require.Len(t, documents, 2)
	var spec struct {
		Spec struct {
			Inputs map[string]struct {
				Default *string
				Options []string
			}
		}
	}
	require.NoError(t, yaml.Unmarshal([]byte(documents[0]), &spec))
	project := filepath.Join(t.TempDir(), "program")
	copyProject(t, project)
	dir := kustomization(t, map[string]string{"manifests/web.yaml": anonymousPod})
	git := func(dir string, arguments ...string) string {
		cmd := needs.Command(t, "git", append([]string{"-C", dir, "-c", "user.name=x", "-c", "user.email=x@example.com"}, arguments...)...)
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s", out)
		return strings.TrimSpace(string(out))
	}
	for _, d := range []string{project, dir} {
		git(d, "init", "-q")
		git(d, "add", "-A")
		git(d, "commit", "-q", "-m", "x")
	}
	inputs := map[string]string{"repository": project, "ref": git(project, "rev-parse", "HEAD"), "paths": "manifests\n$(touch pwned)", "settings": ""}
	text := documents[1]
	for name, input := range spec.Spec.Inputs {
		value, given := inputs[name]
		if !given {
			require.NotNil(t, input.Default, name)
			value = *input.Default
		}
		quoted := strings.NewReplacer("\\", "\\\\", `"`, `\"`, "\n", `\n`).Replace(value)
		text = strings.ReplaceAll(text, "$[[ inputs."+name+" ]]", quoted)
	}
	require.NotContains(t, text, "$[[")
	var jobs map[string]struct {
		Variables    map[string]any
		BeforeScript []string `yaml:"before_script"`
		Script       []string
	}
	require.NoError(t, yaml.Unmarshal([]byte(text), &jobs))
	require.Len(t, jobs, 1)
	for _, job := range jobs {
		clone := filepath.Join(t.TempDir(), "clone")
		script := strings.ReplaceAll(strings.Join(append(job.BeforeScript, job.Script...), "\n"), "/tmp/calico-pull-secrets", clone)
		cmd := needs.Command(t, "bash", "-eo", "pipefail", "-c", script)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "CI_MERGE_REQUEST_DIFF_BASE_SHA="+git(dir, "rev-parse", "HEAD"))
		for name, value := range job.Variables {
			if m, isMap := value.(map[string]any); isMap {
				value = m["value"]
			}
			cmd.Env = append(cmd.Env, name+"="+value.(string))
		}
		if testing.Short() {
			cmd.Env = append(cmd.Env, `MAKEFLAGS=GOBUILD=go\ build`)
		}
		out, _ := cmd.CombinedOutput()
		require.Equal(t, 2, cmd.ProcessState.ExitCode(), "%s", out) // the path does not exist
		require.NoFileExists(t, filepath.Join(dir, "pwned"))

		for i, entry := range cmd.Env {
			if strings.HasPrefix(entry, "INPUT_PATHS=") {
				cmd.Env[i] = "INPUT_PATHS=manifests"
			}
		}
		again := needs.Command(t, "bash", "-eo", "pipefail", "-c", strings.ReplaceAll(strings.Join(job.Script, "\n"), "/tmp/calico-pull-secrets", clone))
		again.Dir, again.Env = dir, cmd.Env
		out, _ = again.CombinedOutput()
		require.Equal(t, 1, again.ProcessState.ExitCode(), "%s", out)
		require.Contains(t, string(out), "docker.io/acme/web:1")
		require.Contains(t, read(t, dir, "calico-pull-secrets.xml"), "anonymous-pull")
	}
}
