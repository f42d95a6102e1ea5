// SPDX-License-Identifier: Apache-2.0

//go:build unix

package credential

import (
	"errors"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// helperScript puts a credential helper on PATH. Its script finds the action in $1 and
// the server in $server.
func helperScript(t *testing.T, name, script string) {
	t.Helper()
	file(t, "bin/docker-credential-"+name, "#!/bin/sh\nread -r server\n"+script+"\n")
}

const printLogin = `echo '{"ServerURL":"x","Username":"helped","Secret":"` + canary + `"}'`

func TestCredentialHelpers(t *testing.T) {
	atHome(t)
	helped := Credential{"helped", canary}
	helperScript(t, "one", `[ "$1 $server" = "get quay.io" ] && `+printLogin)
	helperScript(t, "store", `case "$1 $server" in
list*) echo '{"https://index.docker.io/v1/":"helped","ghcr.io":"other"}' ;;
"get https://index.docker.io/v1/") `+printLogin+` ;;
*) echo 'credentials not found in native keychain'; exit 1 ;;
esac`)
	helperScript(t, "unlisted", `[ "$1" = get ] && `+printLogin)
	helperScript(t, "loud", `echo `+canary+` >&2; `+printLogin)
	for name, c := range map[string]struct {
		text, server, image string
		want                found
	}{
		"for a server":                      {`{"credHelpers":{"quay.io":"one"}}`, "", quayImage, found{"quay.io": helped}},
		"for a server that is named":        {`{"credHelpers":{"quay.io":"one"}}`, "quay.io", hubImage, found{"quay.io": helped}},
		"wins over the file":                {`{"auths":{"quay.io":` + login("me") + `},"credHelpers":{"quay.io":"one"}}`, "", quayImage, found{"quay.io": helped}},
		"wins over the store":               {`{"credsStore":"store","credHelpers":{"quay.io":"one"}}`, "", quayImage, found{"quay.io": helped}},
		"a store, by its list":              {`{"credsStore":"store"}`, "", hubImage, found{hub: helped}},
		"a store, for podman's name":        {`{"credsStore":"store"}`, "docker.io", hubImage, found{"docker.io": helped}},
		"a store, and empty entries":        {`{"auths":{"https://index.docker.io/v1/":{}},"credsStore":"store"}`, "", hubImage, found{hub: helped}},
		"a store that cannot list":          {`{"auths":{"docker.io":{}},"credsStore":"unlisted"}`, "", hubImage, found{"docker.io": helped}},
		"a store without it, then the file": {`{"auths":{"quay.io":` + login("me") + `},"credsStore":"store"}`, "", quayImage, found{"quay.io": {"me", canary}}},
		"one that talks on stderr":          {`{"credHelpers":{"quay.io":"loud"}}`, "", quayImage, found{"quay.io": helped}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := lookup(file(t, "login/config.json", c.text), c.server, c.image)
			require.NoError(t, err)
			require.True(t, equal(c.want, got))
		})
	}
}

