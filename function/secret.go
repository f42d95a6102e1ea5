// SPDX-License-Identifier: Apache-2.0

package function

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"

	"calico-pull-secrets/internal/credential"
	"calico-pull-secrets/internal/pull"
)

// defaultNamespace is where the Secret goes if no target tells: that of
// calico-node in Calico's manifests.
const defaultNamespace = "kube-system"

// dockerConfigJSON returns the content of a docker-registry Secret, byte for byte
// as `kubectl create secret docker-registry` makes it: the fields in this order,
// HTML characters escaped, no email if it is empty, no line break at the end.
func dockerConfigJSON(auths map[string]credential.Credential, email string) ([]byte, error) {
	type entry struct {
		Username string `json:"username,omitempty"`
		Password string `json:"password,omitempty"`
		Email    string `json:"email,omitempty"`
		Auth     string `json:"auth,omitempty"`
	}
	entries := map[string]entry{}
	for server, c := range auths {
		auth := base64.StdEncoding.EncodeToString([]byte(c.Username + ":" + c.Password))
		entries[server] = entry{c.Username, c.Password, email, auth}
	}
	return json.Marshal(map[string]map[string]entry{"auths": entries})
}

// A pullSecret is a Secret that is to be among the items.
type pullSecret struct {
	settings  *SecretSettings
	name      string
	namespace string
	servers   []string  // that it authenticates, sorted
	content   []byte    // nil if it is not known: mode check does without a credential
	path      string    // the file it goes into, if kpt is to be told
	onDisk    bool      // it is written into a package
	current   *resource // the one that is there, nil if none
}

// pullSecrets returns the Secrets that the settings ask for: one for each namespace
// that has a target. If they cannot be made, it says why.
func (s Settings) pullSecrets(references []*reference, set resources, config *fn.KubeObject) ([]*pullSecret, findings) {
	if s.Secret == nil {
		return nil, nil
	}
	auths, p := s.auths(repositoriesOf(references))
	p = append(p, s.hashProblems(references, set.from)...)
	var content []byte
	servers := slices.Sorted(maps.Keys(auths))
	if len(p) > 0 && s.Mode == ModeCheck { // no credential is needed to check
		servers = each(s.Secret.servers(), func(server string) string { return server })
	} else if len(p) > 0 {
		return nil, findingsOf(p.results(fn.Error, config))
	} else {
		var err error
		if content, err = dockerConfigJSON(auths, s.Secret.Email); err != nil {
			return nil, findings{saying(checkSecret, fn.Error, "the credential cannot be written as JSON")}
		}
	}
	path, onDisk := "", set.from.writesFiles(set.items)
	if onDisk {
		path = s.Secret.Path
	}
	var secrets []*pullSecret
	var failed findings
	for _, namespace := range s.secretNamespaces(s.Secret.Namespace, references) {
		secret := &pullSecret{
			settings: s.Secret, name: s.SecretName, namespace: namespace, servers: servers, content: content,
			path: path, onDisk: onDisk, current: set.secret(namespace, s.SecretName),
		}
		if secret.current == nil && isSelection(set.items) {
			return nil, findings{cannotBeSeen("Secret", s.SecretName)}
		}
		if secret.current != nil {
			if problem := secret.refusal(); problem != "" {
				failed = append(failed, secret.current.says(checkSecret, fn.Error, "", "%s", problem))
			}
		}
		secrets = append(secrets, secret)
	}
	return secrets, failed
}

// servers returns what the Secret is for, as far as it can be told without a credential.
func (s *SecretSettings) servers() (servers []string) {
	for _, l := range s.logins() {
		servers = append(servers, l.Server)
	}
	if s.DockerConfig != "" && s.Server != "" {
		servers = append(servers, s.Server)
	}
	return servers
}

// auths returns the credentials of the Secret by the server that each is stored under.
// From docker's config it takes those that the repositories need.
func (s Settings) auths(repositories []string) (map[string]credential.Credential, problems) {
	var p problems
	if s.Secret.DockerConfig != "" {
		found, err := s.dockerAuths(repositories)
		if err != nil {
			p.add("secret.dockerConfigFile", "%v", err)
		}
		return found, p
	}
	auths := map[string]credential.Credential{}
	for i, l := range s.Secret.logins() {
		at := "secret."
		if len(s.Secret.Registries) > 0 {
			at = fmt.Sprintf("secret.registries[%d].", i)
		}
		read := func(name string, source credential.Source) string {
			value, err := source.Read(s.access)
			if err != nil {
				p.add(at+sourceField(name, source), "%v", err)
			}
			return value
		}
		c := credential.Credential{Username: read("username", l.Username), Password: read("password", l.Password)}
		if strings.Contains(c.Username, ":") {
			p.add(at+sourceField("username", l.Username), "has a colon in it: kubelet takes what follows the first one for the password")
		}
		auths[l.Server] = c
	}
	return auths, p
}

