// SPDX-License-Identifier: Apache-2.0

package function

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"
)

// defaultNamespace is where the Secret goes if no target tells: that of
// calico-node in Calico's manifests.
const defaultNamespace = "kube-system"

// dockerConfigJSON returns the content of a docker-registry Secret, byte for byte
// as `kubectl create secret docker-registry` makes it: the fields in this order,
// HTML characters escaped, no email if it is empty, no line break at the end.
func dockerConfigJSON(a auths, email string) ([]byte, error) {
	type entry struct {
		Username string `json:"username,omitempty"`
		Password string `json:"password,omitempty"`
		Email    string `json:"email,omitempty"`
		Auth     string `json:"auth,omitempty"`
	}
	entries := map[string]entry{}
	for server, c := range a {
		auth := base64.StdEncoding.EncodeToString([]byte(c.username + ":" + c.password))
		entries[server] = entry{c.username, c.password, email, auth}
	}
	return json.Marshal(map[string]map[string]entry{"auths": entries})
}

// A pullSecret is a Secret that is to be among the items.
type pullSecret struct {
	config    *SecretConfig
	name      string
	namespace string
	servers   []string // that it authenticates, sorted
	content   []byte
	path      string    // the file it goes into, if kpt is to be told
	onDisk    bool      // it is written into a package
	object    *resource // the one that is there, nil if none
}

// pullSecrets returns the Secrets that c asks for: one for each namespace that
// has a target. Errors are a fn.Results.
func pullSecrets(c Config, references []*reference, there resources, rl *fn.ResourceList) ([]*pullSecret, error) {
	if c.Secret == nil {
		return nil, nil
	}
	found, p := c.Secret.auths(imagesOf(references))
	p = append(p, c.hashProblems(references, there.from)...)
	if len(p) > 0 {
		return nil, p.results(rl.FunctionConfig)
	}
	content, err := dockerConfigJSON(found, c.Secret.Email)
	if err != nil {
		return nil, fn.Results{newResult(checkSecret, fn.Error, "the credential cannot be written as JSON")}
	}
	path, onDisk := "", there.from.writesFiles(rl.Items)
	if onDisk {
		path = c.Secret.Path
	}
	var secrets []*pullSecret
	var failed fn.Results
	unseen := isSelection(rl.Items)
	for _, namespace := range secretNamespaces(c.Secret.Namespace, references, there) {
		s := &pullSecret{
			config: c.Secret, name: c.SecretName, namespace: namespace, servers: slices.Sorted(maps.Keys(found)), content: content,
			path: path, onDisk: onDisk,
		}
		if s.object = there.secret(namespace, c.SecretName); s.object != nil {
			if r := s.refusal(); r != nil {
				failed = append(failed, about(r, s.object, ""))
			}
		}
		if s.object == nil && unseen {
			return nil, fn.Results{cannotBeSeen("Secret", c.SecretName)}
		}
		secrets = append(secrets, s)
	}
	if len(failed) > 0 {
		return nil, failed
	}
	return secrets, nil
}

// cannotBeSeen returns an error for an object that is to be emitted, and may be
// there already where the function cannot see it.
func cannotBeSeen(kind, name string) *fn.Result {
	return newResult(checkSecret, fn.Error, fmt.Sprintf(
		"kpt hands over a selection of the resources, so %s %q that the package may have cannot be seen, and would be there twice: "+
			"leave out --match-*, selectors and exclude, since targets select already", kind, name))
}

// hashProblems returns why kustomize will not add a hash to the name, if it is to.
func (c Config) hashProblems(references []*reference, from caller) problems {
	var p problems
	const field = "secret.nameSuffixHash"
	if !c.Secret.HashSuffix {
		return nil
	}
	if !from.isKustomize() {
		p.add(field, "only kustomize build adds the hash to the name and to the references: leave it out, or run the function there")
	}
	for _, r := range references {
		if r.spec.has(notRenamed) {
			p.add(field, "kustomize does not add the hash to the reference in %s: leave it out", r)
		}
	}
	return p
}

// secretNamespaces returns where the Secret is needed, each once, in order of the
// references; only the given one, if it is not empty.
func secretNamespaces(given string, references []*reference, there resources) []string {
	if given != "" {
		return []string{given}
	}
	var namespaces []string
	for _, r := range references {
		if ns := secretNamespace(r.resource, there); !slices.Contains(namespaces, ns) {
			namespaces = append(namespaces, ns)
		}
	}
	if len(namespaces) == 0 {
		return []string{defaultNamespace}
	}
	return namespaces
}

// secretFields are what the function reads of a Secret that is there.
type secretFields struct {
	Type       any `json:"type"`
	Immutable  any `json:"immutable"`
	Data       any `json:"data"`
	StringData any `json:"stringData"`
	Metadata   struct {
		Labels      any `json:"labels"`
		Annotations any `json:"annotations"`
	} `json:"metadata"`
}

