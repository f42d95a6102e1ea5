// SPDX-License-Identifier: Apache-2.0

package function

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"

	"example.com/calico-pull-secrets/internal/pull"
)

// plausibleHost matches hosts that can be told from a password by their looks: lower
// case, with a domain, an address or a port.
var plausibleHost = sync.OnceValue(func() *regexp.Regexp {
	const label = `[a-z0-9*](?:[a-z0-9*-]*[a-z0-9*])?`
	return regexp.MustCompile(`^(?:localhost|(?:` + label + `\.)+[a-z]{2,}|[0-9]+(?:\.[0-9]+){3}|\[[a-f0-9:]+\])(?::[0-9]{1,5})?$|^` + label + `:[0-9]{1,5}$`)
})

// shownServer returns how a server is called in a message. What does not look like a
// host may be a credential in the wrong place and is not shown, and neither is a path,
// nor what a URL has besides: a user name and password, a query.
func shownServer(server string) string {
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

// shownServers returns how servers are called in a message.
func shownServers(servers []string) string { return enumerate(each(servers, shownServer)) }

// shownName returns a name as a message has it: control characters, which a terminal
// would obey, are made visible.
func shownName(name string) string {
	if !strings.ContainsFunc(name, unprintable) {
		return name
	}
	return strconv.Quote(name)
}

func unprintable(r rune) bool { return !unicode.IsPrint(r) && r != ' ' }
