// SPDX-License-Identifier: Apache-2.0

// Package typo says what a mistyped argument most likely means: a flag of this program or of
// another, a command, a setting or a path. It quotes an argument only if that is almost a word of
// this program, a word of its tables, or a path: any other text may be a credential.
package typo

import (
	"slices"
	"strings"

	"example.com/calico-pull-secrets/internal/config"
	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/report"
)

// foreignFlags are flags of other programs that people often type here, each with what to write
// instead.
var foreignFlags = []struct{ names, hint string }{
	{"f file filename input", "files need no flag: write FILE"},
	{"R r recursive", "folders need no flag: the program reads their subfolders, too"},
	{"i in-place inplace overwrite fix", "to change the files write --write"},
	{"dry-run", "to see the changes write --diff"},
	{"backup", "--write makes no copy: look at the changes with --diff first"},
	{"force yes y", "leave it out: --write asks nothing"},
	{"undo delete revert uninstall", "to remove the reference and the Secret write --remove"},
	{"apply", "this program changes no cluster: calico-pull-secrets FILE | kubectl apply -f -"},
	{"n ns namespace", "objects stay in their namespaces; for the Secret write secret.namespace=NAMESPACE"},
	{"o", "manifests keep their format; with --check or --audit write --output FORM"},
	{"format report", "with --check or --audit write --output FORM"},
	{"output-dir out stdout", "the manifests go to stdout: write > NEWFILE; to change the files write --write"},
	{"stdin", "write - for stdin, or leave it out: without a file the program reads stdin"},
	{"k kustomize", "to audit kustomize's output write --audit --build FOLDER; to change it: kustomize build FOLDER | calico-pull-secrets"},
	{"A all-namespaces context kubeconfig cluster", "this program asks no cluster: kubectl get pods,deploy,ds,sts,jobs,cronjobs,sa,secrets -A -o yaml | calico-pull-secrets --audit"},
	{"l selector", "select with targets, such as targets=DaemonSet/calico-node"},
	{"all", "write targets=calico for all of Calico, or targets=docker.io for whatever pulls from there"},
	{"create-namespace server-side validate wait", "this flag belongs to kubectl: write it there, behind the pipe"},
	{"allow-exec as-current-user enable-alpha-plugins enable-exec enable-helm exec image load-restrictor match-kind mount network truncate-output",
		"this flag belongs to kpt or kustomize: write it there"},
	{"c config-file fn-config values", "to name a file with settings write --config FILE"},
	{"set set-string", "settings need no flag: write FIELD=VALUE"},
	{"e env env-file", "the program reads the environment: write secret.passwordEnv=NAME"},
	{"docker-server server", "write secret.server=SERVER"},
	{"docker-username user username u", "write secret.usernameEnv=NAME, with the user name in the environment variable NAME"},
	{"docker-password password password-stdin p token", "write secret.passwordEnv=NAME, with the password in the environment variable NAME"},
	{"docker-email", "write secret.email=EMAIL"},
	{"registry registries", "write targets=docker.io for what gets the reference, secret.server for the Secret, or audit.registries for an audit"},
	{"secret", "write secretName=NAME for the name of the Secret, and secret.usernameEnv=NAME to make it"},
	{"strict", "write preflight=strict"},
	{"no-preflight skip-preflight", "write preflight=ignore"},
	{"ignore-missing", "write onMissing=ignore"},
	{"fail-on-missing", "leave it out: a missing target is an error, unless you set onMissing"},
	{"ignore skip", "to leave files out write --exclude GLOB"},
	{"include", "name the files and folders; to leave some out write --exclude GLOB"},
	{"exit-code error-exitcode fail", "leave it out: --check and --audit exit with 1 if something fails"},
	{"exit-0 no-fail soft-fail", "to exit with 0 in spite of findings write --exit-zero"},
	{"limit", "write --pull-limit N"},
	{"date", "write --today DATE"},
	{"silent s", "to see only warnings and errors write --quiet"},
	{"v V", "write --version; there is no flag for more messages"},
	{"verbose debug trace log-level loglevel", "leave it out: the program prints all messages; explain ID says more"},
	{"color colour no-color no-colour", "leave it out: only a terminal gets colours"},
}

// Flag returns the error for an unknown flag. argument has no dashes in front, and may have a value
// behind =. flags are the names of all flags.
func Flag(argument string, flags []string) error {
	name, _, _ := strings.Cut(argument, "=")
	if words := strings.Fields(name); len(words) > 1 && slices.Contains(flags, words[0]) {
		return finding.Errorf("--%s and the text behind it are one argument\nhint: leave out the quotes around both", words[0])
	}
	if hint := meantByFlag(name, flags); hint != "" {
		dashes := "--"
		if len(name) == 1 || isBundle(name, flags) {
			dashes = "-"
		}
		return finding.Errorf("no such flag %s%s\nhint: %s", dashes, name, hint)
	}
	return finding.Errorf("no such flag\nhint: --help lists all flags; a setting has no dashes: FIELD=VALUE")
}

// meantByFlag returns what to write instead of an unknown flag. It returns "" if nothing is near.
func meantByFlag(name string, flags []string) string {
	for _, f := range foreignFlags {
		if slices.Contains(strings.Fields(f.names), name) {
			return f.hint
		}
	}
	if form := strings.TrimPrefix(name, "o"); report.Named(name) != nil || report.Named(form) != nil {
		return "with --check or --audit write --output " + form
	}
	if isBundle(name, flags) {
		return "write each letter as a flag of its own: -" + strings.Join(strings.Split(name, ""), " -")
	}
	if field := config.FieldNamed(strings.ReplaceAll(name, "-", "")); field != "" {
		return "settings have no dashes: write " + field + "=VALUE"
	}
	if near := nearestFlag(name, flags); near != "" {
		return "did you mean --" + near + "?"
	}
	if setting := config.Meant(name); setting != "" {
		return "settings have no dashes: did you mean " + setting + "?"
	}
	return ""
}

// isBundle reports whether a name has several flags of one letter.
func isBundle(name string, flags []string) bool {
	return len(name) > 1 && !strings.ContainsFunc(name, func(r rune) bool { return !slices.Contains(flags, string(r)) })
}

// nearestFlag returns the closest flag, at most two letters away from name. It returns "" if there
// is none.
func nearestFlag(name string, flags []string) string {
	if len(name) < 3 || len(name) > 20 {
		return ""
	}
	nearest, least := "", 3
	for _, flag := range flags {
		d := finding.Distance(name, flag)
		isNearer := d < least || d == least && nearest != "" && nearest[0] != name[0] && flag[0] == name[0]
		if len(flag) > 2 && isNearer && (2*d < len(flag) || areSwapped(name, flag)) {
			nearest, least = flag, d
		}
	}
	return nearest
}

// areSwapped reports whether two words have the same letters.
func areSwapped(one, other string) bool {
	sorted := func(word string) string {
		letters := strings.Split(strings.ToLower(word), "")
		slices.Sort(letters)
		return strings.Join(letters, "")
	}
	return sorted(one) == sorted(other)
}
