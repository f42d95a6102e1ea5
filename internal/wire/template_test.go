// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestTemplatesAreToldFromTypingErrors checks that a text with a mistake of its own does
// not pass as a template.
func TestTemplatesAreToldFromTypingErrors(t *testing.T) {
	const pod = "kind: Pod\nmetadata:\n  name: a\n"
	for name, c := range map[string]struct {
		text string
		want bool
	}{
		"an action in a value":            {pod + "x: {{ .Values.x }}\n", true},
		"a list from an action":           {pod + "x: {{- toYaml .Values.x | nindent 2 }}\n", true},
		"lines of actions":                {"{{- if .Values.x }}\n" + pod + "{{- end }}\n", true},
		"an indented line of an action":   {pod + "  labels:\n    {{- include \"x\" . | nindent 4 }}\n", true},
		"an action over lines":            {"{{- /*\na comment: of [\n*/ -}}\n" + pod, true},
		"a key from an action":            {pod + "{{ $key }}: {{ $value | quote }}\n", true},
		"two branches with one key":       {"{{ if .x }}\nkind: Pod\n{{ else }}\nkind: Job\n{{ end }}\n", true},
		"a part of a word":                {pod + "image: {{ .registry }}/calico/node:{{ .tag }}\n", true},
		"an element of a list":            {pod + "x:\n- {{ toYaml . }}\n", true},
		"Jinja":                           {"{% if x %}\n" + pod + "{% endif %}\nimage: {{ registry }}/x\n", true},
		"nothing but actions":             {"{{ include \"all\" . }}\n", true},
		"no braces":                       {pod + "x: [\n", false},
		"a typing error beside a comment": {pod + "x: [\n# {{ not one }}\n", false},
		"a typing error beside a text":    {pod + "a: '{{ x }}'\n\tb: c\n", false},
		"a typing error in a template":    {"{{- if .x }}\n" + pod + "x: [\n{{- end }}\n", false},
		"an alias without its anchor":     {pod + "a: '{{ x }}'\nb: *none\n", false},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, c.want, isTemplate([]byte(c.text))) })
	}
}