func (s Settings) dockerAuths(repositories []string) (map[string]credential.Credential, error) {
	d, err := credential.OpenDocker(s.Secret.DockerConfig, s.access, credential.Rule{Matches: pull.Matches, Endpoint: pull.Endpoint})
	switch {
	case err != nil:
		return nil, err
	case s.Secret.Server != "":
		return d.ForServer(s.Secret.Server)
	}
	return d.ForImages(repositories)
}

// sourceField returns the field that a value comes from.
func sourceField(name string, s credential.Source) string {
	switch {
	case s.Env != "":
		return name + "Env"
	case s.File != "":
		return name + "File"
	}
	return name
}

// cannotBeSeen returns an error for an object that is to be emitted, and may be
// there already where the function cannot see it.
func cannotBeSeen(kind, name string) finding {
	return saying(checkSecret, fn.Error,
		"kpt hands over a selection of the resources, so %s %q that the package may have cannot be seen, and would be there twice: "+
			"leave out --match-*, selectors and exclude, since targets select already", kind, name)
}

// hashProblems returns why kustomize will not add a hash to the name, if it is to.
func (s Settings) hashProblems(references []*reference, from caller) problems {
	var p problems
	const field = "secret.nameSuffixHash"
	if !s.Secret.HashSuffix {
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
func (s Settings) secretNamespaces(given string, references []*reference) []string {
	if given != "" {
		return []string{given}
	}
	var namespaces []string
	seen := map[string]bool{}
	for _, r := range references {
		if namespace := secretNamespace(r.resource); !seen[namespace] {
			seen[namespace] = true
			namespaces = append(namespaces, namespace)
		}
	}
	if len(namespaces) == 0 {
		return []string{s.namespaceUnseen()}
	}
	return namespaces
}

// namespaceUnseen returns where the Secret goes if no target can be seen, as in a
// generator: that of the operator if the targets are for it alone.
func (s Settings) namespaceUnseen() string {
	for _, t := range s.Targets {
		if slices.ContainsFunc(kinds(), func(kind string) bool { return kind != installation && t.maySelect(kind) }) {
			return defaultNamespace
		}
	}
	return operatorName
}

// contentFields returns what a Secret says of its content.
func contentFields(r *resource) any {
	var is secretFields
	if r.As(&is) != nil {
		return nil
	}
	return []any{is.Type, is.Data, is.StringData}
}

// sameJSON reports whether two values are the same as JSON.
func sameJSON(a, b any) bool {
	x, err := json.Marshal(a)
	if err != nil {
		return false
	}
	y, err := json.Marshal(b)
	return err == nil && string(x) == string(y)
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
// empty if it can.
func (s *pullSecret) refusal() string {
	var is secretFields
	if s.current.As(&is) != nil {
		return "is not readable as a Secret"
	}
	maps := []struct {
		name  string
		value any
	}{{"data", is.Data}, {"stringData", is.StringData}, {"metadata.labels", is.Metadata.Labels}, {"metadata.annotations", is.Metadata.Annotations}}
	for _, m := range maps {
		if _, isMap := m.value.(map[string]any); m.value != nil && !isMap {
			return m.name + " is not a mapping"
		}
	}
	for _, m := range maps[:2] { // kpt quotes the new content where it replaces another type
		value, _ := under(m.value, dockerConfigJSONKey)
		if _, isString := value.(string); value != nil && !isString {
			return fmt.Sprintf("%q in %s is not a string", dockerConfigJSONKey, m.name)
		}
	}
	if kind, _ := is.Type.(string); kind != dockerConfigJSONType {
		return fmt.Sprintf("has %s, which cannot be changed, and a pull secret has %s: set another secretName, or remove this Secret", secretType(kind), dockerConfigJSONType)
	}
	if is.Immutable == true && s.content != nil && !s.hasContent() {
		return "is immutable, so the API server refuses the new content: set another secretName, or remove this Secret"
	}
	return ""
}

// secretType returns how the type of a Secret is called in a message: it is shown only
// if it is one that Kubernetes has.
func secretType(kind string) string {
	switch {
	case kind == "":
		return `type "Opaque"`
	case slices.Contains([]string{"Opaque", "bootstrap.kubernetes.io/token", "helm.sh/release.v1"}, kind), kubernetesType.MatchString(kind):
		return fmt.Sprintf("type %q", kind)
	}
	return "another type"
}

var kubernetesType = regexp.MustCompile(`^kubernetes\.io/(service-account-token|dockercfg|dockerconfigjson|basic-auth|ssh-auth|tls)$`)

// hasContent reports whether the Secret that is there has the content. What
// stringData says wins over data, as in the API server.
func (s *pullSecret) hasContent() bool {
	var is secretFields
	if s.current.As(&is) != nil {
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

func (s *pullSecret) subject() *resource { return s.current }

// isDone reports whether the Secret that is there is what is wanted.
func (s *pullSecret) isDone() bool {
	return s.current != nil && (s.content == nil || s.hasContent()) &&
		hasEntries(s.current, s.settings.Labels, "labels") && hasEntries(s.current, s.settings.Annotations, "annotations")
}

// lacks returns what mode check says of a Secret that add would make or change.
func (s *pullSecret) lacks() findings {
	switch {
	case s.isDone():
		return nil
	case s.current == nil:
		return findings{s.says(checkSecretMissing, fn.Error, "is not among the resources")}
	}
	return findings{s.says(checkSecretMissing, fn.Error, "is not what the settings ask for: its content, labels or annotations differ")}
}

// apply adds the Secret to rl, or makes the one that is there what is wanted.
func (s *pullSecret) apply(rl *fn.ResourceList) error {
	if s.current == nil {
		o, err := s.newObject()
		if err != nil {
			return err
		}
		s.current = newResource(o, nil)
		rl.Items = append(rl.Items, o)
		return nil
	}
	o := s.current
	if !s.hasContent() {
		if err := s.replaceContent(); err != nil {
			return err
		}
	}
	if err := setEntries(o, s.settings.Labels, "labels"); err != nil {
		return err
	}
	if err := setEntries(o, s.settings.Annotations, "annotations"); err != nil {
		return err
	}
	if s.settings.HashSuffix {
		if err := o.SetAnnotation(needsHashAnnotation, needsHash); err != nil {
			return err
		}
	}
	if immutable, _, _ := o.NestedBool("immutable"); s.settings.Immutable && !immutable {
		return o.SetNestedBool(true, "immutable")
	}
	return nil
}

// hasEntries reports whether a map in the metadata of o has the entries.
func hasEntries(o *resource, entries map[string]string, field string) bool {
	current, _, _ := o.NestedStringMap("metadata", field)
	for key, value := range entries {
		if is, ok := current[key]; !ok || is != value {
			return false
		}
	}
	return true
}

// setEntries sets the entries of a map in the metadata of o that differ.
func setEntries(o *resource, entries map[string]string, field string) error {
	if len(entries) == 0 {
		return nil
	}
	current, found, err := o.NestedStringMap("metadata", field)
	if err != nil || !found || len(current) == 0 { // null, absent or empty
		return o.SetNestedField(entries, "metadata", field)
	}
	for _, key := range sortedKeys(entries) {
		if current[key] == entries[key] {
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
	if err := s.current.As(&is); err != nil {
		return err
	}
	if _, ok := under(is.StringData, dockerConfigJSONKey); ok {
		gone := []string{"stringData", dockerConfigJSONKey}
		if len(is.StringData.(map[string]any)) == 1 {
			gone = gone[:1]
		}
		if _, err := s.current.RemoveNestedField(gone...); err != nil {
			return err
		}
	}
	encoded := base64.StdEncoding.EncodeToString(s.content)
	if is.Data == nil { // absent or null
		return s.current.SetNestedField(map[string]string{dockerConfigJSONKey: encoded}, "data")
	}
	return s.current.SetNestedString(encoded, "data", dockerConfigJSONKey)
}

func (s *pullSecret) newObject() (*fn.KubeObject, error) {
	metadata := map[string]any{"name": s.name}
	if s.namespace != "" {
		metadata["namespace"] = s.namespace
	}
	if len(s.settings.Labels) > 0 {
		metadata["labels"] = s.settings.Labels
	}
	annotations := map[string]string{}
	for key, v := range s.settings.Annotations {
		annotations[key] = v
	}
	if s.path != "" {
		annotations[fn.PathAnnotation] = s.path
	}
	if s.settings.HashSuffix {
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
	if s.settings.Immutable {
		secret["immutable"] = true
	}
	return fn.NewFromTypedObject(secret)
}

// states returns the state that apply leaves.
func (s *pullSecret) states(*judge) findings {
	return findings{s.says(checkSecret, fn.Info, "authenticates pulls from %s", shownServers(s.servers))}
}

// says returns a finding about the Secret, whether it is there yet or not. It names no
// file: a new Secret has none before kpt has written it, and a second run has to
// report the same.
func (s *pullSecret) says(check string, severity fn.Severity, format string, a ...any) finding {
	name := s.name
	if s.current != nil {
		name = s.current.GetName()
	}
	f := saying(check, severity, format, a...)
	f.ResourceRef = &fn.ResourceRef{APIVersion: "v1", Kind: "Secret", Name: name, Namespace: s.namespace}
	return f
}
