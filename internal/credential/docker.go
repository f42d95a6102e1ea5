// SPDX-License-Identifier: Apache-2.0

package credential

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"example.com/calico-pull-secrets/internal/pull"
)

// Docker is docker's config.json, or podman's auth.json, and the credential
// helpers that it names. Each helper is asked once for each server. It is not for
// several goroutines at a time.
type Docker struct {
	config config
	access Access

	listed  []string // the servers that the credsStore knows, once it has been asked
	answers map[string]answer
	images  []string // the registries of the images, which are no secret
}

// An answer is what there is for a server: nil if nothing.
type answer struct {
	credential *Credential
	err        error
}

// OpenDocker reads the file that `docker login` or `podman login` wrote. The file
// may be "auto": then it is the one that docker or podman would read. No helper
// is asked yet. The errors of OpenDocker and of what it returns name registries
// and helpers, and quote nothing of the file.
func OpenDocker(file string, a Access) (*Docker, error) {
	c, err := readConfig(file, a)
	if err != nil {
		return nil, err
	}
	return &Docker{config: c, access: a, answers: map[string]answer{}}, nil
}

// ForServer returns the credential for a server, as its only key, also where the
// file has it under another name for Docker Hub. None is an error.
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
	return nil, fmt.Errorf("has no credential for %s%s", d.registry(server), d.has())
}

// ForImages returns the credentials that kubelet would use for the repositories,
// such as docker.io/calico/node, by the servers that they are stored under, and no
// others. Repositories for which there is none are passed over, unless there is
// none for any of them: that is an error, and so are no repositories.
//
// A server may have a user name and password in it, as https://joe:PASSWORD@quay.io
// has. So its keys are not to be shown.
func (d *Docker) ForImages(repositories []string) (map[string]Credential, error) {
	if len(repositories) == 0 {
		return nil, errors.New("which credentials are needed cannot be seen, as there are no images here: set secret.server")
	}
	d.images = nil
	for _, repository := range repositories {
		if host, _, _ := strings.Cut(repository, "/"); !slices.Contains(d.images, host) {
			d.images = append(d.images, host)
		}
	}
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
		return nil, fmt.Errorf("has no credential for %s%s", strings.Join(d.images, ", "), d.has())
	}
	return found, nil
}

// servers returns what there may be a credential for, sorted.
func (d *Docker) servers() []string {
	all := slices.Concat(slices.Collect(maps.Keys(d.config.Auths)), slices.Collect(maps.Keys(d.config.CredHelpers)), d.list())
	slices.Sort(all)
	return slices.Compact(all)
}

// list returns the servers that the credential store knows. None if it cannot
// say: then those count that the file names.
func (d *Docker) list() []string {
	if d.config.CredsStore != "" && d.listed == nil {
		d.listed = listHelper(d.config.CredsStore, d.access)
	}
	return d.listed
}

// storedFor returns the servers under which the credential for a server may be
// stored: docker and podman write https://index.docker.io/v1/ and docker.io.
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

// get returns the credential for a server, nil if there is none. As for docker, a
// helper wins over what is in the file.
func (d *Docker) get(server string) (*Credential, error) {
	known, ok := d.answers[server]
	if !ok {
		known.credential, known.err = d.find(server)
		d.answers[server] = known
	}
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
			return nil, fmt.Errorf("%s %w", of, err)
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

// registry returns the host of a server, for an error, unless it may be something
// else.
func (d *Docker) registry(server string) string {
	host, _, _ := strings.Cut(pull.Endpoint(server), "/")
	if slices.Contains(d.images, host) || plausibleHost(host, server) {
		return host
	}
	return hiddenRegistry
}

const hiddenRegistry = "a registry (not shown, as it may be a credential)"

// has returns what else the file has credentials for, for an error.
func (d *Docker) has() string {
	const most = 6
	var hosts []string
	for _, server := range d.servers() {
		if _, asked := d.answers[server]; asked {
			continue
		}
		if host := d.registry(server); !slices.Contains(hosts, host) {
			hosts = append(hosts, host)
		}
	}
	switch {
	case len(hosts) == 0:
		return ", nor for any other registry: run docker login"
	case len(hosts) > most:
		hosts = append(hosts[:most], fmt.Sprintf("%d more", len(hosts)-most))
	}
	return ", only for " + strings.Join(hosts, ", ")
}
