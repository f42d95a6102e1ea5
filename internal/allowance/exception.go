// SPDX-License-Identifier: Apache-2.0

package allowance

import (
	"slices"
	"strings"
	"time"

	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/pull"
)

// An Exception lets findings pass that match all its fields. An empty field matches every finding.
// The tags are those of config.Settings.
type Exception struct {
	Check     string `field:"check" empty:"ok" is:"text" about:"the id of the check"`
	Image     string `field:"image" empty:"ok" is:"text" about:"a glob for image names as kubelet writes them, such as docker.io/acme/*"`
	Kind      string `field:"kind" empty:"ok" is:"text" about:"the kind of the object"`
	Namespace string `field:"namespace" empty:"ok" is:"text" about:"the namespace of the object"`
	Name      string `field:"name" empty:"ok" is:"text" about:"the name of the object, or the file if the finding has no object"`
	Reason    string `field:"reason" about:"why the finding may pass"`
	Until     string `field:"until" empty:"ok" is:"date" about:"the last day of the exception, in UTC"`
}

// A Problem is an error in a field of an exception. Its text quotes a value only if it is nearly
// valid.
type Problem struct{ Field, Text, Hint string }

// Problems returns the errors in the fields of the exception.
func (e Exception) Problems() (all []Problem) {
	add := func(field, text, hint string) { all = append(all, Problem{field, text, hint}) }
	if e.Check == "" && e.Image == "" && e.Kind == "" && e.Namespace == "" && e.Name == "" {
		add("", "selects no findings", "set check, image, kind, namespace or name")
	}
	ids := idsThatPass()
	if e.Check != "" && !slices.Contains(ids, e.Check) {
		if slices.ContainsFunc(finding.Checks(), func(c finding.Check) bool { return c.ID == e.Check }) {
			add("check", "no exception can let this check pass", "fix the findings of this id")
		} else {
			add("check", finding.ShowIfNear(e.Check, ids)+"is not the id of a check", finding.DidYouMean(e.Check, ids)+"calico-pull-secrets explain lists all ids")
		}
	}
	if e.Image != "" {
		if text := problemOfGlob(e.Image); text != "" {
			add("image", text, "write docker.io/library/nginx for nginx, and docker.io/acme/* for acme/*")
		}
	}
	if strings.TrimSpace(e.Reason) == "" {
		add("reason", "is missing", "write why the finding may pass")
	}
	if _, err := time.Parse(time.DateOnly, e.Until); e.Until != "" && err != nil {
		add("until", "is not a date", "write one such as 2027-03-31")
	}
	return all
}

// problemOfGlob returns why a glob cannot match any image that kubelet normalises, empty if it can.
func problemOfGlob(glob string) string {
	host, _, found := strings.Cut(glob, "/")
	switch {
	case !IsGlob(glob):
		return "is not a glob, or has too many alternatives"
	case strings.Contains(glob, "://") || strings.Contains(host, "@"): // messages show it, and it may contain a password
		return "has an address or a user in it"
	case strings.HasPrefix(glob, "**"):
		return ""
	case !found || !strings.ContainsAny(host, ".:*?[{") && host != "localhost":
		return "does not begin with a registry"
	}
	return ""
}

// matchesImage reports whether a glob matches an image as kubelet normalises it. Without a tag or
// digest in the glob, those of the image do not matter.
func matchesImage(glob, image string) bool {
	repository, ok := pull.Repository(image)
	if !ok {
		return false
	}
	if last := glob[strings.LastIndexByte(glob, '/')+1:]; strings.ContainsAny(last, ":@") {
		repository += tail(image)
	}
	return matchGlob(glob, repository)
}

// tail returns the tag and the digest of an image, with the : or @ before them.
func tail(image string) string {
	name, _, _ := strings.Cut(image, "@")
	if colon := strings.LastIndexByte(name, ':'); colon > strings.LastIndexByte(name, '/') {
		name = name[:colon]
	}
	return image[len(name):]
}

// covers reports whether the exception matches a finding.
func (e Exception) covers(f finding.Finding) bool {
	is := func(want, have string) bool { return want == "" || want == have }
	return is(e.Check, f.Check) && is(e.Kind, f.Kind) && is(e.Namespace, f.Namespace) && is(e.Name, nameOf(f)) &&
		(e.Image == "" || matchesAll(e.Image, f.Images))
}

// matchesAll reports whether a glob matches each of the images, one on a line. It returns false if
// there is no image.
func matchesAll(glob, images string) bool {
	return images != "" && !slices.ContainsFunc(strings.Split(images, "\n"), func(image string) bool { return !matchesImage(glob, image) })
}

// nameOf returns the name of the object of a finding, or else its file.
func nameOf(f finding.Finding) string {
	if f.Kind == "" {
		return slashed(f.File)
	}
	return f.Name
}

// hasEnded reports whether the last day is before today, such as 2027-04-01.
func (e Exception) hasEnded(today string) bool { return e.Until != "" && e.Until < today }

// neverPass has the checks whose findings no exception lets pass.
var neverPass = []string{
	finding.FailingPull, finding.Unread, finding.Config, finding.MissingTarget,
	finding.ExceptionExpired, finding.ExceptionInvalid, finding.ExceptionUnused, finding.BaselineGone,
}

// idsThatPass returns the ids of the checks that an exception may name.
func idsThatPass() (ids []string) {
	for _, c := range finding.Checks() {
		if !slices.Contains(neverPass, c.ID) {
			ids = append(ids, c.ID)
		}
	}
	return ids
}
