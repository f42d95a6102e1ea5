// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestArgumentsAreReadInAnyOrder(t *testing.T) {
	inFolder(t, map[string]string{"a.yaml": "", "m/b.yaml": "", "odd=name": "", "-dash.yaml": ""})
	for name, c := range map[string]struct {
		arguments []string
		want      options
	}{
		"flags behind files":         {[]string{"a.yaml", "--check", "-quiet", "x=y"}, options{check: true, quiet: true, paths: []string{"a.yaml"}, settings: []string{"x=y"}}},
		"a file with an equals sign": {[]string{"odd=name", "--diff"}, options{diff: true, paths: []string{"odd=name"}}},
		"values in both forms":       {[]string{"--output", "json", "--config=fn.yaml", "--audit"}, options{audit: true, outputs: []output{{form: "json"}}, config: "fn.yaml"}},
		"stdin":                      {[]string{"-", "--check"}, options{check: true, paths: []string{"-"}}},
		"nothing is a flag after --": {[]string{"--check", "--", "-dash.yaml", "x=y", "--z=1"}, options{check: true, paths: []string{"-dash.yaml"},
			settings: []string{"x=y", "--z=1"}}},
		"lists grow":               {[]string{"--allow-env", "A,B", "--allow-env=C", "--allow-files", "d"}, options{allowEnv: []string{"A", "B", "C"}, allowFiles: []string{"d"}}},
		"an empty list is a list":  {[]string{"--allow-env="}, options{allowEnv: []string{}}},
		"sets":                     {[]string{"--each", "--check", "m", "a.yaml"}, options{each: true, check: true, paths: []string{"m", "a.yaml"}}},
		"a file that is not there": {[]string{"none.yaml"}, options{paths: []string{"none.yaml"}}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := parseOptions(c.arguments)
			require.NoError(t, err)
			require.Equal(t, c.want, got)
		})
	}
}

