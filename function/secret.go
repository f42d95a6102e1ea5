// SPDX-License-Identifier: Apache-2.0

package function

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"
)

const (
	dockerConfigJSONType = "kubernetes.io/dockerconfigjson"
	dockerConfigJSONKey  = ".dockerconfigjson"

	// defaultNamespace is where the Secret goes if no target tells: that of
	// calico-node in Calico's manifests.
	defaultNamespace = "kube-system"
)

// dockerConfigJSON returns the content of a docker-registry Secret, byte for byte
// as `kubectl create secret docker-registry` makes it: the fields in this order,
// HTML characters escaped, no email if it is empty, no line break at the end.
func dockerConfigJSON(server, email string, c credential) ([]byte, error) {
	type entry struct {
		Username string `json:"username,omitempty"`
		Password string `json:"password,omitempty"`
		Email    string `json:"email,omitempty"`
		Auth     string `json:"auth,omitempty"`
	}
	auth := base64.StdEncoding.EncodeToString([]byte(c.username + ":" + c.password))
	return json.Marshal(map[string]map[string]entry{
		"auths": {server: {c.username, c.password, email, auth}},
	})
}

// A pullSecret is a Secret that is to be among the items.
type pullSecret struct {
	config    *SecretConfig
	name      string
	namespace string
	content   []byte
	path      string         // the file it goes into, if kpt is to be told
	onDisk    bool           // it is written into a package
	object    *fn.KubeObject // the one that is there, nil if none
}

// pullSecrets returns the Secrets that c asks for: one for each namespace that
// has a target. Errors are a fn.Results.
func pullSecrets(c Config, targets []*fn.KubeObject, there inventory, rl *fn.ResourceList, from caller) ([]*pullSecret, error) {
	if c.Secret == nil {
		return nil, nil
	}
	credential, p := c.Secret.credential()
	if len(p) > 0 {
		return nil, p.results(rl.FunctionConfig)
	}
	content, err := dockerConfigJSON(c.Secret.Server, c.Secret.Email, credential)
	if err != nil {
		return nil, fn.Results{newResult(checkSecret, fn.Error, "the credential cannot be written as JSON")}
	}
	path, onDisk := "", from.writesFiles(rl.Items)
	if onDisk {
		path = c.Secret.Path
	}
	var secrets []*pullSecret
	var failed fn.Results
	for _, namespace := range secretNamespaces(c, targets) {
		s := &pullSecret{config: c.Secret, name: c.SecretName, namespace: namespace, content: content, path: path, onDisk: onDisk}
		if s.object = there.secret(namespace, c.SecretName); s.object != nil {
			if r := s.refusal(); r != nil {
				failed = append(failed, about(r, s.object, from, ""))
			}
		}
		secrets = append(secrets, s)
	}
	if len(failed) > 0 {
		return nil, failed
	}
	return secrets, nil
}

// secretNamespaces returns where the Secret is needed, each once, in order of
// the targets.
func secretNamespaces(c Config, targets []*fn.KubeObject) []string {
	if c.Secret.Namespace != "" {
		return []string{c.Secret.Namespace}
	}
	var namespaces []string
	for _, o := range targets {
		if ns := o.GetNamespace(); !slices.Contains(namespaces, ns) {
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
	if kind, _ := is.Type.(string); kind != dockerConfigJSONType {
		if kind == "" {
			kind = "Opaque"
		}
		return refuse("has type %q, which cannot be changed, and a pull secret has %s: set another secretName, or remove this Secret", kind, dockerConfigJSONType)
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
		s.object = o
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
	if immutable, _, _ := o.NestedBool("immutable"); s.config.Immutable && !immutable {
		return o.SetNestedBool(true, "immutable")
	}
	return nil
}

// setEntries sets the entries of a map in the metadata of o that differ.
func setEntries(o *fn.KubeObject, entries map[string]string, field string) error {
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

// results returns the state that apply leaves. They name no file: a new Secret
// has none before kpt has written it, and a second run has to report the same.
func (s *pullSecret) results(from caller) fn.Results {
	message := fmt.Sprintf("authenticates pulls from %s", s.config.Server)
	results := fn.Results{newResult(checkSecret, fn.Info, message)}
	if s.onDisk {
		results = append(results, newResult(checkPlaintext, fn.Warning,
			"is written into the package on disk, where the password can be read: keep the file out of Git"))
	}
	for _, r := range results {
		about(r, s.object, from, "")
		r.File = nil
	}
	return results
}
