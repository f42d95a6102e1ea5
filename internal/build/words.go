// SPDX-License-Identifier: Apache-2.0

package build

import (
	"bytes"
	"encoding/base64"
	"reflect"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"example.com/calico-pull-secrets/internal/lazy"
	"example.com/calico-pull-secrets/internal/mapping"
)

// explain returns kustomize's error as one line. kustomize quotes whole generators and patches,
// with their credentials. So explain shows a word only if it is a name: a path, a kind, an object,
// a field. It also shows a word that looks like prose and is no value in any text that the build
// reads.
func (r *Repository) explain(k *kustomization, reached []*kustomization, err error) string {
	w := words{names: map[string]bool{}, values: map[string]bool{}}
	w.addName("yaml YAML json JSON GVK")
	w.addFields(reflect.TypeFor[types.Kustomization](), 0)
	for _, each := range reached {
		w.addName(r.Shown(each.folder))
		w.addName(strings.TrimPrefix(each.folder, r.folder))
		w.addText(each.text)
		for _, entry := range slices.Concat(each.fields.Resources, each.fields.Components, each.fields.Crds, each.fields.Configurations) {
			w.addName(entry)
		}
	}
	r.mu.Lock()
	texts := slices.Clone(k.texts)
	r.mu.Unlock()
	for _, path := range texts {
		if text, err := r.readFile(path, r.Limits.Text); err == nil && checkAliases(text, 0) == nil {
			w.addName(strings.TrimPrefix(path, r.folder))
			w.addText(text)
		}
	}
	text := strings.ReplaceAll(err.Error(), r.folder+"/", "")
	text = asFolder().ReplaceAllString(text, "$1")
	text = asFile().ReplaceAllString(text, "")
	const longest = 300
	if len(text) > 16*longest {
		text = text[:16*longest]
	}
	var shown []string
	for _, word := range strings.Fields(text) {
		if !w.mayShow(word) {
			word = "…"
		}
		if word != "…" || len(shown) == 0 || shown[len(shown)-1] != "…" {
			shown = append(shown, word)
		}
	}
	text = strings.Join(shown, " ")
	if len(text) > longest {
		text = strings.ToValidUTF8(text[:longest], "") + " …"
	}
	return text
}

// asFolder matches kustomize's message for a broken file: kustomize tries it as a folder, too.
var asFolder = lazy.Regexp(`(?s)accumulation err='(\w+ resources from '[^']*': .*)': must build at directory: .*`)

// asFile matches kustomize's message for a folder: kustomize tries it as a file first.
var asFile = lazy.Regexp(`accumulation err='accumulating resources from '[^']*': [^']*': `)

// words knows which words a message may show.
type words struct {
	names   map[string]bool
	values  map[string]bool // words of values, in lower case
	secrets []string        // whole values that are probably credentials
}

var atom = lazy.Regexp(`[\pL\pN]+`)

// prose matches a word of a sentence, or a line number.
var prose = lazy.Regexp(`^(?:[A-Za-z]?[a-z]{0,15}|[A-Z]{2,5}|[0-9]{1,4})$`)

func (w *words) addName(name string) {
	for _, a := range atom().FindAllString(name, -1) {
		w.names[a] = true
	}
}

func (w *words) addValue(value string) {
	for _, a := range atom().FindAllString(value, -1) {
		w.values[strings.ToLower(a)] = true
	}
}

// mayShow reports whether a message may show a word.
func (w *words) mayShow(word string) bool {
	for _, secret := range w.secrets {
		if strings.Contains(word, secret) || len(word) > 3 && strings.Contains(secret, strings.Trim(word, `'"`+"`.,:;()[]{}")) && !w.isName(word) {
			return false
		}
	}
	return !slices.ContainsFunc(atom().FindAllString(word, -1), func(a string) bool {
		return !w.names[a] && (!prose().MatchString(a) || w.values[strings.ToLower(a)])
	})
}

func (w *words) isName(word string) bool {
	return !slices.ContainsFunc(atom().FindAllString(word, -1), func(a string) bool { return !w.names[a] })
}

// addFields adds the field names of a kustomization and its parts.
func (w *words) addFields(t reflect.Type, depth int) {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	const deepest = 6
	if t.Kind() != reflect.Struct || depth > deepest {
		return
	}
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		w.addName(name)
		w.addFields(t.Field(i).Type, depth+1)
	}
}

// addText adds the names of the objects in a text, and all other values.
func (w *words) addText(text []byte) {
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	for {
		var document yaml.Node
		if err := decoder.Decode(&document); err != nil {
			if err.Error() != "EOF" { // an environment file or broken YAML: all words are values
				w.addValue(string(text))
				w.addLines(string(text))
			}
			return
		}
		w.addNode(&document, "", false)
	}
}

// addLines adds the values of lines such as NAME=VALUE.
func (w *words) addLines(text string) {
	for line := range strings.Lines(text) {
		_, value, _ := strings.Cut(line, "=")
		w.addSecret(value)
	}
}

func (w *words) addSecret(value string) {
	const shortest = 3
	if value = strings.TrimSpace(value); len(value) >= shortest {
		w.secrets = append(w.secrets, value, base64.StdEncoding.EncodeToString([]byte(value)))
	}
}

// namingFields have names as values, in any object.
var namingFields = []string{"kind", "apiVersion", "name", "namespace", "group", "version"}

// secretFields have values that are probably credentials.
var secretFields = []string{"data", "stringData", "literals", "password", "value", "binaryData"}

func (w *words) addNode(n *yaml.Node, field string, isSecret bool) {
	switch n.Kind {
	case yaml.MappingNode:
		for key, value := range mapping.Entries(n) {
			if !isSecret {
				w.addName(key.Value)
			}
			w.addNode(value, key.Value, isSecret || slices.Contains(secretFields, key.Value))
		}
	case yaml.ScalarNode:
		switch {
		case isSecret:
			w.addValue(n.Value)
			_, value, isPair := strings.Cut(n.Value, "=")
			if w.addSecret(n.Value); isPair {
				w.addSecret(value)
			}
			for line := range strings.Lines(n.Value) {
				w.addSecret(line)
			}
		case slices.Contains(namingFields, field):
			w.addName(n.Value)
		default:
			w.addValue(n.Value)
			if strings.Contains(n.Value, "\n") { // probably a patch
				w.addText([]byte(n.Value))
			}
		}
	default:
		for _, below := range n.Content {
			w.addNode(below, field, isSecret)
		}
	}
}
