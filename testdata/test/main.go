// SPDX-License-Identifier: Apache-2.0

// Command test runs the tests of the modules in some folders, for `make test`. It prints each
// package as it ends, and each failing test with its output. At the end it counts, and names what
// was missing, with the skipped tests. Arguments that begin with a hyphen are for `go test`. If
// ASKED names a file, it writes a flag there. The flag repeats the tests that asked for a program
// that may be missing.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

func main() {
	var folders, flags []string
	for _, argument := range os.Args[1:] {
		if strings.HasPrefix(argument, "-") {
			flags = append(flags, argument)
		} else {
			folders = append(folders, argument)
		}
	}
	c := newCount(os.Stdout)
	for _, folder := range folders {
		if err := c.run(folder, flags); err != nil {
			fmt.Fprintln(os.Stderr, "test:", err)
			os.Exit(1)
		}
	}
	if file := os.Getenv("ASKED"); file != "" {
		names := slices.Sorted(maps.Keys(c.asked))
		if err := os.WriteFile(file, []byte("-run=^("+strings.Join(names, "|")+")$"), 0o644); err != nil {
			fmt.Fprintln(os.Stderr, "test:", err)
			os.Exit(1)
		}
	}
	if !c.summary() {
		os.Exit(1)
	}
}

// run runs the tests of a module. Failing tests are not an error.
func (c *count) run(folder string, flags []string) error {
	cmd := exec.Command("go", slices.Concat([]string{"test", "-json", "-count=1", "-timeout=20m"}, flags, []string{"./..."}, below(folder))...)
	cmd.Dir, cmd.Stderr = folder, os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	if err := c.read(out); err != nil {
		return err
	}
	err = cmd.Wait()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		c.failedRun = true
		return nil
	}
	return err
}

// below returns the packages with tests in testdata: ./... skips them. A folder there with a go.mod
// is another module.
func below(folder string) (packages []string) {
	files, _ := filepath.Glob(filepath.Join(folder, "testdata", "*", "*_test.go"))
	for _, file := range files {
		dir := filepath.Dir(file)
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err != nil {
			packages = append(packages, "./testdata/"+filepath.Base(dir))
		}
	}
	return slices.Compact(packages)
}

// read counts the events of `go test -json`.
func (c *count) read(events io.Reader) error {
	decoder := json.NewDecoder(events)
	for {
		var e event
		switch err := decoder.Decode(&e); err {
		case nil:
			c.add(e)
		case io.EOF:
			return nil
		default:
			return fmt.Errorf("what go test prints: %w", err)
		}
	}
}