func TestErrorsOfHelpers(t *testing.T) {
	atHome(t)
	fail := "echo " + canary + "; echo " + canary + " >&2; exit 1"
	helperScript(t, "failing", fail)
	helperScript(t, "pass", fail)
	helperScript(t, "nonsense", "echo '{\"Username\": "+canary+"'")
	helperScript(t, "number", `echo '{"Username":"me","Secret":7}'`)
	helperScript(t, "nothing", "echo 'credentials not found in native keychain'; exit 1")
	helperScript(t, "listing", "[ $1 = list ] && echo '{\""+canary+"\":\""+canary+"\"}' || { echo 'credentials not found in native keychain'; exit 1; }")
	helperScript(t, "token", `echo '{"Username":"<token>","Secret":"`+canary+`"}'`)
	helperScript(t, "colon", `echo '{"Username":"me:`+canary+`","Secret":"x"}'`)
	helperScript(t, "lines", `printf %s '{"Username":"me","Secret":"`+canary+`\n"}'`)
	helperScript(t, "empty", `echo '{"Username":"me","Secret":""}'`)
	helperScript(t, "latin", `printf '{"Username":"me","Secret":"`+canary+`\351"}'`)
	helperScript(t, "signal", "echo "+canary+"; kill -9 $$")
	file(t, "bin/docker-credential-text", canary)
	require.NoError(t, os.Mkdir("bin/docker-credential-folder", 0o755))
	const unnamed = "the credential helper that the file names"
	for name, c := range map[string]struct{ text, message string }{
		"fails":                      {`{"credHelpers":{"docker.io":"failing"}}`, "docker-credential-failing failed for docker.io"},
		"that many have fails":       {`{"credHelpers":{"docker.io":"pass"}}`, "docker-credential-pass failed for docker.io"},
		"of all fails":               {`{"auths":{"docker.io":{}},"credsStore":"failing"}`, "docker-credential-failing failed for docker.io"},
		"talks nonsense":             {`{"credHelpers":{"docker.io":"nonsense"}}`, "docker-credential-nonsense failed for docker.io"},
		"says a number":              {`{"credHelpers":{"docker.io":"number"}}`, "docker-credential-number failed for docker.io"},
		"has nothing":                {`{"credHelpers":{"docker.io":"nothing"}}`, "has no credential for docker.io or any other registry"},
		"lists what is no server":    {`{"credsStore":"listing"}`, "has no credential for docker.io, only for " + hiddenRegistry},
		"ends by a signal":           {`{"credHelpers":{"docker.io":"signal"}}`, "docker-credential-signal failed for docker.io"},
		"is no program":              {`{"credHelpers":{"docker.io":"text"}}`, "docker-credential-text failed for docker.io"},
		"is a folder":                {`{"credHelpers":{"docker.io":"folder"}}`, "the credential is in " + unnamed + ", which is not on PATH"},
		"is not there":               {`{"credHelpers":{"docker.io":"` + canary + `"}}`, "the credential is in " + unnamed + ", which is not on PATH"},
		"that many have is not":      {`{"credHelpers":{"docker.io":"secretservice"}}`, "the credential is in docker-credential-secretservice, which is not on PATH"},
		"of all is not there":        {`{"auths":{"docker.io":{}},"credsStore":"` + canary + `"}`, "the credential is in " + unnamed + ", which is not on PATH"},
		"in a folder":                {`{"credHelpers":{"docker.io":"../` + canary + `"}}`, "names a credential helper that cannot be the name of a program"},
		"with an option":             {`{"credHelpers":{"docker.io":"x --` + canary + `"}}`, "names a credential helper that cannot be the name of a program"},
		"with a token":               {`{"credHelpers":{"docker.io":"token"}}`, "the credential for docker.io is an identity token"},
		"with a colon in the user":   {`{"credHelpers":{"docker.io":"colon"}}`, "the user name of the credential for docker.io has a colon"},
		"with two lines":             {`{"credHelpers":{"docker.io":"lines"}}`, "the credential for docker.io has a control character"},
		"with an empty password":     {`{"credHelpers":{"docker.io":"empty"}}`, "the credential for docker.io is empty"},
		"in Latin 1":                 {`{"credHelpers":{"docker.io":"latin"}}`, "docker-credential-latin gave an answer that is not valid UTF-8 for docker.io"},
		"for a server with the user": {`{"credHelpers":{"https://joe:` + canary + `@docker.io":"failing"}}`, "docker-credential-failing failed for docker.io"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := lookup(file(t, "login/config.json", c.text), "", hubImage)
			requireError(t, err, c.message)
			require.Nil(t, got)
		})
	}
}

func TestHelpersThatAreAllowed(t *testing.T) {
	atHome(t)
	helperScript(t, "one", "echo > ran; "+printLogin)
	const text = `{"auths":{"quay.io":{}},"credsStore":"one"}`
	_, err := docker(t, text, Access{Helpers: []string{}}).ForImages([]string{quayImage})
	requireError(t, err, "the credential is in docker-credential-one, and --allow-env and --allow-files forbid helpers")
	_, err = docker(t, text, Access{Helpers: []string{"pass"}}).ForServer("quay.io")
	requireError(t, err, "forbid helpers")
	require.NoFileExists(t, "ran")
	got, err := docker(t, text, Access{Helpers: []string{"one"}, Env: []string{}}).ForServer("quay.io")
	require.NoError(t, err)
	require.True(t, equal(found{"quay.io": {"helped", canary}}, got))
	require.FileExists(t, "ran")
}

