// SPDX-License-Identifier: Apache-2.0

package function

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/docker/docker-credential-helpers/client"
	"github.com/docker/docker-credential-helpers/credentials"

	"calico-pull-secrets/internal/registry"
)

// autoDockerConfig as a file means the one that docker or podman would read.
const autoDockerConfig = "auto"

// dockerCredentials returns the credentials in the file that `docker login` or
// `podman login` wrote, or in the credential helpers that it names: that of the
// server, or if none is given those that kubelet would use for the images, and no
// others. The error names servers and helpers and nothing else of the file.
func dockerCredentials(file, server string, images []string) (auths, error) {
	d, err := readDockerConfig(file)
	if err != nil {
		return nil, err
	}
	if server != "" {
		for _, stored := range d.storedFor(server) {
			c, err := d.get(stored)
			if err != nil {
				return nil, err
			}
			if c != nil {
				return auths{server: *c}, nil
			}
		}
		return nil, fmt.Errorf("has no credential for %s%s", registry.Endpoint(server), d.has())
	}
	if len(images) == 0 {
		return nil, errors.New("which credentials are needed cannot be seen, as there are no images here: set secret.server")
	}
	found := auths{}
	for _, image := range images {
		for _, stored := range registry.Matches(d.servers(), image) {
			c, err := d.get(stored)
			if err != nil {
				return nil, err
			}
			if c != nil {
				found[stored] = *c
				break
			}
		}
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("has no credential for %s%s", strings.Join(hostsOf(images), ", "), d.has())
	}
	return found, nil
}

// A dockerConfig is what matters of docker's config.json, and of podman's auth.json.
type dockerConfig struct {
	Auths map[string]struct {
		registry.Entry
		IdentityToken string `json:"identitytoken"`
		RegistryToken string `json:"registrytoken"`
	} `json:"auths"`
	CredHelpers map[string]string `json:"credHelpers"` // by server
	CredsStore  string            `json:"credsStore"`  // the helper for all others

	listed []string // the servers that the credsStore knows, once it has been asked
	asked  []string // the servers that get has been called for
}

func readDockerConfig(file string) (*dockerConfig, error) {
	if file == autoDockerConfig {
		var err error
		if file, err = findDockerConfig(); err != nil {
			return nil, err
		}
	}
	text, err := readFile(file)
	if err != nil {
		return nil, err
	}
	var d dockerConfig
	if json.Unmarshal([]byte(text), &d) != nil {
		return nil, fmt.Errorf("%s is not the JSON of a docker config", fileName(file))
	}
	return &d, nil
}

// findDockerConfig returns the file that docker or podman would read: where
// variables say, else where either keeps it.
func findDockerConfig() (string, error) {
	if path := os.Getenv("REGISTRY_AUTH_FILE"); path != "" {
		return path, nil
	}
	if dir := os.Getenv("DOCKER_CONFIG"); dir != "" {
		return filepath.Join(dir, "config.json"), nil
	}
	tried := []string{expandHome("~/.docker/config.json")}
	if dir := os.Getenv("XDG_RUNTIME_DIR"); dir != "" {
		tried = append(tried, filepath.Join(dir, "containers", "auth.json"))
	}
	tried = append(tried, expandHome("~/.config/containers/auth.json"))
	for _, path := range tried {
		if info, err := os.Stat(path); err == nil && !info.IsDir() {
			return path, nil
		}
	}
	return "", fmt.Errorf("auto found no file: neither REGISTRY_AUTH_FILE nor DOCKER_CONFIG is set, and there is none of %s: run docker login", strings.Join(tried, ", "))
}

// servers returns what there may be a credential for, sorted.
func (d *dockerConfig) servers() []string {
	all := slices.Concat(slices.Collect(maps.Keys(d.Auths)), slices.Collect(maps.Keys(d.CredHelpers)), d.list())
	slices.Sort(all)
	return slices.Compact(all)
}

// list returns the servers that the credential store knows. None if it cannot
// say: then those count that the file names.
func (d *dockerConfig) list() []string {
	if d.CredsStore == "" || d.listed != nil {
		return d.listed
	}
	d.listed = []string{}
	program, _, err := helper(d.CredsStore)
	if err != nil {
		return d.listed
	}
	if known, err := client.List(program); err == nil {
		d.listed = slices.Collect(maps.Keys(known))
	}
	return d.listed
}

