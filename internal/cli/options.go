// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/calico-pull-secrets/internal/allowance"
	"example.com/calico-pull-secrets/internal/config"
	"example.com/calico-pull-secrets/internal/disk"
	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/typo"
)

// options are the settings of the command line.
type options struct {
	help, version, doc        bool
	schema, auditSchema       bool // of the configuration; of the text that --output json prints
	write, check, diff, audit bool
	remove                    bool // takes out instead of adding
	each                      bool // every path is a set of its own
	build                     bool // builds kustomizations, each a set of its own
	quiet                     bool
	exitZero                  bool // exit code 0 instead of 1
	outputs                   []output
	stdinName                 string   // the name to print for stdin
	config                    string   // the file with the configuration
	noConfig                  bool     // ignore the configuration of the repository
	noAnnotations             bool     // ignore the annotations that let an object pass
	exclude                   []string // globs
	baseline                  string   // the file with the findings that pass
	updateBaseline            bool     // write the baseline
	today                     string   // the date for exceptions; empty: from the clock
	buildRoot                 string   // the only folder that builds read; empty: not given
	with                      []string // files and folders that count for each set
	allowEnv, allowFiles      []string // nil: everything
	nodes, pullLimit          int      // of the pull budget; 0: not given
	settings                  []string // FIELD=VALUE
	paths                     []string // files and folders, "-" for stdin
	modeSet                   bool     // no flag set check or audit: the configuration did
}

// stdinPath is the FILE that means stdin.
const stdinPath = "-"

// switches returns the target of each flag without a value, by name.
func (o *options) switches() map[string]*bool {
	return map[string]*bool{
		"help": &o.help, "h": &o.help, "version": &o.version, "doc": &o.doc, "schema": &o.schema, "schema=audit": &o.auditSchema,
		"write": &o.write, "w": &o.write, "check": &o.check, "diff": &o.diff, "d": &o.diff, "audit": &o.audit, "remove": &o.remove,
		"each": &o.each, "build": &o.build, "exit-zero": &o.exitZero, "quiet": &o.quiet, "q": &o.quiet,
		"no-config": &o.noConfig, "no-annotations": &o.noAnnotations, "update-baseline": &o.updateBaseline,
	}
}

// valued returns the setter of each flag with a value, by name. No value is empty but that of a
// list.
func (o *options) valued() map[string]func(value string) error {
	return map[string]func(string) error{
		"config":     into(&o.config),
		"baseline":   into(&o.baseline),
		"stdin-name": into(&o.stdinName),
		"build-root": into(&o.buildRoot),
		"output":     o.addOutput,
		"nodes":      func(value string) error { return positive(value, &o.nodes) },
		"pull-limit": func(value string) error { return positive(value, &o.pullLimit) },
		"exclude": func(value string) error {
			o.exclude = append(o.exclude, value)
			return need(allowance.IsGlob(value), "needs a glob\nhint: write one in single quotes, such as --exclude 'charts/**'")
		},
		"today": func(value string) error {
			o.today = value
			_, err := time.Parse(time.DateOnly, value)
			return need(err == nil, "needs a date\nhint: write year, month and day, such as --today 2027-03-31")
		},
		"with": func(value string) error {
			o.with = append(o.with, value)
			return need(value != stdinPath, "cannot read stdin\nhint: name a file or folder")
		},
		"allow-env":   func(value string) error { o.allowEnv = appendList(o.allowEnv, value); return nil },
		"allow-files": func(value string) error { o.allowFiles = appendList(o.allowFiles, value); return nil },
	}
}

// into returns a setter that accepts any value.
func into(field *string) func(string) error {
	return func(value string) error { *field = value; return nil }
}

// flagNames returns the names of all flags, sorted.
func flagNames() []string {
	var o options
	names := append(slices.Collect(maps.Keys(o.switches())), slices.Collect(maps.Keys(o.valued()))...)
	slices.Sort(names)
	return names
}

// need returns an error with the message and its hint unless a condition holds.
func need(ok bool, otherwise string) error {
	if ok {
		return nil
	}
	message, hint, _ := strings.Cut(otherwise, "\nhint: ")
	return finding.WithHint(errors.New(message), hint)
}

// positive reads a number from 1 to 1,000,000.
func positive(value string, into *int) (err error) {
	*into, err = strconv.Atoi(value)
	return need(err == nil && *into > 0 && *into <= 1_000_000, "needs a number from 1 to 1000000\nhint: write only digits, such as --nodes 50")
}

// appendList splits a text at commas and appends the elements. The result is never nil: an empty
// list allows nothing.
func appendList(list []string, value string) []string {
	if list == nil {
		list = []string{}
	}
	for element := range strings.SplitSeq(value, ",") {
		if element != "" {
			list = append(list, element)
		}
	}
	return list
}

