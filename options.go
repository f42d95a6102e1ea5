// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// options are what the command line asks for.
type options struct {
	help, version, doc, schema bool
	write, check, diff         bool // of files, instead of printing them
	quiet                      bool
	config                     string   // the file with the configuration
	settings                   []string // FIELD=VALUE
	paths                      []string // files and folders
}

// parseOptions reads the arguments. Flags may stand anywhere. The error names the
// place of an argument that is wrong, and not the argument: it may be a password.
func parseOptions(arguments []string) (options, error) {
	var o options
	flags := map[string]*bool{
		"help": &o.help, "h": &o.help, "version": &o.version, "doc": &o.doc, "schema": &o.schema,
		"write": &o.write, "w": &o.write, "check": &o.check, "diff": &o.diff, "d": &o.diff, "quiet": &o.quiet, "q": &o.quiet,
	}
	for i := 0; i < len(arguments); i++ {
		argument := arguments[i]
		name, isFlag := strings.CutPrefix(argument, "-")
		name = strings.TrimPrefix(name, "-")
		switch {
		case argument == "--":
		case !isFlag && isSetting(argument):
			o.settings = append(o.settings, argument)
		case !isFlag:
			if !isPath(argument) {
				return o, fmt.Errorf("argument %d is no file, and has no \"=\": write field=value, such as secretName=regcred", i+1)
			}
			o.paths = append(o.paths, argument)
		case name == "config" && i+1 < len(arguments):
			i++
			o.config = arguments[i]
		case strings.HasPrefix(name, "config="):
			o.config = strings.TrimPrefix(name, "config=")
		case name == "config":
			return o, fmt.Errorf("--config needs a file")
		case flags[name] != nil:
			*flags[name] = true
		default:
			return o, fmt.Errorf("argument %d: no such flag; fields are written FIELD=VALUE, see --help", i+1)
		}
	}
	switch {
	case o.write && (o.check || o.diff):
		return o, fmt.Errorf("--write stands beside --check or --diff: use one of them")
	case len(o.paths) == 0 && (o.write || o.check || o.diff):
		return o, fmt.Errorf("--write, --check and --diff need files or folders")
	case o.config != "" && len(o.settings) > 0:
		return o, fmt.Errorf("settings both in arguments and in --config: use one of them")
	}
	return o, nil
}

// isSetting reports whether an argument is FIELD=VALUE, and not the path of a file
// that has a = in its name.
func isSetting(argument string) bool {
	if !strings.Contains(argument, "=") {
		return false
	}
	_, err := os.Stat(argument)
	return err != nil
}

// extensions are those of manifests.
var extensions = []string{".yaml", ".yml", ".json"}

// isPath reports whether an argument is surely meant as a path: there is such a
// file, or it looks like the name of a manifest.
func isPath(argument string) bool {
	if _, err := os.Stat(argument); err == nil {
		return true
	}
	return slices.Contains(extensions, filepath.Ext(argument))
}
