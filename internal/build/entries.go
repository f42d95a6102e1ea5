// SPDX-License-Identifier: Apache-2.0

package build

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/api/types"

	"example.com/calico-pull-secrets/internal/lazy"
)

// lookForEntries notes the kustomizations among the entries. It reports each entry that is not on
// disk, and each that kustomize may fetch.
func (k *kustomization) lookForEntries() {
	f := &k.fields
	for _, list := range []struct {
		field   string
		entries []string
	}{{"resources", f.Resources}, {"components", f.Components}, {"crds", f.Crds}, {"configurations", f.Configurations}} {
		for i, entry := range list.entries {
			k.entry(fmt.Sprintf("%s[%d]", list.field, i), entry)
		}
	}
	k.optional("openapi.path", f.OpenAPI["path"])
	for i, p := range f.Patches {
		k.optional(fmt.Sprintf("patches[%d].path", i), p.Path)
	}
	//lint:ignore SA1019 kustomize still reads it
	for i, p := range f.PatchesJson6902 {
		k.optional(fmt.Sprintf("patchesJson6902[%d].path", i), p.Path)
	}
	//lint:ignore SA1019 kustomize still reads it
	for i, p := range f.PatchesStrategicMerge {
		if !isInline(string(p)) {
			k.entry(fmt.Sprintf("patchesStrategicMerge[%d]", i), string(p))
		}
	}
	for i, r := range f.Replacements {
		k.optional(fmt.Sprintf("replacements[%d].path", i), r.Path)
	}
	for i, g := range f.ConfigMapGenerator {
		k.pairs(fmt.Sprintf("configMapGenerator[%d]", i), g.KvPairSources)
	}
	for i, g := range f.SecretGenerator {
		k.pairs(fmt.Sprintf("secretGenerator[%d]", i), g.KvPairSources)
	}
	if len(f.HelmCharts) > 0 {
		k.reportPipe(helmFlags, "this program does not build helmCharts")
	}
	k.lookForPlugins()
}

// pairs looks for the files of a generator.
func (k *kustomization) pairs(place string, sources types.KvPairSources) {
	for i, source := range sources.FileSources {
		if _, path, hasKey := strings.Cut(source, "="); hasKey {
			source = path
		}
		k.optional(fmt.Sprintf("%s.files[%d]", place, i), source)
	}
	for i, source := range append(sources.EnvSources, sources.EnvSource) {
		k.optional(fmt.Sprintf("%s.envs[%d]", place, i), source)
	}
}

// optional is entry for a field that may be empty.
func (k *kustomization) optional(place, entry string) {
	if entry != "" {
		k.entry(place, entry)
	}
}

// entry looks for an entry. place is its field in messages. It returns the entry's real path, empty
// if it reported an issue.
func (k *kustomization) entry(place, entry string) string {
	if isAddress(entry) {
		k.reportPipe("", "%s is an address, and this program fetches nothing", place)
		return ""
	}
	path := entry
	if !filepath.IsAbs(path) {
		path = filepath.Join(k.folder, path)
	}
	real, err := k.resolve(path)
	if err != nil {
		switch {
		case errors.Is(err, errOutside):
			k.issues = append(k.issues, issue{text: fmt.Sprintf("%s%s leads out of %s", place, spelt(entry), k.Shown(k.Repository.folder)), hint: "--build-root FOLDER names the folder that builds may read"})
		case errors.Is(err, fs.ErrNotExist):
			k.reportPipe("", "%s%s is not on disk, and this program fetches nothing", place, spelt(entry))
		default:
			k.report("%s: %v", place, reason(err))
		}
		return ""
	}
	if info, err := k.stat(real); err == nil && info.IsDir() {
		k.uses = append(k.uses, real)
	}
	return real
}

// spelt returns an entry between blanks and commas, if it cannot be anything but a path. Otherwise
// it returns "".
func spelt(entry string) string {
	if !plainPath().MatchString(entry) {
		return ""
	}
	return ", " + entry + ","
}

var plainPath = lazy.Regexp(`^\.{0,2}[A-Za-z0-9_][A-Za-z0-9_./-]*$|^\.\.?/[A-Za-z0-9_./-]*$`)

// address matches every spelling that kustomize hands to git. kustomize does so even if a folder on
// disk has this name.
var address = lazy.Regexp(`(?i)^(git::)*((ssh|https?|file)://|[a-z][a-z0-9-]*@|github\.com[/:])`)

// isAddress reports whether kustomize may fetch an entry.
func isAddress(entry string) bool {
	u, err := url.Parse(entry)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") || strings.HasPrefix(strings.ToLower(entry), "git::") || address().MatchString(entry)
}

// reason returns an error without the path that Go puts before it.
func reason(err error) error {
	if path := (*fs.PathError)(nil); errors.As(err, &path) {
		return path.Err
	}
	return err
}

const (
	programName   = "calico-pull-secrets"
	helmFlags     = "--enable-helm "
	functionFlags = "--enable-alpha-plugins --enable-exec "
)

// pipe returns the command that replaces a build in this process.
func (k *kustomization) pipe(flags string) string {
	folder := k.Shown(k.folder)
	if strings.ContainsAny(folder, " '$&;()") {
		folder = strconv.Quote(folder)
	}
	return "kustomize build " + flags + folder + " | " + k.Reader
}

// Pipe returns that command for the kustomization in a real folder, with our own function.
func (r *Repository) Pipe(folder string) string { return r.kustomization(folder).pipe(functionFlags) }
