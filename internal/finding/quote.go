// SPDX-License-Identifier: Apache-2.0

package finding

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/agext/levenshtein"

	"example.com/calico-pull-secrets/internal/lazy"
	"example.com/calico-pull-secrets/internal/pull"
)

// Visible returns a text as one line. It escapes characters that are not printable, as Go does in a
// string. So no escape sequence reaches a terminal.
func Visible(text string) string {
	if utf8.ValidString(text) && !strings.ContainsFunc(text, isUnprintable) {
		return text
	}
	var b strings.Builder
	for len(text) > 0 {
		r, size := utf8.DecodeRuneInString(text)
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, text[0])
		case unicode.IsPrint(r):
			b.WriteRune(r)
		default:
			quoted := strconv.QuoteRune(r)
			b.WriteString(quoted[1 : len(quoted)-1])
		}
		text = text[size:]
	}
	return b.String()
}

// ShowName returns a name for a message. It quotes a name with control characters, so that a
// terminal does not obey them.
func ShowName(name string) string {
	if !strings.ContainsFunc(name, isUnprintable) {
		return name
	}
	return strconv.Quote(name)
}

func isUnprintable(r rune) bool { return !unicode.IsPrint(r) }

// ShowObject returns the text for an object in messages.
func ShowObject(kind, namespace, name string) string {
	name = ShowName(name)
	if namespace != "" {
		name = ShowName(namespace) + "/" + name
	}
	return strings.TrimSuffix(ShowName(kind)+" "+name, " ")
}

// plausibleHost matches hosts that do not look like a password: lower case, with a domain, an
// address or a port.
var plausibleHost = lazy.Regexp(`^(?:localhost|(?:` + plausibleLabel + `\.)+[a-z]{2,}|[0-9]+(?:\.[0-9]+){3}|\[[a-f0-9:]+\])(?::[0-9]{1,5})?$|^` + plausibleLabel + `:[0-9]{1,5}$`)

const plausibleLabel = `[a-z0-9*](?:[a-z0-9*-]*[a-z0-9*])?`

// ShowServer returns the text for a server in messages. It hides a server that does not look like a
// host: it may be a credential in the wrong place. It also hides a path, and the user name,
// password and query of a URL.
func ShowServer(server string) string {
	host, path, _ := strings.Cut(pull.Endpoint(server), "/")
	switch {
	case !plausibleHost().MatchString(host):
		return "a server that is not shown"
	case path != "":
		return host + "/…"
	}
	_, rest, hasScheme := strings.Cut(server, "://")
	if !hasScheme {
		rest = server
	}
	if rest, ok := strings.CutPrefix(rest, host); !ok || !slices.Contains([]string{"", "/", "/v1/", "/v2/"}, rest) {
		return host
	}
	return server
}

// ShowOffer names the entry of a Secret that kubelet tries.
func ShowOffer(o pull.Offer) string {
	entry := "entry " + ShowServer(o.Endpoint) + " of Secret " + strconv.Quote(o.Secret)
	if !o.Usable {
		entry += ", which has no user name or password,"
	}
	return entry
}

// ShowServers returns the text for several servers in messages, each once.
func ShowServers(servers []string) string { return Enumerate(Unique(servers, ShowServer)) }

// publicRegistries are names that a message may always show.
var publicRegistries = []string{
	"docker.io", "registry-1.docker.io", "registry.hub.docker.com", "quay.io", "ghcr.io", "gcr.io", "registry.k8s.io", "mcr.microsoft.com", "public.ecr.aws", "localhost",
}

// ShowImage returns the text for an image in a record. It hides the part before an @ that begins no
// digest: in "user:password@host/image", which kubelet refuses, that part is a credential.
func ShowImage(image string) string {
	at := strings.LastIndexByte(image, '@')
	if at < 0 {
		return image
	}
	after := image[at+1:]
	isDigest := strings.HasPrefix(after, "sha") || strings.HasPrefix(after, "$") || strings.HasPrefix(after, "{") // a placeholder
	if isDigest && !strings.Contains(after, "/") && !strings.Contains(image[:at], "@") {
		return image
	}
	return "(hidden)@" + after
}

