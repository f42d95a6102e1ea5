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

// version is set by the linker.
var version = "dev"

// metadata is what a catalog of functions shows.
//
//go:embed hack/metadata.yaml
var metadata []byte

// checksPage is what explain shows.
//
//go:embed docs/checks.md
var checksPage string

// versionOf returns the version that the linker set, or that of the module if the go
// command installed the program.
func versionOf() string {
	if info, ok := debug.ReadBuildInfo(); version == "dev" && ok && strings.HasPrefix(info.Main.Version, "v") {
		return info.Main.Version
	}
	return version
}

func main() {
	klog.SetLogger(logr.Discard()) // the SDK's remarks on values of another type than it asked for
	program := cli.Program{Version: versionOf(), Metadata: metadata, ChecksPage: checksPage}
	os.Exit(program.Run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
