// SPDX-License-Identifier: Apache-2.0

package imagetext

import (
	"slices"
	"strings"

	"example.com/calico-pull-secrets/internal/pull"
)

// imageKeys are the keys of fields that have an image, in lower case and without dashes,
// underscores and dots.
var imageKeys = []string{"image", "imagename", "imageref", "imagereference", "imageurl", "imageuri", "imagerepository", "imagerepo", "containerimage", "dockerimage"}

// wideKeys are the keys of fields that may have an image, or something else.
var wideKeys = []string{"imagepath", "imagelocation", "imagesource", "imagespec", "imagefullname", "imagewithtag", "imagelist", "imageoverride", "imageorigin", "imagetouse", "imagev"}

// Key reports whether a key means an image. exact says that its value is always an
// image. A key that only ends like one, such as machineImage, may have other values.
func Key(key string) (exact, is bool) {
	if !strings.ContainsAny(key, "gG") { // most keys
		return false, false
	}
	key = strings.Map(func(r rune) rune { // "image-name", "image_1", "Image Name"
		if r < 'a' || r > 'z' {
			return -1
		}
		return r
	}, strings.ToLower(key))
	if slices.Contains(imageKeys, key) {
		return true, true
	}
	key = strings.TrimSuffix(key, "s")
	return false, slices.Contains(wideKeys, key) || slices.ContainsFunc(imageKeys, func(k string) bool { return strings.HasSuffix(key, k) })
}

// MayBeImage reports whether the value of such a key may be an image.
func MayBeImage(value string, exact bool) bool {
	image := withoutScheme(value)
	if strings.ContainsAny(image, "${<%") { // a placeholder
		return !strings.ContainsAny(image, "\n")
	}
	_, ok := pull.Repository(image)
	return ok && (exact || strings.ContainsAny(image, "/:@"))
}
