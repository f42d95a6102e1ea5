// SPDX-License-Identifier: Apache-2.0

package typo

import (
	"slices"
	"strings"

	"example.com/calico-pull-secrets/internal/config"
	"example.com/calico-pull-secrets/internal/disk"
	"example.com/calico-pull-secrets/internal/finding"
)

// foreignWords are commands of other programs, each with what to write instead.
var foreignWords = []struct{ names, hint string }{
	{"apply create replace", "this program changes no cluster: calico-pull-secrets FILE | kubectl apply -f -"},
	{"eval fn pkg render", "to run the program in kpt: kpt fn eval . --exec calico-pull-secrets -- secretName=regcred"},
	{"kustomize", "to change kustomize's output: kustomize build FOLDER | calico-pull-secrets"},
	{"helm template", "to change Helm's output: helm template CHART | calico-pull-secrets"},
	{"add fix inject patch run set transform update", "to change the files write --write FILE; without a flag the manifests go to stdout"},
	{"lint scan test validate verify", "write --check FILE, or --audit FILE"},
	{"delete undo uninstall", "to remove the reference and the Secret write --remove FILE"},
	{"get list ls", "kubectl get pods,deploy,ds,sts,jobs,cronjobs,sa,secrets -A -o yaml | calico-pull-secrets --audit"},
	{"login", "run docker login, and then write secret.dockerConfigFile=auto"},
	{"man usage", "write --help"},
}

// A Word is an argument that is no flag, no path and no setting.
type Word struct {
	Text     string
	Before   string   // the argument before it; may be empty
	Flags    []string // the names of all flags
	Commands []string // the words that are commands in first place
}

// Error returns what is wrong with the word, with a hint.
func (w Word) Error() error {
	name, _, _ := strings.Cut(w.Text, ":")
	field := config.FieldNamed(strings.TrimSpace(name))
	field0, value, isSetting := strings.Cut(w.Before, "=")
	switch {
	case strings.TrimSpace(w.Text) == "":
		return finding.Errorf("is empty\nhint: perhaps a shell variable is not set")
	case field != "":
		return finding.Errorf("%s is a setting without a value\nhint: write %s=VALUE, without blanks around =", field, field)
	case isSetting && value == "" && config.FieldNamed(field0) != "":
		return finding.Errorf("the value of %s is an argument of its own\nhint: write %s=VALUE, without blanks around =", field0, field0)
	}
	if hint := w.meant(); hint != "" {
		return finding.Errorf("no such file, folder or command: %s\nhint: %s", w.Text, hint)
	}
	if plain := strings.TrimLeft(w.Text, "–—−‐‑"); plain != w.Text && slices.Contains(w.Flags, plain) {
		return finding.Errorf("begins with a long dash, which is no flag\nhint: write --%s", plain)
	}
	switch hint, isNear := OfPath(w.Text); {
	case isNear:
		return finding.Errorf("no such file or folder: %s\nhint: %s", w.Text, hint)
	case hint != "":
		return finding.Errorf("no such file or folder\nhint: %s", hint)
	}
	if words := strings.Fields(w.Text); len(words) > 1 && slices.ContainsFunc(words, w.isKnown) {
		return finding.Errorf("has several words in it\nhint: write each as an argument of its own, without quotes around all")
	}
	return finding.Errorf("no such file or folder, and no setting\nhint: a setting is FIELD=VALUE, such as secretName=regcred")
}

// meant returns the hint for a command of this program or another. It returns "" if the word is
// none.
func (w Word) meant() string {
	word := strings.ToLower(w.Text)
	for _, f := range foreignWords {
		if slices.Contains(strings.Fields(f.names), word) {
			return f.hint
		}
	}
	switch near := finding.Closest(word, w.Commands); {
	case slices.Contains(w.Commands, word):
		return "write " + word + " as the first argument"
	case finding.IsNear(word, near) && finding.Distance(word, near) < len(near)/2:
		return "did you mean " + near + "?"
	}
	if near := nearestFlag(word, w.Flags); near != "" {
		return "did you mean --" + near + "?"
	}
	return ""
}

// isKnown reports whether a word is a flag or a file.
func (w Word) isKnown(word string) bool {
	return disk.Exists(word) || slices.Contains(w.Flags, strings.TrimLeft(word, "-"))
}
