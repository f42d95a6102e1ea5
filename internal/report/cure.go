// SPDX-License-Identifier: Apache-2.0

package report

import (
	"strings"

	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/lazy"
	"example.com/calico-pull-secrets/internal/pull"
)

// cures returns two lines for each group of a set's failing images that have one cause and one
// cure. The first line has their number, their namespaces and the cause. The second is the hint.
func (s Set) cures() (lines []string) {
	type group struct{ cause, cure string }
	type members struct {
		images     int
		namespaces []string
		seen       map[string]bool
	}
	var order []group
	groups := map[group]*members{}
	for _, image := range s.Images {
		if !image.Fails || image.Cure == "" {
			continue
		}
		cause, _, _ := strings.Cut(image.Reason, ", and ") // the rest differs from pod to pod
		if image.Verdict == "authenticated" {
			cause = "authenticated, " + cause // the reason is "unless …"
		}
		g := group{cause, image.Cure}
		m := groups[g]
		if m == nil {
			m = &members{seen: map[string]bool{}}
			groups[g], order = m, append(order, g)
		}
		m.images++
		if !m.seen[image.Namespace] {
			m.seen[image.Namespace] = true
			m.namespaces = append(m.namespaces, image.Namespace)
		}
	}
	for _, g := range order {
		m := groups[g]
		what := finding.Count(m.images, "image") + " to fix" + inNamespaces(m.namespaces) + ": " + g.cause
		if s.Name != "" {
			what = s.Name + ": " + what
		}
		lines = append(lines, Visible(what), Visible("hint: "+s.command(g.cure)))
	}
	return lines
}

// inNamespaces returns the namespaces as the end of a phrase, empty if the images name none.
func inNamespaces(all []string) string {
	switch {
	case len(all) == 1 && all[0] == "":
		return ""
	case len(all) == 1:
		return " in namespace " + all[0]
	}
	var names []string
	for _, name := range all {
		if name == "" {
			name = "(none)"
		}
		names = append(names, name)
	}
	return " in namespaces " + firstThree(names)
}

// command returns the command to type, if the cure is settings for mode add. It returns any other
// cure unchanged.
func (s Set) command(cure string) string {
	if !strings.HasPrefix(cure, "targets=") {
		return cure
	}
	var words []string
	for _, word := range strings.Fields(cure) {
		words = append(words, quoted(word))
	}
	for _, glob := range s.Exclude { // mode add does not read the repository's configuration
		if glob = quoted(glob); pull.IsToken(strings.Trim(glob, "'")) { // a credential in the wrong place
			glob = "…"
		}
		words = append(words, "--exclude", glob)
	}
	settings := strings.Join(words, " ")
	const most = 3
	switch {
	case len(s.Paths) == 0:
		return "COMMAND | " + Program + " " + settings
	case len(s.Paths) > most:
		return Program + " --write " + settings + " FILE..."
	}
	for _, path := range s.Paths {
		settings += " " + quoted(path)
	}
	return Program + " --write " + settings
}

// plainWord matches a word that a shell takes without quotes.
var plainWord = lazy.Regexp(`^[A-Za-z0-9_./:=,@%+][A-Za-z0-9_./:=,@%+-]*$`)

// quoted returns a text as a shell word.
func quoted(text string) string {
	if plainWord().MatchString(text) {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
