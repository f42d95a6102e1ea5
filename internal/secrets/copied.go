// SPDX-License-Identifier: Apache-2.0

package secrets

import (
	"regexp"
	"slices"
	"strings"

	"example.com/calico-pull-secrets/internal/inventory"
)

// A choice says in which namespaces a controller makes a Secret.
type choice func(namespace string) answer

// An answer is whether a Secret is in a namespace.
type answer int

const (
	no answer = iota
	perhaps
	yes
)

func anywhere(string) answer { return yes }

// unclear is the choice of a controller that asks for labels of namespaces, which the resources
// rarely show.
func unclear(string) answer { return perhaps }

// matching returns the choice of the namespaces that one of the patterns in a list matches. An
// empty list matches all. A pattern that Go cannot read may match: reflector has more of them.
func matching(list string) choice {
	var patterns []*regexp.Regexp
	other := no
	for pattern := range strings.SplitSeq(list, ",") {
		if pattern = strings.TrimSpace(pattern); pattern == "" {
			continue
		}
		if expression, err := regexp.Compile("^(?:" + pattern + ")$"); err == nil {
			patterns = append(patterns, expression)
		} else {
			other = perhaps
		}
	}
	if len(patterns) == 0 && other == no {
		return anywhere
	}
	return func(namespace string) answer {
		switch {
		case namespace == "": // the caller of kubectl names it
			return perhaps
		case slices.ContainsFunc(patterns, func(e *regexp.Regexp) bool { return e.MatchString(namespace) }):
			return yes
		}
		return other
	}
}

// goesTo reports whether the controller makes the Secret in a namespace. A copy is never in the
// namespace of its source.
func (m *Made) goesTo(namespace string) answer {
	switch {
	case m.isCopy && m.Of.GetNamespace() == namespace:
		return no
	case m.Everywhere:
		return m.chosen(namespace)
	case m.Of.GetNamespace() == namespace:
		return yes
	}
	return perhaps // it has no namespace, so the caller of kubectl names it
}

// generated returns the Secrets that a Kyverno policy makes or copies.
func (r maker) generated() (made []Made) {
	rules, _, _ := r.NestedSlice("spec", "rules")
	for _, rule := range rules {
		kind, _, _ := rule.NestedString("generate", "kind")
		name, _, _ := rule.NestedString("generate", "name")
		if kind != "Secret" || name == "" {
			continue
		}
		m := Made{names: []string{name}, Everywhere: true, chosen: anywhere}
		if namespace, _, _ := rule.NestedString("generate", "namespace"); namespace != "" && !strings.ContainsAny(namespace, "{$") {
			m.chosen = matching(regexp.QuoteMeta(namespace))
		}
		made = append(made, m)
	}
	return made
}

// A selector selects namespaces by their labels.
type selector struct {
	MatchLabels      map[string]string `yaml:"matchLabels"`
	MatchExpressions []any             `yaml:"matchExpressions"`
}

// nameLabel is a label that each namespace has: its name.
const nameLabel = "kubernetes.io/metadata.name"

// selects reports whether the selector selects a namespace.
func (s selector) selects(namespace string) answer {
	name := s.MatchLabels[nameLabel]
	switch {
	case len(s.MatchLabels) == 0 && len(s.MatchExpressions) == 0:
		return yes
	case name != "" && namespace != "" && name != namespace:
		return no
	case name != "" && name == namespace && len(s.MatchLabels) == 1 && len(s.MatchExpressions) == 0:
		return yes
	}
	return perhaps
}

// selected returns the choice of a ClusterExternalSecret: the namespaces that it names or selects.
func (r maker) selected() choice {
	var object struct {
		Spec struct {
			Namespaces         []string   `yaml:"namespaces"`
			NamespaceSelector  *selector  `yaml:"namespaceSelector"`
			NamespaceSelectors []selector `yaml:"namespaceSelectors"`
		} `yaml:"spec"`
	}
	if r.As(&object) != nil {
		return unclear
	}
	spec := object.Spec
	if spec.NamespaceSelector != nil {
		spec.NamespaceSelectors = append(spec.NamespaceSelectors, *spec.NamespaceSelector)
	}
	return func(namespace string) answer {
		best := no
		if namespace == "" || len(spec.Namespaces)+len(spec.NamespaceSelectors) == 0 {
			best = perhaps
		}
		if slices.Contains(spec.Namespaces, namespace) {
			best = yes
		}
		for _, s := range spec.NamespaceSelectors {
			best = max(best, s.selects(namespace))
		}
		return best
	}
}

// Annotations that ask a controller to copy a Secret into other namespaces, or to fill it from
// another Secret: of emberstack's reflector, mittwald's replicator, and config-syncer.
const (
	reflectionAllowed           = "reflector.v1.k8s.emberstack.com/reflection-allowed"
	reflectionAllowedNamespaces = "reflector.v1.k8s.emberstack.com/reflection-allowed-namespaces"
	reflectionAuto              = "reflector.v1.k8s.emberstack.com/reflection-auto-enabled"
	reflectionNamespaces        = "reflector.v1.k8s.emberstack.com/reflection-auto-namespaces"
	reflects                    = "reflector.v1.k8s.emberstack.com/reflects"
	replicateTo                 = "replicator.v1.mittwald.de/replicate-to"
	replicateToMatching         = "replicator.v1.mittwald.de/replicate-to-matching"
	replicateFrom               = "replicator.v1.mittwald.de/replicate-from"
	configSync                  = "kubed.appscode.com/sync"
)

// copiesOf returns the copies of the Secret r that controllers make. They have its type and
// content.
func copiesOf(r *inventory.Resource) []Made {
	var choices []choice
	if r.GetAnnotation(reflectionAuto) == "true" && r.GetAnnotation(reflectionAllowed) == "true" {
		allowed, automatic := matching(r.GetAnnotation(reflectionAllowedNamespaces)), matching(r.GetAnnotation(reflectionNamespaces))
		choices = append(choices, func(namespace string) answer { return min(allowed(namespace), automatic(namespace)) })
	}
	if list := r.GetAnnotation(replicateTo); list != "" {
		choices = append(choices, matching(list))
	}
	if r.GetAnnotation(replicateToMatching) != "" {
		choices = append(choices, unclear)
	}
	if r.HasField("metadata", "annotations", configSync) {
		if r.GetAnnotation(configSync) == "" {
			choices = append(choices, anywhere)
		} else { // labels of namespaces
			choices = append(choices, unclear)
		}
	}
	if len(choices) == 0 {
		return nil
	}
	chosen := func(namespace string) answer {
		best := no
		for _, c := range choices {
			best = max(best, c(namespace))
		}
		return best
	}
	return []Made{{names: []string{r.GetName()}, Everywhere: true, isCopy: true, chosen: chosen}}
}

// isFilled reports whether a controller replaces the content of the Secret r with that of another
// Secret.
func isFilled(r *inventory.Resource) bool {
	return r.GetAnnotation(reflects) != "" || r.GetAnnotation(replicateFrom) != ""
}
