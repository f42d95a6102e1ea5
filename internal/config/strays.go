// SPDX-License-Identifier: Apache-2.0

package config

import (
	"strings"

	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/placeholder"
)

// explained returns the problems. If a shell, a file with Windows line ends or a template left
// something in a wrong value, it says that instead. It never makes a problem of a right value.
func (d *decoder) explained(all Problems) Problems {
	count := map[string]int{}
	for _, p := range all {
		count[p.Field]++
	}
	for i := range all {
		p := &all[i]
		value := d.values[p.Field]
		if count[p.Field] > 1 || value.node == nil || value.node.ShortTag() != "!!str" || mayHoldCredential(p.Field) {
			continue
		}
		if err := stray(value.node.Value); err != nil {
			p.Text, p.Hint = err.Error(), finding.HintOf(err)
		}
	}
	return all
}

// mayHoldCredential reports whether a message must not say how the value of a field begins or ends.
func mayHoldCredential(field string) bool {
	name := strings.ToLower(lastPart(field))
	return strings.HasPrefix(name, "username") || strings.HasPrefix(name, "password") || name == "email"
}

// stray returns an error if a value has something that does not belong to it, nil otherwise.
func stray(value string) error {
	trimmed := strings.TrimSpace(value)
	bare := strings.Trim(trimmed, `"'`)
	switch {
	case trimmed == "":
		return nil
	case trimmed[0] != '[' && placeholder.IsUnreplaced(trimmed), placeholder.In(trimmed):
		return finding.Errorf("is a placeholder that nobody replaced\nhint: a shell replaces nothing in single quotes, and this program replaces nothing in a YAML file")
	case len(bare) <= len(trimmed)-2 && trimmed[0] == trimmed[len(trimmed)-1]:
		return finding.Errorf("has quotes around it\nhint: leave out the quotes that the shell keeps, such as \\\"")
	case trimmed != value:
		return finding.Errorf("begins or ends with a blank or a line break\nhint: remove it; a script with Windows line ends has one at the end of each line")
	}
	return nil
}