// storedFor returns the servers under which the credential for a server may be
// stored: docker and podman write https://index.docker.io/v1/ and docker.io.
func (d *dockerConfig) storedFor(server string) []string {
	repository := strings.TrimSuffix(registry.Endpoint(server), "/") + "/any"
	if rest, isHub := strings.CutPrefix(repository, "index.docker.io/"); isHub {
		repository = "docker.io/" + rest
	}
	stored := []string{server}
	for _, s := range registry.Matches(d.servers(), repository) {
		if s != server {
			stored = append(stored, s)
		}
	}
	return stored
}

// has returns what else the file has credentials for, for an error.
func (d *dockerConfig) has() string {
	others := slices.DeleteFunc(d.servers(), func(s string) bool { return slices.Contains(d.asked, s) })
	endpoints := each(others, registry.Endpoint)
	if len(endpoints) == 0 {
		return ", nor for any other registry: run docker login"
	}
	return ", only for " + enumerate(endpoints)
}

// get returns the credential for a server, nil if there is none. As for docker, a
// helper wins over what is in the file.
func (d *dockerConfig) get(server string) (*credential, error) {
	d.asked = append(d.asked, server)
	of := "the credential for " + registry.Endpoint(server)
	name := d.CredHelpers[server]
	if name == "" {
		name = d.CredsStore
	}
	entry := d.Auths[server]
	var c *credential
	if name != "" {
		var err error
		if c, err = askHelper(name, server); err != nil {
			return nil, err
		}
	}
	if c == nil {
		if entry.IdentityToken != "" || entry.RegistryToken != "" {
			return nil, fmt.Errorf("%s is %s", of, isToken)
		}
		if entry.Auth != "" {
			var err error
			if entry.Username, entry.Password, err = registry.SplitAuth(strings.TrimRight(entry.Auth, "\r\n ")); err != nil {
				return nil, fmt.Errorf("%s %w", of, err)
			}
		}
		if entry.Username == "" && entry.Password == "" {
			return nil, nil
		}
		c = &credential{entry.Username, entry.Password}
	}
	if c.username == tokenUsername {
		return nil, fmt.Errorf("%s is %s", of, isToken)
	}
	for _, value := range []string{c.username, c.password} {
		if err := checkValue(value); err != nil {
			return nil, fmt.Errorf("%s %w", of, err)
		}
	}
	if strings.Contains(c.username, ":") {
		return nil, fmt.Errorf("the user name of %s %s", of, hasColon)
	}
	return c, nil
}

// tokenUsername is what helpers say for the user name of an identity token.
const tokenUsername = "<token>"

const isToken = "an identity token, which kubelet ignores: log in with a password or an access token"

var helperName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*$`)

// helperTimeout is how long a helper may take: some ask for a password. It is
// replaced by tests.
var helperTimeout = 10 * time.Second

// askHelper returns what the helper of a name has for a server, nil if nothing.
func askHelper(name, server string) (*credential, error) {
	program, run, err := helper(name)
	if err != nil {
		return nil, err
	}
	found, err := client.Get(program, server)
	switch { // what the helper says may be the password, so it is not quoted
	case credentials.IsErrCredentialsNotFound(err):
		return nil, nil
	case run.timedOut:
		return nil, fmt.Errorf("docker-credential-%s gave no answer within %v for %s", name, helperTimeout, registry.Endpoint(server))
	case err != nil:
		return nil, fmt.Errorf("docker-credential-%s failed for %s: try docker-credential-%s get by hand", name, registry.Endpoint(server), name)
	}
	return &credential{found.Username, found.Secret}, nil
}

// helper returns how to run the helper of a name, and what will be known of the run.
func helper(name string) (client.ProgramFunc, *helperRun, error) {
	if !helperName.MatchString(name) {
		return nil, nil, errors.New("names a credential helper that cannot be the name of a program")
	}
	path, err := exec.LookPath("docker-credential-" + name)
	if err != nil {
		return nil, nil, fmt.Errorf("the credential is in docker-credential-%s, which is not on PATH%s", name, inContainer("a container has no credential helpers, so use exec"))
	}
	run := &helperRun{path: path}
	return func(arguments ...string) client.Program {
		run.arguments = arguments
		return run
	}, run, nil
}

// A helperRun is one run of a credential helper, which ends in time.
type helperRun struct {
	path      string
	arguments []string
	input     io.Reader
	timedOut  bool
}

func (r *helperRun) Input(in io.Reader) { r.input = in }

// Output returns what the helper writes to stdout. What it writes to stderr is
// dropped: nobody knows what it is.
func (r *helperRun) Output() ([]byte, error) {
	ctx, cancel := context.WithTimeout(context.Background(), helperTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, r.path, r.arguments...)
	cmd.Stdin = r.input
	cmd.WaitDelay = time.Second // for children that keep the pipe open
	out, err := cmd.Output()
	r.timedOut = ctx.Err() != nil
	return out, err
}
