// SPDX-License-Identifier: Apache-2.0

package report

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"example.com/calico-pull-secrets/internal/finding"
)

// ending returns the cures of all sets, and then the summary.
func (r Run) ending() (lines []string) {
	for _, s := range r.Sets {
		lines = append(lines, s.cures()...)
	}
	return append(lines, r.summary()...)
}

// summary returns a line for each audited registry of each set. Then comes a line about all sets,
// if there are several. At the end it says what passed by an exception or the baseline.
func (r Run) summary() (lines []string) {
	var failed []string
	for _, s := range r.Sets {
		prefix := ""
		if s.Name != "" {
			prefix = Visible(s.Name) + ": "
		}
		for _, line := range s.summary(r.IsAudit) {
			lines = append(lines, prefix+line)
		}
		if !s.OK {
			failed = append(failed, Visible(s.Name))
		}
	}
	if n := len(slices.DeleteFunc(slices.Clone(r.Findings), func(f finding.Finding) bool { return f.Severity != finding.Error })); n > 0 {
		lines = append(lines, fmt.Sprintf("FAIL, for %s", finding.Count(n, "error")))
	}
	switch {
	case len(r.Sets) < 2:
	case len(failed) == 0:
		lines = append(lines, fmt.Sprintf("%d sets: OK", len(r.Sets)))
	default:
		lines = append(lines, fmt.Sprintf("%d of %d sets: FAIL: %s", len(failed), len(r.Sets), firstThree(failed)))
	}
	return append(lines, r.Lenient.Lines()...)
}

// summary returns the lines of one set.
func (s Set) summary(isAudit bool) (lines []string) {
	errors := 0
	for _, f := range s.Findings {
		errors += oneIf(f.Severity == finding.Error && !(isAudit && f.IsVerdict))
	}
	images, others := s.byRegistry()
	hosts := slices.Sorted(maps.Keys(images))
	if len(hosts) > 0 && hosts[0] == "" { // unknown registries come last
		hosts = append(hosts[1:], "")
	}
	for _, registry := range s.Registries {
		if len(images) == 0 && registry != "*" {
			hosts = append(hosts, Visible(registry))
		}
	}
	for _, host := range hosts {
		lines = append(lines, s.line(host, images[host], errors))
	}
	if len(lines) == 0 {
		lines = append(lines, strings.TrimPrefix(s.judgement(0, 0, errors), ": "))
	}
	if others > 0 {
		is := "are"
		if others == 1 {
			is = "is"
		}
		lines[len(lines)-1] += fmt.Sprintf(". %d from other registries %s not audited", others, is)
	}
	if s.Budget != nil {
		lines = append(lines, s.Budget.Lines()...)
	}
	return lines
}

// byRegistry returns the audited images by registry, and the number of the others.
func (s Set) byRegistry() (audited map[string][]finding.Image, others int) {
	audited = map[string][]finding.Image{}
	for _, image := range s.Images {
		if !image.Audited {
			others++
			continue
		}
		host := Visible(image.Registry)
		audited[host] = append(audited[host], image)
	}
	return audited, others
}

// line returns the result for a registry: the number of images with each verdict, worst first.
func (s Set) line(host string, images []finding.Image, errors int) string {
	if host == "" {
		host = "unknown registry"
	}
	parts := []string{finding.Count(len(images), "image")}
	unproven, failing := 0, 0
	for _, of := range countVerdicts(images) {
		if of.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", of.n, of.name))
		}
		if of.name == "unknown" || of.name == "invalid" {
			unproven += of.n
		}
	}
	excepted, declared := 0, 0
	for _, image := range images {
		failing += oneIf(image.Fails)
		excepted += oneIf(image.Excepted != "")
		declared += oneIf(image.Declared)
	}
	if declared > 0 {
		parts[len(parts)-1] += fmt.Sprintf(" (%d as servers says)", declared)
	}
	if excepted > 0 {
		parts = append(parts, fmt.Sprintf("%d excepted", excepted))
	}
	return host + ": " + strings.Join(parts, ", ") + s.judgement(failing, unproven, errors)
}

// judgement returns the end of a line. No line of a failing set says OK.
func (s Set) judgement(failing, unproven, errors int) string {
	switch {
	case failing > 0:
		return ": FAIL"
	case errors > 0:
		return fmt.Sprintf(": FAIL, for %s", finding.Count(errors, "error"))
	case slices.ContainsFunc(s.Images, func(i finding.Image) bool { return i.Fails }):
		return "" // another registry's line says FAIL
	case !s.OK:
		return ": FAIL"
	}
	var but []string
	if unproven > 0 {
		but = append(but, fmt.Sprintf("%d not proven", unproven))
	}
	if n := s.dark(); n > 0 {
		but = append(but, fmt.Sprintf("%d not looked at", n))
	}
	if len(but) > 0 {
		return ": OK, but " + strings.Join(but, ", ")
	}
	return ": OK"
}

// dark returns how many things may pull although nobody judged them: objects that somebody renders
// later, and images outside of pods.
func (s Set) dark() (n int) {
	for _, f := range s.Findings {
		n += oneIf(!f.IsVerdict && (f.Check == finding.RenderedLater || f.Check == finding.UnknownPull))
	}
	return n
}
