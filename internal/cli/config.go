// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"example.com/calico-pull-secrets/internal/allowance"
	"example.com/calico-pull-secrets/internal/config"
	"example.com/calico-pull-secrets/internal/disk"
	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/typo"
)

// configure returns the configuration of the call, nil without one. It sets the options that depend
// on it.
func (o *options) configure() (*config.Given, error) {
	config, err := readConfig(*o)
	if err == nil {
		err = o.takeMode(config)
	}
	if err == nil {
		config, err = o.ofRepository(config)
	}
	if err == nil {
		o.today, err = allowance.Day(o.today)
	}
	return config, err
}

// placeOf returns the place of a flag and its path for a message, and a hint if nobody can read such
// a file. The place has the path only if it exists, has the extension of a manifest, or is almost
// one that exists: any other text may be a password.
func placeOf(flag, path string) (place, hint string) {
	if isFolder(path) {
		return flag + " " + path, "name a file in the folder"
	}
	hint, isNear := typo.OfPath(path)
	if isPath(path) || isNear {
		flag += " " + path
	}
	return flag, hint
}

// readConfig returns the configuration that the options give, nil if they give none. The error
// names the file only if that cannot be a password.
func readConfig(o options) (*config.Given, error) {
	if o.config == "" {
		return config.FromArguments(o.settings)
	}
	if o.config == stdinPath {
		return nil, finding.Errorf("--config reads no stdin\nhint: write --config /dev/stdin")
	}
	place, hint := placeOf("--config", o.config)
	text, err := disk.Read(o.config)
	if err != nil {
		return nil, finding.WithHint(fmt.Errorf("%s: %w", place, unreadable(err)), hint)
	}
	config, err := config.FromFile(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", place, err)
	}
	return config, nil
}

// ofRepository returns the configuration file of the repository with the arguments laid over it. It
// returns the arguments alone if the options turn that file off, or the working folder has none. It
// notes the file in the options.
func (o *options) ofRepository(arguments *config.Given) (*config.Given, error) {
	if !o.check && !o.audit || o.config != "" || o.noConfig {
		return arguments, nil
	}
	text, err := disk.Read(config.RepositoryFile)
	switch {
	case errors.Is(err, fs.ErrNotExist) && !isDangling(config.RepositoryFile):
		if other := strings.TrimSuffix(config.RepositoryFile, "yaml") + "yml"; disk.Exists(other) {
			return nil, finding.Errorf("%s: is not read\nhint: rename it to %s, or write --config or --no-config", other, config.RepositoryFile)
		}
		return arguments, nil
	case isFolder(config.RepositoryFile):
		return nil, finding.Errorf("%s: is a folder\nhint: the configuration is a file with this name: rename the folder, or write --no-config", config.RepositoryFile)
	case err != nil:
		return nil, fmt.Errorf("%s: %w", config.RepositoryFile, unreadable(err))
	}
	given, err := config.FromFile(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", config.RepositoryFile, err)
	}
	o.config = config.RepositoryFile
	return given.Over(arguments), nil
}
