// SPDX-License-Identifier: Apache-2.0

// Command calico-pull-secrets adds image pull secrets to Calico: a KRM function
// for kpt and kustomize, and a filter for manifests. See the README.
package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"
	"github.com/go-logr/logr"
	"k8s.io/klog/v2"

	"calico-pull-secrets/function"
)

const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
)

const program = "calico-pull-secrets"

// version is set by the linker.
var version = "dev"

const usage = `calico-pull-secrets adds imagePullSecrets to Calico's manifests, and the Secret

  calico-pull-secrets [FIELD=VALUE ...] < calico.yaml      manifests, or a ResourceList
  calico-pull-secrets [FLAGS] [FIELD=VALUE ...] FILE|FOLDER ...
  kpt fn eval DIR --exec calico-pull-secrets -- secretName=regcred
  kustomize build DIR --enable-alpha-plugins --enable-exec

  --write         change the files
  --check         print which files would change; exit 1 if any would
  --diff          print the changes, for git apply and patch -p1
  --config FILE   a CalicoPullSecrets or ConfigMap instead of FIELD=VALUE
  --quiet         warnings and errors only
  --help, --version, --schema (of the configuration, for editors), --doc (JSON)

fields, with their defaults
  secretName=regcred                        the Secret that pods reference
  targets=calico-node                       presets or Kind/name, with commas between:
                                            calico-node, canal, operator, calico
  onMissing=error                           a target is missing: error, warn or ignore
  preflight=warn                            findings of the checks: error, warn or ignore
  secret.usernameEnv=NAME                   any field of secret: emit the Secret, too
  secret.passwordEnv=NAME                   or secret.dockerConfigFile=auto
  secret.server=https://index.docker.io/v1/
  secret.path=FILE                          where --write puts the Secret
  and more: see the README

examples
  curl -sSL https://raw.githubusercontent.com/projectcalico/calico/v3.30.7/manifests/calico.yaml |
    calico-pull-secrets secretName=regcred | kubectl apply -f -
  calico-pull-secrets --write manifests/calico.yaml secretName=regcred
  calico-pull-secrets --check manifests/
`

func main() {
	klog.SetLogger(logr.Discard()) // the SDK's remarks on values of another type than it asked for
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run is the program without the process around it. It returns the exit code.
func run(arguments []string, stdin io.Reader, stdout, stderr io.Writer) int {
	say := func(message string) { fmt.Fprintf(stderr, "%s: %s\n", program, message) }
	o, err := parseOptions(arguments)
	switch {
	case err != nil:
		say(err.Error())
		return exitUsage
	case o.help:
		fmt.Fprint(stdout, usage)
		return exitOK
	case o.version:
		fmt.Fprintln(stdout, program, version)
		return exitOK
	case o.schema:
		_, _ = stdout.Write(function.JSONSchema())
		return exitOK
	case o.doc:
		fmt.Fprint(stdout, doc())
		return exitOK
	case len(arguments) == 0 && isTerminal(stdin):
		fmt.Fprint(stderr, usage)
		return exitUsage
	}
	config, err := configOf(o)
	if err != nil {
		say(err.Error())
		return exitUsage
	}
	if len(o.paths) > 0 {
		t := fileTool{options: o, settings: config, stdout: stdout, say: say}
		return t.run()
	}
	input, err := readAll(stdin)
	if err != nil {
		say("cannot read stdin: " + err.Error())
		return exitFailed
	}
	report := function.Filter(input, config)
	for _, message := range report.Messages {
		if !o.quiet || isUrgent(message) {
			say(message)
		}
	}
	out := bufio.NewWriter(stdout) // hands large pieces through, gathers small ones
	for _, piece := range report.Output {
		_, _ = out.Write(piece) // Flush says what went wrong
	}
	if err := out.Flush(); err != nil {
		say("cannot write stdout: " + err.Error())
		return exitFailed
	}
	if !report.OK {
		return exitFailed
	}
	return exitOK
}

// configOf returns the configuration that the options give, nil if none.
func configOf(o options) (*fn.KubeObject, error) {
	if o.config == "" {
		return function.ArgumentsConfig(o.settings)
	}
	text, err := os.ReadFile(o.config)
	if err != nil {
		return nil, fmt.Errorf("--config %s: %s", o.config, problemOf(err))
	}
	config, err := function.ReadConfig(text)
	if err != nil {
		return nil, fmt.Errorf("--config %s: %w", o.config, err)
	}
	return config, nil
}

// isUrgent reports whether a message is more than information.
func isUrgent(message string) bool {
	return strings.HasPrefix(message, "error: ") || strings.HasPrefix(message, "warning: ")
}

// readAll returns what r has. It takes memory in large steps: what is not written
// to costs nothing, and of what is read little is copied. The garbage collector
// would count all of it, so it is told to let garbage grow to less than half the size
// of what was read.
func readAll(r io.Reader) ([]byte, error) {
	const first, second, factor = 512 << 10, 32 << 20, 4
	b := make([]byte, 0, first)
	for {
		n, err := r.Read(b[len(b):cap(b)])
		b = b[:len(b)+n]
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if len(b) == cap(b) {
			b = append(make([]byte, 0, max(second, factor*cap(b))), b...)
		}
	}
	if cap(b) > first {
		debug.SetGCPercent(max(25, 40*len(b)/cap(b)))
	}
	return b, nil
}