// parseOptions reads the arguments. Flags may come anywhere before "--". An error gives the number
// of a wrong argument. It shows the text only if package typo knows what the text means: any other
// text may be a password.
func parseOptions(arguments []string) (options, error) {
	var o options
	fields, isBehind := map[string]int{}, false // fields has the number of the argument that sets a field
	for i := 0; i < len(arguments); i++ {
		var err error
		switch argument := arguments[i]; {
		case argument == "--" && !isBehind:
			isBehind = true
		case isBehind && isFlag(argument) && !disk.Exists(argument):
			err = finding.Errorf("argument %d is a flag after --\nhint: write flags before --", i+1)
		case isBehind, argument == stdinPath, !strings.HasPrefix(argument, "-"):
			err = o.addPlain(argument, i, fields, arguments[max(0, i-1)])
		default:
			var usesNext bool
			if usesNext, err = o.addFlag(argument, i, arguments[i+1:]); usesNext {
				i++
			}
		}
		if err != nil {
			return o, err
		}
	}
	return o, o.validate()
}

// addFlag adds a flag. index counts from 0. It reports whether the first of the next arguments is
// the value of the flag.
func (o *options) addFlag(argument string, index int, next []string) (usesNext bool, err error) {
	argument = strings.TrimPrefix(strings.TrimPrefix(argument, "-"), "-")
	if flag := o.switches()[argument]; flag != nil {
		*flag = true
		return false, nil
	}
	name, value, hasValue := strings.Cut(argument, "=")
	set := o.valued()[name]
	if set == nil {
		return false, fmt.Errorf("argument %d: %w", index+1, wrongFlag(argument))
	}
	if !hasValue {
		if len(next) == 0 || isFlag(next[0]) { // a flag must not vanish into a value
			return false, finding.Errorf("--%s needs a value\nhint: write --%s=VALUE", name, name)
		}
		value = next[0]
	}
	if value == "" && !strings.HasPrefix(name, "allow-") {
		return false, finding.Errorf("the value of --%s is empty\nhint: perhaps a shell variable is not set", name)
	}
	if err := set(value); err != nil {
		return false, fmt.Errorf("--%s %w", name, err)
	}
	return !hasValue, nil
}

// isFlag reports whether an argument is a flag of this program, or ends the flags.
func isFlag(argument string) bool {
	name, _, _ := strings.Cut(strings.TrimLeft(argument, "-"), "=")
	return argument == "--" || strings.HasPrefix(argument, "-") && slices.Contains(flagNames(), name)
}

// wrongFlag returns the error for a flag that does not exist, or that takes no value. argument has
// no dashes in front.
func wrongFlag(argument string) error {
	var o options
	name, _, _ := strings.Cut(argument, "=")
	switch {
	case name == "schema":
		return finding.Errorf("--schema takes no value except audit\nhint: write --schema for the configuration, or --schema=audit for the JSON")
	case o.switches()[name] != nil:
		return finding.Errorf("--%s takes no value\nhint: write --%s, and what follows as an argument of its own", name, name)
	}
	return typo.Flag(argument, flagNames())
}

// addPlain adds an argument that is no flag. index counts from 0. before is the argument before it.
func (o *options) addPlain(argument string, index int, fields map[string]int, before string) error {
	place := fmt.Sprintf("argument %d", index+1)
	switch {
	case isSetting(argument):
		field, _, _ := strings.Cut(argument, "=")
		if first := fields[field]; first > 0 {
			return finding.Errorf("%s sets the field of argument %d again\nhint: write one of them; a list has commas: targets=calico,canal", place, first)
		}
		fields[field] = index + 1
		o.settings = append(o.settings, argument)
	case argument == stdinPath && slices.Contains(o.paths, stdinPath):
		return finding.Errorf("%s names stdin again\nhint: write - only once", place)
	case strings.Contains(argument, "://"):
		return finding.Errorf("%s is an address, and this program uses no network\nhint: %s", place, typo.OfAddress(argument))
	case isPath(argument):
		o.paths = append(o.paths, argument)
	default:
		word := typo.Word{Text: argument, Before: before, Flags: flagNames(), Commands: commands}
		return fmt.Errorf("%s: %w", place, word.Error())
	}
	return nil
}

// isSetting reports whether an argument is FIELD=VALUE. A file may have "=" in its name, and then
// the file wins, unless FIELD is a field: no file may take a setting away.
func isSetting(argument string) bool {
	field, _, found := strings.Cut(argument, "=")
	return found && (isField(field) || !disk.Exists(argument))
}

// isField reports whether a name is a field, or below one.
func isField(name string) bool {
	return slices.ContainsFunc(config.FieldPaths(), func(path string) bool { return name == path || strings.HasPrefix(name, path+".") })
}

// extensions are the extensions of manifests.
var extensions = []string{".yaml", ".yml", ".json"}

// hasExtension reports whether a file has the extension of a manifest.
func hasExtension(name string) bool { return slices.Contains(extensions, filepath.Ext(name)) }

// isPath reports whether an argument must be a path: the file exists, or has the extension of a
// manifest.
func isPath(argument string) bool {
	return argument == stdinPath || hasExtension(argument) || disk.Exists(argument)
}
