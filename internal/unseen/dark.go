// SPDX-License-Identifier: Apache-2.0

// Package unseen has findings on what nobody can judge in a set: images in no pod spec, objects
// that a tool renders later, files that no kustomization lists, and input that the program cannot
// read. Silence about them would look like a pass.
package unseen

import (
	"strings"

	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/inventory"
)

// Dark returns findings on images of r that nobody can judge: those in no pod spec or in a text,
// and manifests in a text.
func Dark(r *inventory.Resource, policy finding.Policy) (all finding.List) {
	say := func(field, format string, a ...any) {
		all = append(all, r.Finding(finding.UnknownPull, policy.Unproven(finding.Info), field, format, a...))
	}
	count, first, images := map[inventory.Reason]int{}, map[inventory.Reason]string{}, map[inventory.Reason][]string{}
	for _, d := range r.Reading.Dark {
		switch d.Why {
		case inventory.Manifest:
			say(d.Field, "has manifests in a text, which the program does not read\nhint: audit them as files of their own")
			continue
		}
		if count[d.Why]++; count[d.Why] == 1 {
			first[d.Why] = d.Field
		}
		images[d.Why] = append(append(images[d.Why], d.Image), d.Others...)
	}
	name := func(why inventory.Reason) { all[len(all)-1].Images = strings.Join(images[why], "\n") }
	switch n, field := count[inventory.NoPod], first[inventory.NoPod]; {
	case n == 1:
		say(field, "is an image outside of a pod spec: cannot tell how it is pulled")
		name(inventory.NoPod)
	case n > 1:
		say(field, "is one of %d images outside of a pod spec: cannot tell how they are pulled", n)
		name(inventory.NoPod)
	}
	switch n, field := count[inventory.Text], first[inventory.Text]; {
	case n == 1:
		say(field, "names an image: cannot tell whether it is pulled, and how")
		name(inventory.Text)
	case n > 1:
		say(field, "is one of %d places that name an image: cannot tell whether these are pulled, and how", n)
		name(inventory.Text)
	}
	switch n, field := count[inventory.Chosen], first[inventory.Chosen]; {
	case n == 1:
		say(field, "has no image for a pod: the operator chooses it, and nobody can tell how it is pulled")
	case n > 1:
		say(field, "is one of %d places without an image for a pod: the operator chooses it, and nobody can tell how it is pulled", n)
	}
	return all
}
