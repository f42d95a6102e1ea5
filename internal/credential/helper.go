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
)

const helperPrefix = "docker-credential-"

var helperName = lazyRegexp(`^[A-Za-z0-9][A-Za-z0-9._-]*$`)

// helperTimeout is how long a helper may take: some ask for a password. It is
// replaced by tests.
var helperTimeout = 10 * time.Second

// askHelper returns what the helper of a name has for a server, nil if nothing.
// The registry is the server as errors may show it.
func askHelper(name, server, registry string, a Access) (*Credential, error) {
	run, err := newHelperRun(name, a)
	if err != nil {
		return nil, err
	}
	found, err := client.Get(run.program, server)
	switch { // what the helper says may be the password, so it is not quoted
	case run.problem != "":
		return nil, fmt.Errorf("%s %s for %s", helperTitle(name), run.problem, registry)
	case credentials.IsErrCredentialsNotFound(err):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("%s failed for %s: try %s get by hand", helperTitle(name), registry, helperTitle(name))
	}
	return &Credential{found.Username, found.Secret}, nil
}

// listHelper returns the servers that the helper of a name knows, none if it
// cannot say.
func listHelper(name string, a Access) []string {
	servers := []string{}
	if run, err := newHelperRun(name, a); err == nil {
		if known, err := client.List(run.program); err == nil {
			servers = slices.AppendSeq(servers, maps.Keys(known))
		}
	}
	return servers
}

// A helperRun is one run of a credential helper, which ends in time and in bytes.
type helperRun struct {
	path      string
	arguments []string
	input     io.Reader
	problem   string // what it did that has no place in the protocol
}

func newHelperRun(name string, a Access) (*helperRun, error) {
	if !helperName().MatchString(name) {
		return nil, errors.New("names a credential helper that cannot be the name of a program")
	}
	if !a.allowsHelper(name) {
		return nil, fmt.Errorf("the credential is in %s, which is not run with --allow-env or --allow-files: leave these out, or use a login without a helper", helperTitle(name))
	}
	path, err := exec.LookPath(helperPrefix + name)
	if err != nil {
		return nil, inContainer(fmt.Errorf("the credential is in %s, which is not on PATH", helperTitle(name)), "a container has no credential helpers: use exec")
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

// Output returns what the helper writes to stdout. What it writes to stderr is
// dropped: nobody knows what it is.
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
	case errors.Is(err, exec.ErrWaitDelay): // it has succeeded, and left a child behind
		err = nil
	}
	if r.problem != "" {
		return nil, errors.New(r.problem)
	}
	return out.taken.Bytes(), err
}

// A boundedBuffer takes as much as a value may have. Then it calls full, once, and
// takes no more.
type boundedBuffer struct {
	taken     bytes.Buffer // not embedded: its ReadFrom has no bound
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
