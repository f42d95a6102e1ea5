// SPDX-License-Identifier: Apache-2.0

// Package unseen has findings on what nobody can judge in a set: images in no pod spec, objects
// that a tool renders later, files that no kustomization lists, and input that the program cannot
// read. Silence about them would look like a pass.
package unseen

import (
	"fmt"
	"strings"

	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/inventory"
)

// darkWords has the words of a finding on one dark place, and of one on the first of many.
var darkWords = []struct {
	why       inventory.Reason
	one, many string
}{
	{inventory.NoPod, "is an image outside of a pod spec: the program cannot tell how kubelet pulls it", "is one of %d images outside of a pod spec: the program cannot tell how kubelet pulls them"},
	{inventory.Text, "names an image: the program cannot tell whether and how kubelet pulls it", "is one of %d places that name an image: the program cannot tell whether and how kubelet pulls them"},
	{inventory.Chosen, "has no image for a pod: the operator chooses the image, and the program cannot tell how kubelet pulls it", "is one of %d places without an image for a pod: the operator chooses the image, and the program cannot tell how kubelet pulls it"},
}

// Dark returns findings on images of r that nobody can judge: those in no pod spec or in a text,
// manifests in a text, and texts that the program does not read to their end. It returns one for each
// of the latter two, and one for all others of a reason.
func Dark(r *inventory.Resource, policy finding.Policy) (all finding.List) {
	if len(r.Reading.Dark) == 0 { // as in most objects
		return nil
	}
	severity := policy.Unproven(finding.Info)
	places := map[inventory.Reason][]inventory.Dark{}
	for _, d := range r.Reading.Dark {
		switch places[d.Why] = append(places[d.Why], d); d.Why {
		case inventory.Manifest:
			all = append(all, r.Finding(finding.UnknownPull, severity, d.Field, "has manifests in a text, which the program does not read\nhint: write these manifests into files, and audit the files"))
		case inventory.Cut:
			all = append(all, r.Finding(finding.UnknownPull, severity, d.Field, "has an encoded text that is broken, or too long to read to its end\nhint: decode it, and audit the result as a file"))
		}
	}
	for _, words := range darkWords {
		found := places[words.why]
		if len(found) == 0 {
			continue
		}
		text := words.one
		if len(found) > 1 {
			text = fmt.Sprintf(words.many, len(found))
		}
		f := r.Finding(finding.UnknownPull, severity, found[0].Field, "%s", text)
		var images []string
		for _, d := range found {
			images = append(append(images, d.Image), d.Others...)
		}
		f.Images = strings.Trim(strings.Join(images, "\n"), "\n") // one that an operator chooses has no name
		all = append(all, f)
	}
	return all
}
