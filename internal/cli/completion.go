// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"cmp"
	"embed"
	"slices"
	"strings"

	"example.com/calico-pull-secrets/internal/config"
	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/report"
)

// completionScripts has a script for each shell. The script asks the program for the next words:
// completion words WORD .... The user is typing the last WORD.
//
//go:embed completion
var completionScripts embed.FS

// shells are the shells that have a script.
var shells = []string{"bash", "zsh", "fish"}

// filesToo is a line among the words. It tells the script to offer file names, too.
const filesToo = ":files"

// completion prints the script for a shell, or the words that may come next. It returns the exit
// code.
func (p Program) completion(arguments []string, c *console) int {
	switch {
	case len(arguments) > 1 && arguments[0] == "words":
		return c.print(strings.Join(append(p.nextWords(arguments[1:]), ""), "\n"))
	case len(arguments) == 1 && slices.Contains(shells, arguments[0]):
		script, err := completionScripts.ReadFile("completion/" + arguments[0])
		if err != nil {
			panic(err) // a test reads every script
		}
		return c.print(string(script))
	}
	hint := programName + " completion " + strings.Join(shells, ", or ")
	if len(arguments) > 0 {
		hint = cmp.Or(strings.TrimSpace(finding.DidYouMean(arguments[0], shells)), hint)
	}
	return c.fail(finding.Errorf("completion needs a shell\nhint: %s", hint), finding.ExitUsage)
}

// nextWords returns the completions of the last word. A completion that ends in "=" takes a value.
func (p Program) nextWords(words []string) []string {
	before, current := words[:len(words)-1], words[len(words)-1]
	if len(before) > 0 {
		switch before[0] {
		case explainCommand:
			return withPrefix(current, "", report.IDsOf(report.Explanations(p.ChecksPage)))
		case completionCommand:
			return withPrefix(current, "", shells)
		case installCommand:
			return []string{filesToo}
		}
		if name, isFlag := strings.CutPrefix(before[len(before)-1], "--"); isFlag && takesValue(name) {
			if values := withPrefix(current, "", valuesOfFlag[name]); len(values) > 0 {
				return values
			}
			return []string{filesToo}
		}
	}
	name, _, hasValue := strings.Cut(current, "=")
	flag, isFlag := strings.CutPrefix(name, "-")
	switch {
	case hasValue && isFlag:
		return withPrefix(current, name+"=", valuesOfFlag[strings.TrimPrefix(flag, "-")])
	case hasValue:
		return withPrefix(current, name+"=", config.FieldValues(name))
	case isFlag:
		return withPrefix(current, "--", longFlags())
	}
	all := slices.Clone(config.FieldPaths())
	for i := range all {
		all[i] += "="
	}
	if len(before) == 0 {
		all = append([]string{installCommand, explainCommand, completionCommand}, all...)
	}
	return append(withPrefix(current, "", all), filesToo)
}

// valuesOfFlag has the values of each flag that has a fixed choice.
var valuesOfFlag = map[string][]string{"output": report.Names()}

func takesValue(flag string) bool {
	var o options
	return o.valued()[flag] != nil
}

// longFlags returns the names of all flags that are longer than a letter.
func longFlags() []string {
	return slices.DeleteFunc(flagNames(), func(name string) bool { return len(name) == 1 })
}

// withPrefix puts before in front of each word, and returns those that begin with the typed text.
func withPrefix(typed, before string, words []string) (all []string) {
	for _, word := range words {
		if strings.HasPrefix(before+word, typed) {
			all = append(all, before+word)
		}
	}
	return all
}
