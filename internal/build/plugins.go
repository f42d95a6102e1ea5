// SPDX-License-Identifier: Apache-2.0

package build

import (
	"fmt"
	"path"
	"strings"
	"sync"

	"sigs.k8s.io/kustomize/api/konfig"
	"sigs.k8s.io/kustomize/api/provider"
	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/api/resource"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/yaml"
)

// The kind of our own configuration, and the annotation that makes kustomize run our function.
const (
	ownKind            = "CalicoPullSecrets"
	ownAPIVersion      = "fn.kpt.dev/v1alpha1"
	functionAnnotation = "config.kubernetes.io/function"
)

var factory = sync.OnceValue(func() *resmap.Factory {
	return resmap.NewFactory(provider.NewDepProvider().GetResourceFactory())
})

// isInline reports whether kustomize takes an entry for an object instead of a path.
func isInline(entry string) bool {
	_, err := factory().RF().SliceFromBytes([]byte(entry))
	return err == nil
}

// lookForPlugins looks at the generators, transformers and validators. A build runs builtin ones.
// It runs our own only as the last transformer before guards. It runs no others.
func (k *kustomization) lookForPlugins() {
	f := &k.fields
	for i, entry := range f.Generators {
		k.plugins(fmt.Sprintf("generators[%d]", i), entry, false)
	}
	last := len(f.Transformers) - 1
	for last > 0 && k.isGuard(f.Transformers[last]) {
		last--
	}
	for i, entry := range f.Transformers {
		k.plugins(fmt.Sprintf("transformers[%d]", i), entry, i == last)
	}
	if k.own != nil {
		k.before = f.Transformers[:last]
	}
	for i, entry := range f.Validators {
		k.plugins(fmt.Sprintf("validators[%d]", i), entry, false)
	}
}

// pluginsOf returns the plugins in an entry, or in the file that the entry names. It reports a
// missing file. It returns none for a folder: that is a kustomization, in which kustomize refuses
// anything that is not builtin. It returns none for a file that it cannot parse.
func (k *kustomization) pluginsOf(place, entry string) []*resource.Resource {
	if found, err := factory().NewResMapFromBytes([]byte(entry)); err == nil {
		return found.Resources()
	}
	real := k.entry(place, entry)
	if real == "" {
		return nil
	}
	if info, err := k.stat(real); err != nil || info.IsDir() {
		return nil
	}
	k.plugged = append(k.plugged, real)
	text, err := k.readFile(real, k.Limits.Text)
	if err == nil {
		err = checkAliases(text, 0)
	}
	if err != nil {
		k.report("%s: %v", place, reason(err))
		return nil
	}
	found, err := factory().NewResMapFromBytes(text)
	if err != nil {
		return nil // kustomize gives the reason
	}
	return found.Resources()
}

// plugins looks at the plugins of an entry. Our own function may be only in the last one.
func (k *kustomization) plugins(place, entry string, isLast bool) {
	all := k.pluginsOf(place, entry)
	for _, plugin := range all {
		switch {
		case plugin.GetApiVersion() == konfig.BuiltinPluginApiVersion:
			k.builtin(place, plugin)
		case isLast && len(all) == 1 && isOwn(plugin):
			var err error
			if k.own, err = plugin.AsYAML(); err != nil {
				k.report("%s: %v", place, errPanic)
			}
		case isOwn(plugin):
			k.reportPipe(functionFlags, "%s: %s runs here only as the last transformer, in an entry of its own", place, programName)
		default:
			k.reportPipe(functionFlags, "%s is a function, and this program runs no functions", place)
		}
	}
}

// builtin looks for the files of a kustomize plugin.
func (k *kustomization) builtin(place string, plugin *resource.Resource) {
	if strings.HasPrefix(plugin.GetKind(), "HelmChart") {
		k.reportPipe(helmFlags, "%s is a Helm chart, and this program builds none", place)
		return
	}
	var fields struct {
		types.KvPairSources `json:",inline"`
		Path                string   `json:"path"`
		Paths               []string `json:"paths"`
		Replacements        []struct {
			Path string `json:"path"`
		} `json:"replacements"`
	}
	text, err := plugin.AsYAML()
	if err != nil {
		return // kustomize gives the reason
	}
	_ = yaml.Unmarshal(text, &fields) // it goes on after a value of a wrong type
	k.optional(place+".path", fields.Path)
	for _, entry := range fields.Paths {
		if !isInline(entry) {
			k.optional(place+".paths", entry)
		}
	}
	for _, r := range fields.Replacements {
		k.optional(place+".replacements.path", r.Path)
	}
	k.pairs(place, fields.KvPairSources)
}

// isOwn reports whether a plugin is our own function. It compares the kind, and the program or
// image that kustomize would run.
func isOwn(plugin *resource.Resource) bool {
	if plugin.GetApiVersion() != ownAPIVersion || plugin.GetKind() != ownKind {
		return false
	}
	var function struct {
		Exec      struct{ Path string }
		Container struct{ Image string }
	}
	if yaml.Unmarshal([]byte(plugin.GetAnnotations()[functionAnnotation]), &function) != nil {
		return false
	}
	image, _, _ := strings.Cut(path.Base(function.Container.Image), "@")
	image, _, _ = strings.Cut(image, ":")
	return path.Base(function.Exec.Path) == programName && function.Container.Image == "" || image == programName && function.Exec.Path == ""
}

// isGuard reports whether an entry has only patches that change nothing. Such a patch finds an
// object and tests what our function put there.
func (k *kustomization) isGuard(entry string) bool {
	silent := &kustomization{Repository: k.Repository, folder: k.folder} // the real one reports the issues
	all := silent.pluginsOf("", entry)
	for _, plugin := range all {
		var fields struct{ Kind, Patch string }
		text, err := plugin.AsYAML()
		if err != nil || yaml.Unmarshal(text, &fields) != nil || plugin.GetApiVersion() != konfig.BuiltinPluginApiVersion {
			return false
		}
		if fields.Kind != "PatchTransformer" || !changesNothing([]byte(fields.Patch)) {
			return false
		}
	}
	return len(all) > 0
}

// changesNothing reports whether a patch has only tests, or only the name of an object.
func changesNothing(patch []byte) bool {
	var operations []struct{ Op string }
	if yaml.Unmarshal(patch, &operations) == nil {
		for _, o := range operations {
			if o.Op != "test" {
				return false
			}
		}
		return len(operations) > 0
	}
	var object struct {
		APIVersion string `json:"apiVersion"`
		Kind       string `json:"kind"`
		Metadata   struct {
			Name      string `json:"name"`
			Namespace string `json:"namespace"`
		} `json:"metadata"`
	}
	return yaml.UnmarshalStrict(patch, &object) == nil
}
