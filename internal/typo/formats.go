// SPDX-License-Identifier: Apache-2.0

package typo

import (
	"path/filepath"
	"strings"

	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/report"
)

// Format returns the error for a value of --output that begins with no format. It shows the value
// only if that is nearly a format.
func Format(value string) error {
	names := report.Names()
	form, file, hasFile := strings.Cut(value, "=")
	first, _, isList := strings.Cut(value, ",")
	extension := strings.TrimPrefix(filepath.Ext(value), ".")
	near := finding.Closest(form, names)
	switch {
	case isList && report.Named(first) != nil:
		return finding.Errorf("has no such format\nhint: write the flag for each format: --output %s --output FORM=FILE", first)
	case hasFile && report.Named(file) != nil:
		return finding.Errorf("has no such format\nhint: the format comes first: --output %s=FILE", file)
	case !hasFile && report.Named(extension) != nil:
		return finding.Errorf("has no such format\nhint: the format comes before the file: --output %s=FILE", extension)
	case finding.IsNear(form, near) && 2*finding.Distance(form, near) < len(near):
		return finding.Errorf("has no such format %q\nhint: did you mean %s?", form, near)
	}
	return finding.Errorf("has no such format\nhint: the formats are %s; the manifests themselves go to stdout without this flag", strings.Join(names, ", "))
}
