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
		"nothing is a flag behind --": {[]string{"--check", "--", "-dash.yaml", "x=y", "--z=1"}, options{check: true, paths: []string{"-dash.yaml"},
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
	inFolder(t, map[string]string{"a.yaml": ""})
	for _, c := range []struct {
		arguments []string
		want      string
	}{
		{[]string{"-f", "a.yaml"}, "argument 1: no such flag: files need no flag: write FILE"},
		{[]string{"--filename=" + password}, "files need no flag"},
		{[]string{"a.yaml", "--docker-username", password}, "argument 2: no such flag: write secret.usernameEnv=NAME"},
		{[]string{"--docker-password=" + password}, "write secret.passwordEnv=NAME"},
		{[]string{"-p" + password}, "no such flag"},
		{[]string{"--docker-server=" + password}, "write secret.server=SERVER"},
		{[]string{"--docker-email", password}, "write secret.email=EMAIL"},
		{[]string{"-n", "kube-system"}, "secret.namespace=NAMESPACE"},
		{[]string{"--namespace=" + password}, "secret.namespace=NAMESPACE"},
		{[]string{"-o", "yaml"}, "manifests keep their format"},
		{[]string{"--dry-run=client"}, "write --diff"},
		{[]string{"--secret-name", "x"}, "write fields without dashes: secretName=VALUE"},
		{[]string{"--secret.passwordEnv=" + password}, "write fields without dashes: secret.passwordEnv=VALUE"},
		{[]string{"--targets", "calico"}, "targets=VALUE"},
		{[]string{"--externalsecret.refreshinterval", "1h"}, "write fields without dashes: externalSecret.refreshInterval=VALUE"},
		{[]string{"--wirte"}, "did you mean --write?"},
		{[]string{"--wriet"}, "did you mean --write?"},
		{[]string{"-k", "."}, "kustomize build FOLDER | calico-pull-secrets"},
		{[]string{"-A"}, "kubectl get pods,deploy,ds,sts,jobs,cronjobs,sa,secrets -A -o yaml | calico-pull-secrets --audit"},
		{[]string{"--pull-secret=" + password}, "write a field as FIELD=VALUE without dashes"},
		{[]string{"check", "a.yaml"}, "argument 1 is neither a file nor a command: write --check"},
		{[]string{"audit"}, "write --audit"},
		{[]string{"--Check"}, "did you mean --check?"},
		{[]string{"--audti"}, "did you mean --audit?"},
		{[]string{"--" + password}, "write a field as FIELD=VALUE, see --help"},
		{[]string{"--" + password + "=" + password}, "write a field as FIELD=VALUE without dashes"},
		{[]string{"--check=" + password}, "--check takes no value"},
		{[]string{"--output"}, "--output needs a value"},
		{[]string{"--output", password, "--check"}, "--output takes table, json, sarif, junit, github or markdown, or FORM=FILE"},
		{[]string{"--config="}, "--config needs a file"},
		{[]string{password}, "argument 1: no such file or folder, and no setting"},
		{[]string{"x=" + password, "x=y"}, "argument 2 sets a field again"},
		{[]string{"secret.username=me", "secret.password=\xff" + password}, "argument 2 is not UTF-8"},
		{[]string{"-", "-"}, "name stdin only once"},
		{[]string{"--write"}, "--write needs files"},
		{[]string{"--write", "-"}, "stdin cannot be written"},
		{[]string{"--write", "--audit", "a.yaml"}, "use one of them"},
		{[]string{"--check", "--audit"}, "use one of them"},
		{[]string{"--output=json"}, "--output goes with --check or --audit"},
		{[]string{"--output=json", "--diff", "--check"}, "--output goes with --check or --audit"},
		{[]string{"--each", "a.yaml"}, "--each goes with"},
		{[]string{"--each", "--check"}, "--each needs files"},
		{[]string{"--config", password}, "--config: no such file or directory"},
		{[]string{"--config", "a.yaml", "x=y"}, "settings both in arguments and in --config"},
		{[]string{"install"}, "install needs a folder"},
	} {
		code, stdout, stderr := call(t, c.arguments...)
		require.Equal(t, exitUsage, code, c.want)
		require.Empty(t, stdout)
		require.Contains(t, stderr, c.want)
		require.Regexp(t, `^calico-pull-secrets: [^\n]+\n(calico-pull-secrets: hint: [^\n]+\n)?$`, stderr)
	}
}
