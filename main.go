// SPDX-License-Identifier: Apache-2.0

// Command calico-pull-secrets adds image pull secrets to Calico: a KRM function
// for kpt and kustomize, and a filter for manifests. See the README.
package main

import (
	_ "embed"
	"os"
	"runtime/debug"
	"strings"

	"github.com/go-logr/logr"
	"k8s.io/klog/v2"

	"example.com/calico-pull-secrets/internal/cli"
)

// version and commit are set by the linker. Without them the go command knows both.
var version, commit = "dev", ""

// metadata is the text that a catalog of functions shows.
//
//go:embed hack/metadata.yaml
var metadata []byte

// checksPage is the text for the command explain.
//
//go:embed docs/checks.md
var checksPage string

// buildOf returns the version and the commit that the linker set. If it set none, they come from
// the go command: the version of the installed module, and the commit of the clone.
func buildOf() (string, string) {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return version, commit
	}
	v, c := version, commit
	if v == "dev" && strings.HasPrefix(info.Main.Version, "v") {
		v = info.Main.Version
	}
	stamp := map[string]string{}
	for _, s := range info.Settings {
		stamp[s.Key] = s.Value
	}
	if c == "" {
		c = stamp["vcs.revision"]
		if stamp["vcs.modified"] == "true" {
			c += "-dirty"
		}
	}
	return v, c
}

func main() {
	klog.SetLogger(logr.Discard()) // the SDK logs values of another type than it asked for
	version, commit := buildOf()
	program := cli.Program{Version: version, Commit: commit, Metadata: metadata, ChecksPage: checksPage}
	os.Exit(program.Run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
