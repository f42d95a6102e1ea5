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

	"example.com/calico-pull-secrets/function"
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

// valued returns the setter of each flag with a value, by name.
func (o *options) valued() map[string]func(value string) error {
	return map[string]func(string) error{
		"config": func(value string) error {
			o.config = value
			return need(value != "", "needs a file")
		},
		"output": o.addOutput,
		"stdin-name": func(value string) error {
			o.stdinName = value
			return need(value != "", "needs a name")
		},
		"nodes":      func(value string) error { return positive(value, &o.nodes) },
		"pull-limit": func(value string) error { return positive(value, &o.pullLimit) },
		"exclude": func(value string) error {
			o.exclude = append(o.exclude, value)
			return need(value != "" && allowance.IsGlob(value), "needs a glob, such as 'charts/**'")
		},
		"baseline": func(value string) error {
			o.baseline = value
			return need(value != "", "needs a file")
		},
		"today": func(value string) error {
			o.today = value
			_, err := time.Parse(time.DateOnly, value)
			return need(err == nil, "needs a date, such as 2027-03-31")
		},
		"build-root": func(value string) error {
			o.buildRoot = value
			return need(value != "", "needs a folder")
		},
		"with": func(value string) error {
			o.with = append(o.with, value)
			return need(value != stdinPath && value != "", "needs a file or folder")
		},
		"allow-env":   func(value string) error { o.allowEnv = appendList(o.allowEnv, value); return nil },
		"allow-files": func(value string) error { o.allowFiles = appendList(o.allowFiles, value); return nil },
	}
}

// flagNames returns the names of all flags, sorted.
func flagNames() []string {
	var o options
	names := append(slices.Collect(maps.Keys(o.switches())), slices.Collect(maps.Keys(o.valued()))...)
	slices.Sort(names)
	return names
}

func need(ok bool, otherwise string) error {
	if ok {
		return nil
	}
	return fmt.Errorf("%s", otherwise)
}

