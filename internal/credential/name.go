// SPDX-License-Identifier: Apache-2.0

package credential

import (
	"net/netip"
	"os"
	"os/exec"
	"slices"
	"strings"
	"unicode/utf8"

	"example.com/calico-pull-secrets/internal/lazy"
)

// The functions below decide which given names may be shown. A credential in the wrong
// place looks like a word that may have + / = - _ . in it: dckr_pat_…, base64, a JWT.

var conventionalVariable = lazy.Regexp(`^[A-Z]+(_[A-Z0-9]+)+$`)

func variableName(name string) string {
	if conventionalVariable().MatchString(name) {
		return name
	}
	return "(not shown: it may be the value)"
}

// fileName returns the path if it certainly is one: the file exists, or a folder for it
// exists. The working directory and / count only if the path names them, as in ./NAME.
// Otherwise any word would be the name of a file there.
func fileName(path string) string {
	full := expandHome(path)
	if !utf8.ValidString(path) || hasControl(path) {
		return hiddenFile
	}
	if _, err := os.Stat(full); err == nil {
		return "file " + path
	}
	// not filepath.Dir: it returns . for WORD/..
	last := strings.LastIndexFunc(full, func(r rune) bool { return r < utf8.RuneSelf && os.IsPathSeparator(uint8(r)) })
	if last < 0 || strings.Trim(full[:last], `/\`) == "" {
		return hiddenFile
	}
	if info, err := os.Stat(full[:last]); err != nil || !info.IsDir() {
		return hiddenFile
	}
	return "file " + path
}

const hiddenFile = "the file (path not shown: it may be the value)"

// knownHelpers are common credential helpers.
var knownHelpers = []string{
	"acr-env", "acr-linux", "desktop", "desktop.exe", "ecr-login", "env", "gcloud", "gcr", "ghcr-login", "osxkeychain", "pass",
	"rancher-desktop", "secretservice", "wincred", "wincred.exe",
}

// helperTitle returns the program of a credential helper if it certainly is one: it is
// common, or it is on PATH. helperName must match the name.
func helperTitle(name string) string {
	if program := helperPrefix + name; slices.Contains(knownHelpers, name) {
		return program
	} else if _, err := exec.LookPath(program); err == nil {
		return program
	}
	return "the credential helper that the file names"
}

// hostName matches the name of a host with a domain. Credentials hardly ever look like
// this: no upper case, no underscore, letters at the end. Labels may be globs, as for
// kubelet.
var hostName = lazy.Regexp(`^((([a-z0-9]|[a-z0-9][a-z0-9-]*[a-z0-9]|\*)\.)+[a-z][a-z]+|localhost)(:[0-9]+)?$`)

// plausibleHost reports whether the host of a server is certainly a host. server is the
// whole text with the host.
func plausibleHost(host, server string) bool {
	if at := strings.LastIndex(server, "@"); at >= 0 && !strings.HasPrefix(server[at+1:], host) {
		return false // a password with a / in it: Go takes the user name for the host
	}
	if _, err := netip.ParseAddrPort(host); err == nil {
		return true
	}
	if addr, err := netip.ParseAddr(host); err == nil {
		return addr.Is4()
	}
	return len(host) <= maxHost && hostName().MatchString(host)
}

// maxHost is the DNS limit for the length of a host name, in bytes.
const maxHost = 253