func TestWrongArgumentsAreToldWhatToWrite(t *testing.T) {
	inFolder(t, map[string]string{"a.yaml": "", "m/b.yaml": "", "manifests/b.yaml": ""})
	for _, c := range []struct {
		arguments []string
		want      string
	}{
		{[]string{"-f", "a.yaml"}, "argument 1: no such flag -f\ncalico-pull-secrets: hint: files need no flag: write FILE"},
		{[]string{"--filename=" + password}, "files need no flag"},
		{[]string{"a.yaml", "--docker-username", password}, "argument 2: no such flag --docker-username\ncalico-pull-secrets: hint: write secret.usernameEnv=NAME"},
		{[]string{"--docker-password=" + password}, "write secret.passwordEnv=NAME"},
		{[]string{"-p" + password}, "no such flag"},
		{[]string{"--docker-server=" + password}, "write secret.server=SERVER"},
		{[]string{"--docker-email", password}, "write secret.email=EMAIL"},
		{[]string{"-n", "kube-system"}, "secret.namespace=NAMESPACE"},
		{[]string{"--namespace=" + password}, "secret.namespace=NAMESPACE"},
		{[]string{"-o", "yaml"}, "manifests keep their format"},
		{[]string{"--dry-run=client"}, "write --diff"},
		{[]string{"--secret-name", "x"}, "settings have no dashes: write secretName=VALUE"},
		{[]string{"--secret.passwordEnv=" + password}, "settings have no dashes: write secret.passwordEnv=VALUE"},
		{[]string{"--targets", "calico"}, "targets=VALUE"},
		{[]string{"--externalsecret.refreshinterval", "1h"}, "settings have no dashes: write externalSecret.refreshInterval=VALUE"},
		{[]string{"--wirte"}, "did you mean --write?"},
		{[]string{"--wriet"}, "did you mean --write?"},
		{[]string{"-k", "."}, "kustomize build FOLDER | calico-pull-secrets"},
		{[]string{"-A"}, "kubectl get pods,deploy,ds,sts,jobs,cronjobs,sa,secrets -A -o yaml | calico-pull-secrets --audit"},
		{[]string{"--pull-secret=" + password}, "no such flag --pull-secret\ncalico-pull-secrets: hint: settings have no dashes: did you mean secretName?"},
		{[]string{"check", "a.yaml"}, "argument 1: no such file, folder or command: check\ncalico-pull-secrets: hint: did you mean --check?"},
		{[]string{"audit"}, "did you mean --audit?"},
		{[]string{"--Check"}, "did you mean --check?"},
		{[]string{"--audti"}, "did you mean --audit?"},
		{[]string{"--" + password}, "argument 1: no such flag\ncalico-pull-secrets: hint: --help lists all flags"},
		{[]string{"--" + password + "=" + password}, "a setting has no dashes: FIELD=VALUE"},
		{[]string{"--check=" + password}, "--check takes no value"},
		{[]string{"--output"}, "--output needs a value"},
		{[]string{"--output", password, "--check"}, "--output has no such format\ncalico-pull-secrets: hint: the formats are table, json, sarif, junit, github, markdown"},
		{[]string{"--config="}, "the value of --config is empty\ncalico-pull-secrets: hint: perhaps a shell variable is not set"},
		{[]string{password}, "argument 1: no such file or folder, and no setting"},
		{[]string{"x=" + password, "x=y"}, "argument 2 sets the field of argument 1 again"},
		{[]string{"secret.username=me", "secret.password=\xff" + password}, "argument 2 is not UTF-8"},
		{[]string{"-", "-"}, "write - only once"},
		{[]string{"--write"}, "--write needs files"},
		{[]string{"--write", "-"}, "stdin cannot be written"},
		{[]string{"--write", "--audit", "a.yaml"}, "use one of them"},
		{[]string{"--check", "--audit"}, "use one of them"},
		{[]string{"--output=json"}, "--output needs --check or --audit"},
		{[]string{"--output=json", "--diff", "--check"}, "--output needs --check or --audit"},
		{[]string{"--each", "a.yaml"}, "--each needs"},
		{[]string{"--each", "--check"}, "--each needs files"},
		{[]string{"--config", password}, "--config: no such file or directory"},
		{[]string{"--config", "a.yaml", "x=y"}, "settings both in arguments and in --config"},
		{[]string{"install"}, "install needs a folder"},
		{[]string{"--exclude", "--audit", "a.yaml"}, "--exclude needs a value\ncalico-pull-secrets: hint: write --exclude=VALUE"},
		{[]string{"--allow-env", "--check", "a.yaml"}, "--allow-env needs a value"},
		{[]string{"--baseline", "--", "a.yaml"}, "--baseline needs a value"},
		{[]string{"--", "--check", "a.yaml"}, "argument 2 is a flag after --\ncalico-pull-secrets: hint: write flags before --"},
		{[]string{"--check a.yaml"}, "--check and the text behind it are one argument\ncalico-pull-secrets: hint: leave out the quotes around both"},
		{[]string{"-wd"}, "no such flag -wd\ncalico-pull-secrets: hint: write each letter as a flag of its own: -w -d"},
		{[]string{"--hlep"}, "did you mean --help?"},
		{[]string{"--registry=" + password}, "write targets=docker.io for what gets the reference"},
		{[]string{"--secret", password}, "write secretName=NAME"},
		{[]string{"-ojson"}, "with --check or --audit write --output json"},
		{[]string{"--wait"}, "this flag belongs to kubectl"},
		{[]string{"--truncate-output=false"}, "this flag belongs to kpt or kustomize"},
		{[]string{"--context", password}, "this program asks no cluster"},
		{[]string{"--output", "JSON"}, "--output has no such format \"JSON\"\ncalico-pull-secrets: hint: did you mean json?"},
		{[]string{"--output", "out.sarif"}, "the format comes before the file: --output sarif=FILE"},
		{[]string{"--output", "json,sarif"}, "write the flag for each format: --output json"},
		{[]string{"--nodes", password, "--audit"}, "--nodes needs a number from 1 to 1000000\ncalico-pull-secrets: hint: write only digits"},
		{[]string{"--today", password, "--audit"}, "--today needs a date\ncalico-pull-secrets: hint: write year, month and day"},
		{[]string{"–check", "a.yaml"}, "did you mean --check?"},
		{[]string{"versoin"}, "did you mean --version?"},
		{[]string{"explian", "x"}, "no such file, folder or command: explian\ncalico-pull-secrets: hint: did you mean explain?"},
		{[]string{"a.yaml", "completion"}, "write completion as the first argument"},
		{[]string{"apply", "-f", "a.yaml"}, "this program changes no cluster: calico-pull-secrets FILE | kubectl apply -f -"},
		{[]string{"eval", "."}, "kpt fn eval . --exec calico-pull-secrets -- secretName=regcred"},
		{[]string{""}, "argument 1: is empty\ncalico-pull-secrets: hint: perhaps a shell variable is not set"},
		{[]string{"secretName", "=", "x"}, "secretName is a setting without a value\ncalico-pull-secrets: hint: write secretName=VALUE, without blanks around ="},
		{[]string{"secret.password=", password}, "argument 2: the value of secret.password is an argument of its own"},
		{[]string{"secret.password:" + password}, "argument 1: secret.password is a setting without a value"},
		{[]string{"a.yaml " + password}, "argument 1: has several words in it\ncalico-pull-secrets: hint: write each as an argument of its own"},
		{[]string{password + "*"}, "argument 1: no such file or folder\ncalico-pull-secrets: hint: the shell found no file for this pattern"},
		{[]string{"~/" + password}, "argument 1: no such file or folder\ncalico-pull-secrets: hint: the shell replaces ~ only outside of quotes"},
		{[]string{`m\` + password}, "argument 1: no such file or folder\ncalico-pull-secrets: hint: write / between the folders"},
		{[]string{`m\b`}, "no such file or folder: m\\b\ncalico-pull-secrets: hint: did you mean m/b.yaml?"},
		{[]string{"manifets/b.yaml"}, "hint: did you mean manifests/b.yaml?"},
		{[]string{"manifest/b.yml"}, "hint: did you mean manifests/b.yaml?"},
		{[]string{"a.yaml,m"}, "write blanks between the paths, and no commas"},
		{[]string{"file:///tmp/a.yaml"}, "write the path without file://"},
		{[]string{"raw.githubusercontent.com/acme/x/calico.yaml"}, "curl -fsSL https://ADDRESS | calico-pull-secrets"},
	} {
		code, stdout, stderr := call(t, c.arguments...)
		require.Equal(t, exitUsage, code, c.want)
		require.Empty(t, stdout)
		require.Contains(t, stderr, c.want)
		require.NotContains(t, stderr, password)
		require.Regexp(t, `^calico-pull-secrets: [^\n]{1,160}\n(calico-pull-secrets: hint: [^\n]{1,160}\n)?$`, stderr)
	}
}