// ShowRegistry returns the text for the host of a registry in messages. It shows the host only if
// it is a public one, or nearly one of those in here.
func ShowRegistry(registry string, here []string) string {
	host, port, _ := strings.Cut(registry, ":")
	for _, known := range append(slices.Clone(publicRegistries), here...) {
		if name, _, _ := strings.Cut(known, ":"); name == host && isPort(port) || IsNear(registry, known) {
			return registry
		}
	}
	return "that registry"
}

// isPort reports whether a text is a port, or empty.
func isPort(port string) bool {
	_, err := strconv.ParseUint(port, 10, 16)
	return port == "" || err == nil
}

var kubernetesType = lazy.Regexp(`^kubernetes\.io/(service-account-token|dockercfg|dockerconfigjson|basic-auth|ssh-auth|tls)$`)

// ShowSecretType returns the text for the type of a Secret in messages. It shows only types that
// Kubernetes or Helm use.
func ShowSecretType(t string) string {
	switch {
	case t == "":
		return `type "Opaque"`
	case slices.Contains([]string{"Opaque", "bootstrap.kubernetes.io/token", "helm.sh/release.v1"}, t), kubernetesType().MatchString(t):
		return fmt.Sprintf("type %q", t)
	}
	return "another type"
}

// ShowIfNear returns value in quotes, and a blank, if it is nearly one of the valid values. Else it
// returns "": any other value may be a credential in the wrong place.
func ShowIfNear(value string, valid []string) string {
	if near := Closest(value, valid); near != "" && IsNear(value, near) {
		return fmt.Sprintf("%q ", value)
	}
	return ""
}

// DidYouMean returns a question, and a blank, if value is nearly one of the valid values. Else it
// returns "". It does not quote the value.
func DidYouMean(value string, valid []string) string {
	if near := Closest(value, valid); near != "" {
		return "did you mean " + near + "? "
	}
	return ""
}

// Closest returns the choice that a misspelt text most likely means, empty if none is near. It
// compares both the whole text and the part behind the last dot.
func Closest(misspelt string, choices []string) string {
	best, bestDistance := "", 1+max(2, len(misspelt)/3)
	for _, choice := range choices {
		d := min(Distance(misspelt, choice), Distance(lastPart(misspelt), lastPart(choice))+1)
		if d < bestDistance {
			best, bestDistance = choice, d
		}
	}
	return best
}

// IsNear reports whether path is known with a few wrong characters: too few for a secret.
func IsNear(path, known string) bool {
	nearly := func(a, b string) bool { return Distance(a, b) <= min(3, 1+len(b)/4) }
	parent := strings.TrimSuffix(path, lastPart(path))
	return known != "" && (nearly(path, known) || (parent == "" || parent == "secret.") && nearly(lastPart(path), lastPart(known)))
}

// Distance returns how many characters differ, whatever their case.
func Distance(a, b string) int {
	return levenshtein.Distance(strings.ToLower(a), strings.ToLower(b), nil)
}

func lastPart(path string) string { return path[strings.LastIndexByte(path, '.')+1:] }

// Enumerate joins strings with commas, at most six: see First.
func Enumerate(all []string) string { return First(all, 6) }

// First joins at most most strings with commas. If there are more, it ends with the number of the
// others.
func First(all []string, most int) string {
	if len(all) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(all[:most], ", "), len(all)-most)
	}
	return strings.Join(all, ", ")
}

// Count returns a number with its noun: 1 file, 2 files.
func Count(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}

// Distinct returns the strings, each once, without empty ones.
func Distinct(all []string) []string {
	return Unique(all, func(s string) string { return s })
}

// Unique returns f of each value, each text once, without empty ones.
func Unique[T any](from []T, f func(T) string) (all []string) {
	seen := map[string]bool{"": true}
	for _, v := range from {
		if made := f(v); !seen[made] {
			seen[made] = true
			all = append(all, made)
		}
	}
	return all
}