// refusal returns why the Secret that is there cannot become what is wanted,
// nil if it can.
func (s *pullSecret) refusal() *fn.Result {
	var is secretFields
	if s.object.As(&is) != nil {
		return newResult(checkSecret, fn.Error, "is not readable as a Secret")
	}
	refuse := func(format string, a ...any) *fn.Result {
		return newResult(checkSecret, fn.Error, fmt.Sprintf(format, a...))
	}
	maps := []struct {
		name  string
		value any
	}{{"data", is.Data}, {"stringData", is.StringData}, {"metadata.labels", is.Metadata.Labels}, {"metadata.annotations", is.Metadata.Annotations}}
	for _, m := range maps {
		if _, isMap := m.value.(map[string]any); m.value != nil && !isMap {
			return refuse("%s is not a mapping", m.name)
		}
	}
	for _, m := range maps[:2] { // kpt quotes the new content where it replaces another type
		value, _ := under(m.value, dockerConfigJSONKey)
		if _, isString := value.(string); value != nil && !isString {
			return refuse("%q in %s is not a string", dockerConfigJSONKey, m.name)
		}
	}
	if kind, _ := is.Type.(string); kind != dockerConfigJSONType {
		if kind == "" {
			kind = "Opaque"
		}
		return refuse("has type %s, which cannot be changed, and a pull secret has %s: set another secretName, or remove this Secret", quote(kind), dockerConfigJSONType)
	}
	if is.Immutable == true && !s.hasContent() {
		return refuse("is immutable, so the API server refuses the new content: set another secretName, or remove this Secret")
	}
	return nil
}

// hasContent reports whether the Secret that is there has the content. What
// stringData says wins over data, as in the API server.
func (s *pullSecret) hasContent() bool {
	var is secretFields
	if s.object.As(&is) != nil {
		return false
	}
	if value, ok := under(is.StringData, dockerConfigJSONKey); ok {
		return value == string(s.content)
	}
	value, _ := under(is.Data, dockerConfigJSONKey)
	encoded, ok := value.(string)
	if !ok {
		return false
	}
	decoded, err := base64.StdEncoding.DecodeString(encoded)
	return err == nil && string(decoded) == string(s.content)
}

// under returns what m, a decoded JSON object, has under key, and whether it has.
func under(m any, key string) (any, bool) {
	object, _ := m.(map[string]any)
	value, ok := object[key]
	return value, ok
}

// apply adds the Secret to rl, or makes the one that is there what is wanted.
func (s *pullSecret) apply(rl *fn.ResourceList) error {
	if s.object == nil {
		o, err := s.newObject()
		if err != nil {
			return err
		}
		s.object = newResource(o, nil)
		rl.Items = append(rl.Items, o)
		return nil
	}
	o := s.object
	if !s.hasContent() {
		if err := s.replaceContent(); err != nil {
			return err
		}
	}
	if err := setEntries(o, s.config.Labels, "labels"); err != nil {
		return err
	}
	if err := setEntries(o, s.config.Annotations, "annotations"); err != nil {
		return err
	}
	if s.config.HashSuffix {
		if err := o.SetAnnotation(needsHashAnnotation, needsHash); err != nil {
			return err
		}
	}
	if immutable, _, _ := o.NestedBool("immutable"); s.config.Immutable && !immutable {
		return o.SetNestedBool(true, "immutable")
	}
	return nil
}

// setEntries sets the entries of a map in the metadata of o that differ.
func setEntries(o *resource, entries map[string]string, field string) error {
	if len(entries) == 0 {
		return nil
	}
	there, found, err := o.NestedStringMap("metadata", field)
	if err != nil || !found || len(there) == 0 { // null, absent or empty
		return o.SetNestedField(entries, "metadata", field)
	}
	for _, key := range sortedKeys(entries) {
		if there[key] == entries[key] {
			continue
		}
		if err := o.SetNestedString(entries[key], "metadata", field, key); err != nil {
			return err
		}
	}
	return nil
}

func (s *pullSecret) replaceContent() error {
	var is secretFields
	if err := s.object.As(&is); err != nil {
		return err
	}
	if _, ok := under(is.StringData, dockerConfigJSONKey); ok {
		gone := []string{"stringData", dockerConfigJSONKey}
		if len(is.StringData.(map[string]any)) == 1 {
			gone = gone[:1]
		}
		if _, err := s.object.RemoveNestedField(gone...); err != nil {
			return err
		}
	}
	encoded := base64.StdEncoding.EncodeToString(s.content)
	if is.Data == nil { // absent or null
		return s.object.SetNestedField(map[string]string{dockerConfigJSONKey: encoded}, "data")
	}
	return s.object.SetNestedString(encoded, "data", dockerConfigJSONKey)
}

func (s *pullSecret) newObject() (*fn.KubeObject, error) {
	metadata := map[string]any{"name": s.name}
	if s.namespace != "" {
		metadata["namespace"] = s.namespace
	}
	if len(s.config.Labels) > 0 {
		metadata["labels"] = s.config.Labels
	}
	annotations := map[string]string{}
	for key, v := range s.config.Annotations {
		annotations[key] = v
	}
	if s.path != "" {
		annotations[fn.PathAnnotation] = s.path
	}
	if s.config.HashSuffix {
		annotations[needsHashAnnotation] = needsHash
	}
	if len(annotations) > 0 {
		metadata["annotations"] = annotations
	}
	secret := map[string]any{
		"apiVersion": "v1",
		"kind":       "Secret",
		"metadata":   metadata,
		"type":       dockerConfigJSONType,
		"data":       map[string]string{dockerConfigJSONKey: base64.StdEncoding.EncodeToString(s.content)},
	}
	if s.config.Immutable {
		secret["immutable"] = true
	}
	return fn.NewFromTypedObject(secret)
}

// result returns the state that apply leaves.
func (s *pullSecret) result() *fn.Result {
	return s.about(newResult(checkSecret, fn.Info, "authenticates pulls from "+strings.Join(s.servers, ", ")))
}

// about says that result is about the Secret, whether it is there yet or not. It
// names no file: a new Secret has none before kpt has written it, and a second
// run has to report the same.
func (s *pullSecret) about(result *fn.Result) *fn.Result {
	name := s.name
	if s.object != nil {
		name = s.object.GetName()
	}
	result.ResourceRef = &fn.ResourceRef{APIVersion: "v1", Kind: "Secret", Name: name, Namespace: s.namespace}
	return result
}
