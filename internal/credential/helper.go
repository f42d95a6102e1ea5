// SPDX-License-Identifier: Apache-2.0

package credential

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os/exec"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/docker/docker-credential-helpers/client"
	"github.com/docker/docker-credential-helpers/credentials"

	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/lazy"
)

const helperPrefix = "docker-credential-"

var helperName = lazy.Regexp(`^[A-Za-z0-9][A-Za-z0-9._-]*$`)

// helperTimeout is the time limit for a helper. Some helpers ask for a password. Tests
// replace it.
var helperTimeout = 10 * time.Second

// askHelper returns the credential that a helper has for a server, nil if it has none.
// registry is the name of the server for errors.
func askHelper(name, server, registry string, a Access) (*Credential, error) {
	run, err := newHelperRun(name, a)
	if err != nil {
		return nil, err
	}
	found, err := client.Get(run.program, server)
	switch { // the helper's text may be the password, so errors do not quote it
	case run.problem != "":
		return nil, fmt.Errorf("%s %s for %s", helperTitle(name), run.problem, registry)
	case credentials.IsErrCredentialsNotFound(err):
		return nil, nil
	case err != nil:
		return nil, finding.Errorf("%s failed for %s\nhint: run its command get by hand", helperTitle(name), registry)
	}
	return &Credential{found.Username, found.Secret}, nil
}

// listHelper returns the servers that a helper knows, none if it cannot list them.
func listHelper(name string, a Access) []string {
	servers := []string{}
	if run, err := newHelperRun(name, a); err == nil {
		if known, err := client.List(run.program); err == nil {
			servers = slices.AppendSeq(servers, maps.Keys(known))
		}
	}
	return servers
}

// A helperRun is one run of a credential helper, with limits for time and bytes.
type helperRun struct {
	path      string
	arguments []string
	input     io.Reader
	problem   string // how it broke the protocol
}

func newHelperRun(name string, a Access) (*helperRun, error) {
	if !helperName().MatchString(name) {
		return nil, errors.New("names a credential helper that cannot be the name of a program")
	}
	if !a.allowsHelper(name) {
		return nil, finding.Errorf("the credential is in %s, and --allow-env and --allow-files forbid helpers\nhint: leave these out, or use a login without a helper", helperTitle(name))
	}
	path, err := exec.LookPath(helperPrefix + name)
	if err != nil {
		missing := finding.Errorf("the credential is in %s, which is not on PATH\nhint: install it, or set secret.usernameEnv and secret.passwordEnv instead", helperTitle(name))
		return nil, inContainer(missing, "a container has no credential helpers: use exec")
	}
	return &helperRun{path: path}, nil
}

// program is a client.ProgramFunc.
func (r *helperRun) program(arguments ...string) client.Program {
	r.arguments = arguments
	return r
}

// Input sets what the helper reads.
func (r *helperRun) Input(in io.Reader) { r.input = in }

// Output returns the stdout of the helper. It drops the stderr, which may have anything
// in it.
func (r *helperRun) Output() ([]byte, error) {
	ctx, stop := context.WithTimeout(context.Background(), helperTimeout)
	defer stop()
	out := boundedBuffer{full: stop}
	cmd := exec.CommandContext(ctx, r.path, r.arguments...)
	cmd.Stdin = r.input
	cmd.Stdout = &out
	cmd.WaitDelay = time.Second // for children that keep the pipe open
	endWithChildren(cmd)
	err := cmd.Run()
	switch {
	case out.overflown:
		r.problem = "gave more than 1 MiB"
	case ctx.Err() != nil:
		r.problem = fmt.Sprintf("gave no answer within %v", helperTimeout)
	case !utf8.Valid(out.taken.Bytes()):
		r.problem = "gave an answer that is not valid UTF-8"
	case errors.Is(err, exec.ErrWaitDelay): // the helper succeeded and left a child running
		err = nil
	}
	if r.problem != "" {
		return nil, errors.New(r.problem)
	}
	return out.taken.Bytes(), err
}

// A boundedBuffer takes as many bytes as a value may have. Then it calls full once and
// takes no more.
type boundedBuffer struct {
	taken     bytes.Buffer // not embedded: its ReadFrom has no limit
	full      func()
	overflown bool
}

func (b *boundedBuffer) Write(p []byte) (int, error) {
	if b.taken.Len()+len(p) > maxValue {
		if !b.overflown {
			b.overflown = true
			b.full()
		}
		return 0, io.ErrShortWrite
	}
	return b.taken.Write(p)
}
