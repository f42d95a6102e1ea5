// SPDX-License-Identifier: Apache-2.0

package credential

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/lazy"
	"example.com/calico-pull-secrets/internal/pull"
)

// Docker is docker's config.json or podman's auth.json, with the credential helpers that
// it names. It asks each helper once for each server. Several goroutines must not use it
// at the same time.
type Docker struct {
	config config
	access Access

	listed  []string // the servers in the credsStore; nil until somebody asks it
	answers map[string]answer
	images  []string // the registries of the images, which are not secret
}

// An answer is the credential for a server, nil if there is none.
type answer struct {
	credential *Credential
	err        error
}

// OpenDocker reads the file that `docker login` or `podman login` wrote. The file "auto"
// means the one that docker or podman would read. OpenDocker does not ask any helper yet.
// The errors of OpenDocker and of the Docker name registries and helpers. They quote
// nothing of the file.
func OpenDocker(file string, a Access) (*Docker, error) {
	c, err := readConfig(file, a)
	if err != nil {
		return nil, err
	}
	return &Docker{config: c, access: a, answers: map[string]answer{}}, nil
}

// ForServer returns the credential for a server, with the server as its only key. It also
// finds a credential under another name of Docker Hub. It returns an error if there is no
// credential.
func (d *Docker) ForServer(server string) (map[string]Credential, error) {
	for _, stored := range d.storedFor(server) {
		c, err := d.get(stored)
		if err != nil {
			return nil, err
		}
		if c != nil {
			return map[string]Credential{server: *c}, nil
		}
	}
	return nil, d.none(d.registry(server))
}

// ForImages returns the credentials that kubelet would use for the repositories, such as
// docker.io/calico/node, and no others. The keys are the servers in the file. ForImages
// skips a repository without a credential. It returns an error if none of them has a
// credential, or if there are no repositories.
//
// A server may contain a user name and password: https://joe:PASSWORD@quay.io. So nobody
// may show the keys.
func (d *Docker) ForImages(repositories []string) (map[string]Credential, error) {
	if len(repositories) == 0 {
		return nil, finding.Errorf("there are no images here, so the program cannot tell which credentials it needs\nhint: set secret.server")
	}
	d.images = finding.Unique(repositories, pull.Host)
	found := map[string]Credential{}
	for _, repository := range repositories {
		for _, stored := range pull.Matches(d.servers(), repository) {
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
		return nil, d.none(strings.Join(d.images, ", "))
	}
	return found, nil
}

// servers returns the servers that may have a credential, sorted, each once.
func (d *Docker) servers() []string {
	all := slices.Concat(slices.Collect(maps.Keys(d.config.Auths)), slices.Collect(maps.Keys(d.config.CredHelpers)), d.list())
	slices.Sort(all)
	return slices.Compact(all)
}

// list returns the servers that the credential store knows. It returns none if the store
// cannot list them. Then only the servers in the file count.
func (d *Docker) list() []string {
	if d.config.CredsStore != "" && d.listed == nil {
		d.listed = listHelper(d.config.CredsStore, d.access)
	}
	return d.listed
}

// storedFor returns the servers under which the credential for a server may be stored.
// For Docker Hub, docker writes https://index.docker.io/v1/ and podman writes docker.io.
func (d *Docker) storedFor(server string) []string {
	stored := []string{server}
	endpoint := strings.TrimSuffix(pull.Endpoint(server), "/")
	if endpoint == "" {
		return stored
	}
	repository := endpoint + "/any"
	if rest, isHub := strings.CutPrefix(repository, "index.docker.io/"); isHub {
		repository = "docker.io/" + rest
	}
	for _, s := range pull.Matches(d.servers(), repository) {
		if s != server {
			stored = append(stored, s)
		}
	}
	return stored
}

// get returns the credential for a server, nil if there is none. A helper wins over the
// file, as for docker.
func (d *Docker) get(server string) (*Credential, error) {
	known := lazy.Value(d.answers, server, func() (a answer) {
		a.credential, a.err = d.find(server)
		return a
	})
	return known.credential, known.err
}

func (d *Docker) find(server string) (*Credential, error) {
	of := "the credential for " + d.registry(server)
	name := d.config.CredHelpers[server]
	if name == "" {
		name = d.config.CredsStore
	}
	var c *Credential
	var err error
	if name != "" {
		if c, err = askHelper(name, server, d.registry(server), d.access); err != nil {
			return nil, err
		}
	}
	if c == nil {
		if c, err = d.config.Auths[server].credential(); err != nil {
			return nil, finding.Errorf("%s %v\nhint: run docker login again", of, err)
		}
	}
	if c == nil {
		return nil, nil
	}
	if c.Username == tokenUsername {
		return nil, fmt.Errorf("%s %w", of, errToken)
	}
	for _, value := range []string{c.Username, c.Password} {
		if err := checkValue(value); err != nil {
			return nil, fmt.Errorf("%s %w", of, err)
		}
	}
	if err := CheckUsername(c.Username); err != nil {
		return nil, fmt.Errorf("the user name of %s %w", of, err)
	}
	return c, nil
}

// registry returns the host of a server for an error message. It hides a host that may be
// a credential.
func (d *Docker) registry(server string) string {
	host, _, _ := strings.Cut(pull.Endpoint(server), "/")
	if slices.Contains(d.images, host) || plausibleHost(host, server) {
		return host
	}
	return hiddenRegistry
}

const hiddenRegistry = "a registry (not shown, as it may be a credential)"

// none returns the error for registries without a credential. It names other registries that
// have one.
func (d *Docker) none(registries string) error {
	others := slices.DeleteFunc(d.servers(), func(server string) bool {
		_, asked := d.answers[server]
		return asked
	})
	if len(others) == 0 {
		return finding.Errorf("has no credential for %s or any other registry\nhint: run docker login", registries)
	}
	return finding.Errorf("has no credential for %s, only for %s\nhint: run docker login for Docker Hub, docker login HOST for another registry", registries, finding.Enumerate(finding.Unique(others, d.registry)))
}
