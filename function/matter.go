// SPDX-License-Identifier: Apache-2.0

package function

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"
	"sigs.k8s.io/kustomize/kyaml/resid"
)

// An interest is what may matter to Process.
type interest struct {
	kinds []string
	// names are those that objects of a kind must have, in full or as a part of it, or
	// have had. A kind that is not here matters whatever its objects are called.
	names map[string][]string
	// accounts is true if ServiceAccounts matter that neither have pull secrets nor
	// restrict which ones their pods may have.
	accounts bool
}

// everyKind is the interest in all that can be said to be there.
var everyKind = interest{kinds: append(kinds(), secretKinds...), accounts: true}

// secretKinds are the Secrets, and what becomes one in the cluster.
var secretKinds = []string{"Secret", externalSecretKind, "SealedSecret"}

// interestOf returns what matters with the configuration o, unless a target is
// missing: then it is said what there is instead.
func interestOf(o *fn.KubeObject) interest {
	c, err := ParseConfig(o)
	if err != nil {
		return interest{} // Process does nothing but say so
	}
	targets := c.Targets
	if c.Preflight != PolicyIgnore { // other workloads of Calico's may lack the Secret
		targets = append(slices.Clone(targets), presetNamed("calico").target())
	}
	i := interest{kinds: append(slices.Clone(secretKinds), "ServiceAccount"), names: map[string][]string{}}
	for _, kind := range kinds() {
		names, selected := namesOfKind(kind, targets)
		switch {
		case kind == "ServiceAccount": // in any case
			i.accounts = selected
		case selected:
			i.kinds = append(i.kinds, kind)
			if len(names) > 0 {
				i.names[kind] = names
			}
		}
	}
	if _, selected := namesOfKind(installation, targets); selected { // the operator says where its Secret belongs
		if !slices.Contains(i.kinds, "Deployment") {
			i.kinds = append(i.kinds, "Deployment")
			i.names["Deployment"] = []string{operatorName}
		} else if names := i.names["Deployment"]; names != nil {
			i.names["Deployment"] = append(names, operatorName)
		}
	}
	return i
}

// namesOfKind returns the names that any of the targets selects of a kind, none
// for all of them, and whether any selects the kind.
func namesOfKind(kind string, targets []Target) (names []string, selected bool) {
	all := false
	for _, t := range targets {
		for _, s := range t.selectors {
			if !s.kind.MatchGvk(resid.Gvk{Kind: kind}) {
				continue
			}
			selected = true
			if s.Name == "" || regexp.QuoteMeta(strings.ReplaceAll(s.Name, "|", "")) != strings.ReplaceAll(s.Name, "|", "") {
				all = true // not just names
			}
			names = append(names, strings.Split(s.Name, "|")...)
		}
	}
	if all || slices.Contains(names, "") {
		return nil, selected
	}
	return names, selected
}

// mayMatter reports whether the object with these bytes may be of interest,
// without parsing it. It says yes to some others, because the kind may stand
// anywhere in the bytes, in any way that YAML has to write it.
func (i interest) mayMatter(object []byte) bool {
	return hasEscape(object) || i.inKind(object)
}

// inKind reports whether what may be a field "kind" has one of the kinds.
func (i interest) inKind(object []byte) bool {
	field := []byte("kind")
	for at := 0; ; {
		n := bytes.Index(object[at:], field)
		if n < 0 {
			return false
		}
		before := object[:at+n]
		at += n + len(field)
		switch kind := kindOf(object[at:], i.kinds); {
		case kind == "ServiceAccount":
			if i.accounts || bytes.Contains(object, []byte(imagePullSecrets)) || bytes.Contains(object, []byte(enforceMountableSecrets)) {
				return true
			}
		case kind != "" && i.mayHaveName(object, kind), isAnchored(before):
			return true
		}
	}
}

// mayHaveName reports whether the object may have one of the names that matter in
// a kind. An alias may stand for any.
func (i interest) mayHaveName(object []byte, kind string) bool {
	names, limited := i.names[kind]
	if !limited {
		return true
	}
	return slices.ContainsFunc(names, func(name string) bool { return bytes.Contains(object, []byte(name)) }) || bytes.IndexByte(object, '*') >= 0
}

// kindOf returns the kind that the value may be if rest, what follows the word
// kind, is the end of a key: one of the kinds, "any", or none.
func kindOf(rest []byte, kinds []string) string {
	rest, isKey := bytes.CutPrefix(skip(rest, " \t\r\n\"'"), []byte(":"))
	if !isKey {
		return ""
	}
	for {
		rest = skip(rest, " \t\r\n\"'|>+-123456789")
		if len(rest) == 0 {
			return ""
		}
		switch rest[0] {
		case '*': // whatever the alias stands for
			return "any"
		case '&', '!': // an anchor or tag before the value
			rest = bytes.TrimLeftFunc(rest, func(r rune) bool { return r > ' ' })
		default:
			for _, kind := range kinds {
				if bytes.HasPrefix(rest, []byte(kind)) {
					return kind
				}
			}
			if rest[0] >= utf8.RuneSelf { // a line break of YAML's, perhaps
				return "any"
			}
			return ""
		}
	}
}

// skip returns text without the characters and comments that it starts with.
func skip(text []byte, characters string) []byte {
	for {
		text = bytes.TrimLeft(text, characters)
		if len(text) == 0 || text[0] != '#' {
			return text
		}
		end := bytes.IndexAny(text, "\r\n\u0085\u2028\u2029")
		if end < 0 {
			return nil
		}
		text = text[end:]
	}
}

// isAnchored reports whether the word that follows before has an anchor, so that
// a key elsewhere can be an alias of it.
func isAnchored(before []byte) bool {
	before = bytes.TrimRight(before, "\"' \t")
	word := before[bytes.LastIndexAny(before, " \t\r\n")+1:]
	return len(word) > 0 && (word[0] == '&' || word[0] == '!')
}

// hasEscape reports whether there is an escape sequence that may stand for a
// letter, or joins two lines.
func hasEscape(object []byte) bool {
	for {
		i := bytes.IndexByte(object, '\\')
		if i < 0 || i+1 == len(object) {
			return false
		}
		if strings.IndexByte("xuU\r\n", object[i+1]) >= 0 {
			return true
		}
		object = object[i+2:]
	}
}
