// SPDX-License-Identifier: Apache-2.0

package function

import (
	"example.com/calico-pull-secrets/internal/config"
	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/inventory"
	"example.com/calico-pull-secrets/internal/wire"
)

// A Source is a text to read: stdin, or a file.
type Source = wire.Source

// An Input is one text to work on: stdin, or a file of manifests.
type Input struct {
	Source
	Patch bool // a kustomization lists it as a patch, so its content is no object of its own
	// Listing is what kustomizations say about the file, nil if they say nothing.
	Listing *Listing
	// IsStream is true for a text that another program writes, as on stdin. It may lack its end.
	IsStream bool
	// Helps is true if only its Secrets and ServiceAccounts count, for other files; nobody judges
	// it.
	Helps bool
}

// A Listing is what the kustomizations of the input say about one file.
type Listing = inventory.Listing

// A Request says what Run must do.
type Request struct {
	Config     *config.Given
	Mode       config.Mode // overrides the mode of the settings; empty: theirs
	Quiet      bool        // no infos
	AllowEnv   []string    // the variables that the settings may name; nil: all
	AllowFiles []string    // the folders of the files that they may name; nil: all
	Unseen     []Unseen    // what is not among the inputs
	Texts      []Source    // files that may name objects and have none: kustomizations
	Home       Home        // where new objects go, if that is a file
	OnlyChecks bool        // nothing is changed: a change that mode remove would make is an error
	Diff       bool        // mode check returns the changes, not only which inputs have some
	Allow      Allow       // what may pass an audit
	// Part is true for one of several sets that the caller audits. The caller then reports
	// registries that no set names, from Report.Unused.
	Part    bool
	MayLack bool // a missing target, or nothing to audit, is no finding
}

// A Home is a file that new objects go into. The zero value means no file.
type Home struct {
	Path string
	Listing
}

// An Unseen is a finding on something that the caller did not hand over.
type Unseen struct {
	finding.Finding
	Unproven bool // it may hold something that matters: an error under strict
}