// positive reads a number from 1 to 1,000,000.
func positive(value string, into *int) (err error) {
	*into, err = strconv.Atoi(value)
	return need(err == nil && *into > 0 && *into <= 1_000_000, "needs a number from 1 to 1000000")
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
// of a wrong argument, never its text: the text may be a password.
func parseOptions(arguments []string) (options, error) {
	var o options
	switches, valued := o.switches(), o.valued()
	fields := map[string]bool{}
	for i := 0; i < len(arguments); i++ {
		argument := arguments[i]
		if argument == "--" {
			for j := i + 1; j < len(arguments); j++ {
				if err := o.addPlain(arguments[j], j, fields); err != nil {
					return o, err
				}
			}
			break
		}
		if argument == stdinPath || !strings.HasPrefix(argument, "-") {
			if err := o.addPlain(argument, i, fields); err != nil {
				return o, err
			}
			continue
		}
		argument = strings.TrimPrefix(strings.TrimPrefix(argument, "-"), "-")
		if flag := switches[argument]; flag != nil {
			*flag = true
			continue
		}
		name, value, hasValue := strings.Cut(argument, "=")
		switch set, known := valued[name]; {
		case known && !hasValue && i+1 == len(arguments):
			return o, fmt.Errorf("--%s needs a value", name)
		case known:
			if !hasValue {
				i++
				value = arguments[i]
			}
			if err := set(value); err != nil {
				return o, fmt.Errorf("--%s %w", name, err)
			}
		case name == "schema":
			return o, fmt.Errorf("argument %d: --schema takes no value except audit", i+1)
		case switches[name] != nil:
			return o, fmt.Errorf("argument %d: --%s takes no value", i+1, name)
		default:
			return o, fmt.Errorf("argument %d: %s", i+1, typo.Flag(name, hasValue, flagNames()))
		}
	}
	return o, o.validate()
}

// addPlain adds an argument that is no flag. index counts from 0.
func (o *options) addPlain(argument string, index int, fields map[string]bool) error {
	switch {
	case isSetting(argument):
		field, _, _ := strings.Cut(argument, "=")
		if fields[field] {
			return fmt.Errorf("argument %d sets a field again", index+1)
		}
		fields[field] = true
		o.settings = append(o.settings, argument)
	case argument == stdinPath && slices.Contains(o.paths, stdinPath):
		return fmt.Errorf("argument %d: name stdin only once", index+1)
	case len(argument) > 1 && o.switches()[argument] != nil && !disk.Exists(argument):
		return fmt.Errorf("argument %d is neither a file nor a command: write --%s", index+1, argument)
	case strings.Contains(argument, "://"):
		return finding.Errorf("argument %d is an address, and this program uses no network\nhint: curl -fsSL ADDRESS | %s", index+1, programName)
	case isPath(argument):
		o.paths = append(o.paths, argument)
	default:
		return noPath(argument, index)
	}
	return nil
}

// noPath returns the error for an argument that is no file and no setting. It shows the argument
// only if a file with almost that name exists: any other text may be a password.
func noPath(argument string, index int) error {
	if isField(argument) {
		return finding.Errorf("argument %d: %s is a setting without a value\nhint: write %s=VALUE", index+1, argument, argument)
	}
	if near := typo.Path(argument); near != "" {
		return finding.Errorf("%s: no such file or folder\nhint: did you mean %s?", argument, near)
	}
	return finding.Errorf("argument %d: no such file or folder, and no setting\nhint: a setting is FIELD=VALUE, such as secretName=regcred", index+1)
}

// validate returns an error if the options do not fit together.
func (o *options) validate() error {
	reads := o.check || o.diff || o.audit
	switch {
	case o.write && reads:
		return fmt.Errorf("--write does not go with --check, --diff or --audit: use one of them")
	case o.audit && (o.check || o.diff || o.remove):
		return fmt.Errorf("--audit does not go with --check, --diff or --remove: use one of them")
	case o.write && (len(o.paths) == 0 || slices.Contains(o.paths, stdinPath)):
		return fmt.Errorf("--write needs files or folders: stdin cannot be written")
	case len(o.outputs) > 0 && (o.diff || !o.check && !o.audit && len(o.settings) == 0 && o.config == ""):
		return fmt.Errorf("--output goes with --check or --audit")
	case slices.ContainsFunc(o.outputs, func(to output) bool { return o.reads(to.file) }):
		return fmt.Errorf("--output would replace an input or a manifest")
	case o.stdinName != "" && !isStdin(o.paths) && !slices.Contains(o.paths, stdinPath):
		return fmt.Errorf("--stdin-name needs stdin: add - to the files")
	case o.pullLimit > 0 && o.nodes == 0:
		return errors.New("--pull-limit goes with --nodes")
	case o.each && !o.write && !reads:
		return fmt.Errorf("--each goes with --write, --check, --diff or --audit")
	case o.each && len(o.paths) == 0:
		return fmt.Errorf("--each needs files or folders: each is a set of its own")
	case o.updateBaseline && o.baseline == "":
		return fmt.Errorf("--update-baseline needs --baseline FILE")
	case len(o.exclude) > 0 && isStdin(o.paths):
		return fmt.Errorf("--exclude needs folders: stdin has no files")
	case o.config != "" && o.noConfig:
		return fmt.Errorf("--config does not go with --no-config: use one of them")
	case o.buildRoot != "" && !o.build:
		return fmt.Errorf("--build-root goes with --build")
	case len(o.with) > 0 && !o.each && !o.build:
		return fmt.Errorf("--with goes with --each or --build: without them name the files themselves")
	case o.config != "" && len(o.settings) > 0:
		return fmt.Errorf("settings both in arguments and in --config: use one of them")
	}
	return nil
}

// takeMode sets the options from the mode of the configuration, if no flag does: both ways do the
// same. For stdin the form of the input decides: see set.stream. It returns an error if other
// options do not fit the mode.
func (o *options) takeMode(c *function.Config) error {
	o.remove = o.remove || c.Mode() == function.ModeRemove && !o.audit
	o.check = o.check || c.Mode() == function.ModeCheck && (o.diff || o.remove) && !o.write
	if !o.write && !o.check && !o.diff && !o.audit && !o.remove {
		mode := c.Mode()
		o.audit = mode == function.ModeAudit
		o.check = mode == function.ModeCheck && !isStdin(o.paths)
		o.modeSet = o.audit || o.check
	}
	switch {
	case len(o.outputs) > 0 && !o.check && !o.audit:
		return errors.New("--output goes with --check or --audit")
	case (o.baseline != "" || o.noAnnotations || o.today != "") && !o.audit:
		return errors.New("--baseline, --no-annotations and --today go with --audit")
	case o.noConfig && !o.check && !o.audit:
		return errors.New("--no-config goes with --check or --audit")
	case o.build && (o.write || o.diff):
		return errors.New("--build goes only with --check or --audit: a build has no files to change")
	case o.build && !o.check && !o.audit:
		return errors.New("--build goes with --check or --audit")
	case o.build && o.each:
		return errors.New("--build does not go with --each: --build makes each kustomization a set of its own")
	case o.build && (len(o.paths) == 0 || slices.Contains(o.paths, stdinPath)):
		return errors.New("--build needs files or folders: manifests on stdin are built already")
	case len(o.with) > 0 && !o.check && !o.audit:
		return errors.New("--with goes with --check or --audit")
	}
	if o.nodes > 0 && !o.audit {
		return errors.New("--nodes goes with --audit")
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
