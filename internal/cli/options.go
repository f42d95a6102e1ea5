// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/calico-pull-secrets/function"
	"example.com/calico-pull-secrets/internal/allowance"
	"example.com/calico-pull-secrets/internal/config"
	"example.com/calico-pull-secrets/internal/finding"
)

// options are what the command line asks for.
type options struct {
	help, version, doc        bool
	schema, auditSchema       bool // of the configuration, of what --output json prints
	write, check, diff, audit bool
	remove                    bool // what is there instead of adding
	each                      bool // every path is a set of its own
	build                     bool // kustomizations are built, each a set of its own
	quiet                     bool
	exitZero                  bool // findings that fail leave the exit code 0
	outputs                   []output
	stdinName                 string   // what stdin is called
	config                    string   // the file with the configuration
	noConfig                  bool     // that of the repository does not count
	noAnnotations             bool     // those of objects let nothing pass
	exclude                   []string // globs
	baseline                  string   // the file with what may stay
	updateBaseline            bool     // it is written
	today                     string   // the day that ends exceptions; empty if not said
	buildRoot                 string   // the folder that builds read; empty if not said
	with                      []string // what helps each set
	allowEnv, allowFiles      []string // nil: anything
	nodes, pullLimit          int      // of the pull budget; 0 if not said
	settings                  []string // FIELD=VALUE
	paths                     []string // files and folders, "-" for stdin
	modeSet                   bool     // check or audit is what the settings say, and no flag
}

// stdinPath is the FILE that means stdin.
const stdinPath = "-"

// switches returns where the flags without a value go, by name.
func (o *options) switches() map[string]*bool {
	return map[string]*bool{
		"help": &o.help, "h": &o.help, "version": &o.version, "doc": &o.doc, "schema": &o.schema, "schema=audit": &o.auditSchema,
		"write": &o.write, "w": &o.write, "check": &o.check, "diff": &o.diff, "d": &o.diff, "audit": &o.audit, "remove": &o.remove,
		"each": &o.each, "build": &o.build, "exit-zero": &o.exitZero, "quiet": &o.quiet, "q": &o.quiet,
		"no-config": &o.noConfig, "no-annotations": &o.noAnnotations, "update-baseline": &o.updateBaseline,
	}
}

// valued returns what takes the value of each flag that has one, by name.
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

func need(ok bool, otherwise string) error {
	if ok {
		return nil
	}
	return fmt.Errorf("%s", otherwise)
}

// positive reads a number from 1 on.
func positive(value string, into *int) (err error) {
	*into, err = strconv.Atoi(value)
	return need(err == nil && *into > 0 && *into <= 1_000_000, "needs a number from 1 to 1000000")
}

// appendList appends the elements of a list with commas. The result is not nil: an
// empty list allows nothing.
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

// parseOptions reads the arguments. Flags may stand anywhere before "--". The error
// names the place of an argument that is wrong, and not the argument: it may be a
// password.
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
			return o, fmt.Errorf("argument %d: --schema takes no value but audit", i+1)
		case switches[name] != nil:
			return o, fmt.Errorf("argument %d: --%s takes no value", i+1, name)
		default:
			return o, fmt.Errorf("argument %d: %s", i+1, unknownFlag(name, hasValue))
		}
	}
	return o, o.validate()
}

// addPlain adds an argument that is no flag, with its index.
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
		return fmt.Errorf("argument %d: stdin can be named once", index+1)
	case len(argument) > 1 && o.switches()[argument] != nil && !exists(argument):
		return fmt.Errorf("argument %d is no file and no command: write --%s", index+1, argument)
	case strings.Contains(argument, "://"):
		return finding.Errorf("argument %d is an address, and this program uses no network\nhint: curl -fsSL ADDRESS | %s", index+1, programName)
	case isPath(argument):
		o.paths = append(o.paths, argument)
	default:
		return noPath(argument, index)
	}
	return nil
}

// noPath says that there is no file or folder of the name that an argument is. It shows
// the name only if one of almost that name is there, for else it may be a password.
func noPath(argument string, index int) error {
	if isField(argument) {
		return finding.Errorf("argument %d: %s is a setting without a value\nhint: write %s=VALUE", index+1, argument, argument)
	}
	if near := nearPath(argument); near != "" {
		return finding.Errorf("%s: no such file or folder\nhint: did you mean %s?", argument, near)
	}
	return finding.Errorf("argument %d: no such file or folder, and no setting\nhint: a setting is FIELD=VALUE, such as secretName=regcred", index+1)
}

// nearPath returns the file or folder that a misspelt path most likely means, "" if none
// beside it has almost its name.
func nearPath(path string) string {
	folder, name := filepath.Split(filepath.Clean(path))
	entries, _ := os.ReadDir(filepath.Join(folder, "."))
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	near := finding.Closest(name, names)
	if !finding.IsNear(name, near) {
		return ""
	}
	return folder + near
}

// validate returns what is wrong with the options together.
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
		return fmt.Errorf("--output names a file that is read, or a manifest")
	case o.stdinName != "" && !isStdin(o.paths) && !slices.Contains(o.paths, stdinPath):
		return fmt.Errorf("--stdin-name goes with stdin: name - as a FILE, too")
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
		return fmt.Errorf("--config stands beside --no-config: use one of them")
	case o.buildRoot != "" && !o.build:
		return fmt.Errorf("--build-root goes with --build")
	case len(o.with) > 0 && !o.each && !o.build:
		return fmt.Errorf("--with goes with --each or --build: without them name the files among the others")
	case o.config != "" && len(o.settings) > 0:
		return fmt.Errorf("settings both in arguments and in --config: use one of them")
	}
	return nil
}

// takeMode makes the mode of the settings that of the options, so that it does not matter
// where it is said. What the input is decides it for stdin, see set.stream.
func (o *options) takeMode(c *function.Config) error {
	o.remove = o.remove || c.Mode() == function.ModeRemove && !o.audit
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
		return errors.New("--build goes with --check or --audit alone: what is built is in no file that could be changed")
	case o.build && !o.check && !o.audit:
		return errors.New("--build goes with --check or --audit")
	case o.build && o.each:
		return errors.New("--build stands beside --each: with it each kustomization is a set of its own already")
	case o.build && (len(o.paths) == 0 || slices.Contains(o.paths, stdinPath)):
		return errors.New("--build needs files or folders: what comes on stdin is built already")
	case len(o.with) > 0 && !o.check && !o.audit:
		return errors.New("--with goes with --check or --audit")
	}
	if o.nodes > 0 && !o.audit {
		return errors.New("--nodes goes with --audit")
	}
	return nil
}

// isSetting reports whether an argument is FIELD=VALUE, and not the path of a file
// that has a = in its name. That of a field is never a path: a file of that name must not
// take a setting away.
func isSetting(argument string) bool {
	field, _, found := strings.Cut(argument, "=")
	return found && (isField(field) || !exists(argument))
}

// isField reports whether a name is that of a field, or below one.
func isField(name string) bool {
	return slices.ContainsFunc(config.FieldPaths(), func(path string) bool { return name == path || strings.HasPrefix(name, path+".") })
}

// extensions are those of manifests.
var extensions = []string{".yaml", ".yml", ".json"}

// hasExtension reports whether a file is called like a manifest.
func hasExtension(name string) bool { return slices.Contains(extensions, filepath.Ext(name)) }

// isPath reports whether an argument is surely meant as a path: there is such a
// file, or it looks like the name of a manifest.
func isPath(argument string) bool {
	return argument == stdinPath || hasExtension(argument) || exists(argument)
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
