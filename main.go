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
  kpt fn eval DIR --exec calico-pull-secrets -- secretName=regcred
  kustomize build DIR --enable-alpha-plugins --enable-exec

  --help       this text
  --version    the version

fields, with their defaults
  secretName=regcred                        the Secret that pods reference
  targets=calico-node                       presets or Kind/name, with commas between
  onMissing=error                           a target is missing: error, warn or ignore
  secret.usernameEnv=NAME                   any field of secret: emit the Secret, too
  secret.passwordEnv=NAME                   or secret.usernameFile, secret.passwordFile
  secret.server=https://index.docker.io/v1/
  and more: see the README

example
  export DOCKERHUB_USERNAME=… DOCKERHUB_TOKEN=…
  calico-pull-secrets secret.usernameEnv=DOCKERHUB_USERNAME \
    secret.passwordEnv=DOCKERHUB_TOKEN < calico.yaml | kubectl apply -f -
`

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run is the program without the process around it. It returns the exit code.
func run(arguments []string, stdin io.Reader, stdout, stderr io.Writer) int {
	say := func(message string) { fmt.Fprintf(stderr, "%s: %s\n", program, message) }
	for i, argument := range arguments {
		switch {
		case argument == "--help", argument == "-h":
			fmt.Fprint(stdout, usage)
			return exitOK
		case argument == "--version":
			fmt.Fprintln(stdout, program, version)
			return exitOK
		case strings.HasPrefix(argument, "-"):
			say(fmt.Sprintf("argument %d: no such flag; fields are written FIELD=VALUE, see --help", i+1))
			return exitUsage
		}
	}
	config, err := function.ArgumentsConfig(arguments)
	if err != nil {
		say(err.Error())
		return exitUsage
	}
	input, err := readAll(stdin)
	if err != nil {
		say("cannot read stdin: " + err.Error())
		return exitFailed
	}
	report := function.Filter(input, config)
	for _, message := range report.Messages {
		say(message)
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

// readAll returns what r has. It takes memory in large steps: what is not written
// to costs nothing, and of what is read little is copied. The garbage collector
// would count all of it, so it is told to let garbage grow to about half the size of
// what was read.
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
		debug.SetGCPercent(max(25, 60*len(b)/cap(b)))
	}
	return b, nil
}