func TestAHelperIsAskedOnceForEachServer(t *testing.T) {
	atHome(t)
	helperScript(t, "one", "echo $1 $server >> calls; "+printLogin)
	d := docker(t, `{"credHelpers":{"quay.io":"one"},"credsStore":"one"}`, Access{})
	for range 3 {
		_, err := d.ForImages([]string{quayImage, "quay.io/calico/cni", "quay.io/calico/typha"})
		require.NoError(t, err)
	}
	calls, err := os.ReadFile("calls")
	require.NoError(t, err)
	require.Equal(t, "list unused\nget quay.io\n", string(calls))
}

// endsSoon fails the test if f takes as long as the programs of the tests sleep.
func endsSoon(t *testing.T, f func()) {
	t.Helper()
	start := time.Now()
	f()
	require.Less(t, time.Since(start), 30*time.Second)
}

func TestAHelperThatHangsIsEnded(t *testing.T) {
	atHome(t)
	timeouts(t, 200*time.Millisecond)
	helperScript(t, "slow", printLogin+"; exec sleep 60")
	endsSoon(t, func() {
		_, err := docker(t, `{"credHelpers":{"quay.io":"slow"}}`, Access{}).ForImages([]string{quayImage})
		requireError(t, err, "docker-credential-slow gave no answer within 200ms for quay.io")
	})
}

// childOf returns the process id that the script of a test wrote.
func childOf(t *testing.T) int {
	t.Helper()
	text, err := os.ReadFile("child")
	require.NoError(t, err)
	child, err := strconv.Atoi(strings.TrimSpace(string(text)))
	require.NoError(t, err)
	return child
}

// gone reports whether a process has ended. A zombie has ended.
func gone(child int) bool {
	if errors.Is(syscall.Kill(child, 0), syscall.ESRCH) {
		return true
	}
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(child) + "/stat")
	return err == nil && strings.Contains(string(stat), ") Z ")
}

func TestTheChildrenOfAHelperThatHangsAreEnded(t *testing.T) {
	atHome(t)
	timeouts(t, 500*time.Millisecond)
	helperScript(t, "forks", "sleep 60 & echo $! > child; wait")
	endsSoon(t, func() {
		_, err := docker(t, `{"credHelpers":{"quay.io":"forks"}}`, Access{}).ForImages([]string{quayImage})
		requireError(t, err, "docker-credential-forks gave no answer within 500ms for quay.io")
	})
	child := childOf(t)
	require.Eventually(t, func() bool { return gone(child) }, 10*time.Second, 10*time.Millisecond)
}

func TestAHelperThatLeavesAnAgentBehind(t *testing.T) {
	atHome(t)
	helperScript(t, "agent", "sleep 60 & echo $! > child; "+printLogin)
	endsSoon(t, func() {
		got, err := docker(t, `{"credHelpers":{"quay.io":"agent"}}`, Access{}).ForImages([]string{quayImage})
		require.NoError(t, err)
		require.True(t, equal(found{"quay.io": {"helped", canary}}, got))
	})
	child := childOf(t)
	require.False(t, gone(child), "nobody ends agents that others may need")
	require.NoError(t, syscall.Kill(child, syscall.SIGKILL))
}

func TestAHelperThatWritesWithoutEndIsEnded(t *testing.T) {
	atHome(t)
	helperScript(t, "endless", "echo $$ > child; exec yes "+canary)
	helperScript(t, "large", `head -c 2000000 /dev/zero | tr '\0' x; exec sleep 60`)
	timeouts(t, time.Hour)
	for _, name := range []string{"endless", "large"} {
		for _, field := range []string{`"credHelpers":{"quay.io":"` + name + `"}`, `"auths":{"quay.io":{}},"credsStore":"` + name + `"`} {
			endsSoon(t, func() {
				_, err := docker(t, "{"+field+"}", Access{}).ForImages([]string{quayImage})
				requireError(t, err, "docker-credential-"+name+" gave more than 1 MiB for quay.io")
			})
		}
	}
	require.Eventually(t, func() bool { return gone(childOf(t)) }, 10*time.Second, 10*time.Millisecond)
}
