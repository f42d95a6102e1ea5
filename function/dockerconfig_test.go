// SPDX-License-Identifier: Apache-2.0

package function

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"calico-pull-secrets/internal/registry"
)

const (
	hubImage  = "docker.io/calico/node"
	quayImage = "quay.io/calico/node"
	// tellTale is in the files and helpers of the tests, and in no error.
	tellTale = "hunter2"
)

// login returns an entry of auths for a user, with the password of the tests.
func login(user string) string {
	return fmt.Sprintf(`{"auth":%q}`, base64.StdEncoding.EncodeToString([]byte(user+":"+tellTale)))
}

// file writes a file below the test's home and returns its path.
func file(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(os.Getenv("HOME"), name)
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(t, os.WriteFile(path, []byte(text), 0o755))
	return path
}

// atHome makes an empty folder the home, and the only one on PATH besides the
// system's. No variable says where a login is.
func atHome(t *testing.T) {
	t.Helper()
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("PATH", filepath.Join(home, "bin")+":/usr/bin:/bin")
	for _, name := range []string{"REGISTRY_AUTH_FILE", "DOCKER_CONFIG", "XDG_RUNTIME_DIR"} {
		t.Setenv(name, "")
	}
}

// helperScript puts a credential helper on PATH. Its script sees what it is asked
// for in $1, and the server in $server.
func helperScript(t *testing.T, name, script string) {
	t.Helper()
	file(t, "bin/docker-credential-"+name, "#!/bin/sh\nread -r server\n"+script+"\n")
}

const printLogin = `echo '{"ServerURL":"x","Username":"helped","Secret":"` + tellTale + `"}'`

func TestTheEntriesThatTheImagesNeed(t *testing.T) {
	atHome(t)
	me, other := credential{"me", tellTale}, credential{"other", tellTale}
	both := []string{hubImage, quayImage}
	for name, c := range map[string]struct {
		auths, server string
		images        []string
		want          auths
	}{
		"as docker login writes it":       {`"https://index.docker.io/v1/":` + login("me"), "", []string{hubImage}, auths{registry.DockerHub: me}},
		"as podman login writes it":       {`"docker.io":` + login("me"), "", []string{hubImage}, auths{"docker.io": me}},
		"in plain fields":                 {`"docker.io":{"username":"me","password":"hunter2"}`, "", []string{hubImage}, auths{"docker.io": me}},
		"auth wins over plain fields":     {`"docker.io":{"username":"x","password":"y",` + login("me")[1:], "", []string{hubImage}, auths{"docker.io": me}},
		"never the whole file":            {`"docker.io":` + login("me") + `,"ghcr.io":` + login("other") + `,"quay.io":` + login("other"), "", []string{hubImage}, auths{"docker.io": me}},
		"one for each registry":           {`"docker.io":` + login("me") + `,"quay.io":` + login("other"), "", both, auths{"docker.io": me, "quay.io": other}},
		"only what is there":              {`"quay.io":` + login("me"), "", both, auths{"quay.io": me}},
		"the most specific":               {`"quay.io":` + login("other") + `,"quay.io/calico":` + login("me"), "", []string{quayImage}, auths{"quay.io/calico": me}},
		"past one that is empty":          {`"quay.io":` + login("me") + `,"quay.io/calico":{}`, "", []string{quayImage}, auths{"quay.io": me}},
		"not that of another path":        {`"quay.io":` + login("me") + `,"quay.io/tigera":` + login("other"), "", []string{quayImage}, auths{"quay.io": me}},
		"each once":                       {`"quay.io":` + login("me"), "", []string{quayImage, "quay.io/calico/cni"}, auths{"quay.io": me}},
		"a bad one that nobody needs":     {`"ghcr.io":{"auth":"%"},"quay.io":` + login("me"), "", []string{quayImage}, auths{"quay.io": me}},
		"the named server":                {`"quay.io":` + login("me") + `,"docker.io":` + login("other"), "quay.io", []string{hubImage}, auths{"quay.io": me}},
		"a named server without images":   {`"quay.io":` + login("me"), "quay.io", nil, auths{"quay.io": me}},
		"docker's name for podman's":      {`"docker.io":` + login("me"), registry.DockerHub, nil, auths{registry.DockerHub: me}},
		"podman's name for docker's":      {`"https://index.docker.io/v1/":` + login("me"), "docker.io", nil, auths{"docker.io": me}},
		"a line break at the end of auth": {`"quay.io":{"auth":"` + base64.StdEncoding.EncodeToString([]byte("me:"+tellTale)) + `\n"}`, "", []string{quayImage}, auths{"quay.io": me}},
	} {
		t.Run(name, func(t *testing.T) {
			path := file(t, "login/config.json", `{"auths":{`+c.auths+`},"HttpHeaders":{"User-Agent":"x"}}`)
			for _, path := range []string{path, "~/login/config.json"} {
				got, err := dockerCredentials(path, c.server, c.images)
				require.NoError(t, err)
				require.Equal(t, c.want, got)
			}
		})
	}
}

func TestErrorsOfALogin(t *testing.T) {
	atHome(t)
	helperScript(t, "failing", "echo "+tellTale+"; echo "+tellTale+" >&2; exit 1")
	helperScript(t, "nonsense", "echo '{\"Username\": "+tellTale+"'")
	helperScript(t, "nothing", "echo 'credentials not found in native keychain'; exit 1")
	helperScript(t, "token", `echo '{"Username":"<token>","Secret":"`+tellTale+`"}'`)
	helperScript(t, "colon", `echo '{"Username":"me:`+tellTale+`","Secret":"x"}'`)
	helperScript(t, "lines", `printf %s '{"Username":"me","Secret":"`+tellTale+`\n"}'`)
	helperScript(t, "empty", `echo '{"Username":"me","Secret":""}'`)
	for name, c := range map[string]struct{ text, server, message string }{
		"an empty file":                        {"", "", "is empty"},
		"no JSON":                              {tellTale, "", "is not the JSON of a docker config"},
		"JSON of another type":                 {`{"auths":["` + tellTale + `"]}`, "", "is not the JSON of a docker config"},
		"a number for an auth":                 {`{"auths":{"docker.io":{"auth":7}}}`, "", "is not the JSON of a docker config"},
		"no logins":                            {`{}`, "", "has no credential for docker.io, nor for any other registry: run docker login"},
		"none for the registry":                {`{"auths":{"quay.io":` + login("me") + `}}`, "", "has no credential for docker.io, only for quay.io"},
		"none for the server":                  {`{"auths":{"quay.io":` + login("me") + `}}`, "ghcr.io", "has no credential for ghcr.io, only for quay.io"},
		"an empty entry, as of Docker Desktop": {`{"auths":{"https://index.docker.io/v1/":{}}}`, "", "has no credential for docker.io, nor for any other registry: run docker login"},
		"auth that is no base64":               {`{"auths":{"docker.io":{"auth":"` + tellTale + `!"}}}`, "", "the credential for docker.io "},
		"auth without a colon":                 {`{"auths":{"docker.io":{"auth":"` + base64.StdEncoding.EncodeToString([]byte(tellTale)) + `"}}}`, "", "the credential for docker.io "},
		"an identity token":                    {`{"auths":{"docker.io":{"identitytoken":"` + tellTale + `"}}}`, "", "the credential for docker.io is an identity token"},
		"an identity token beside auth":        {`{"auths":{"docker.io":{"identitytoken":"` + tellTale + `",` + login("me")[1:] + `}}`, "", "the credential for docker.io is an identity token"},
		"a registry token":                     {`{"auths":{"docker.io":{"registrytoken":"` + tellTale + `"}}}`, "", "the credential for docker.io is an identity token"},
		"a password without a user":            {`{"auths":{"docker.io":{"password":"` + tellTale + `"}}}`, "", "the credential for docker.io is empty"},
		"a user with a colon":                  {`{"auths":{"docker.io":{"username":"me:x","password":"` + tellTale + `"}}}`, "", "the user name of the credential for docker.io has a colon"},
		"a helper that fails":                  {`{"credHelpers":{"docker.io":"failing"}}`, "", "docker-credential-failing failed for docker.io: try docker-credential-failing get by hand"},
		"a store that fails":                   {`{"auths":{"docker.io":{}},"credsStore":"failing"}`, "", "docker-credential-failing failed for docker.io"},
		"a helper that talks nonsense":         {`{"credHelpers":{"docker.io":"nonsense"}}`, "", "docker-credential-nonsense failed for docker.io"},
		"a helper that has nothing":            {`{"credHelpers":{"docker.io":"nothing"}}`, "", "has no credential for docker.io, nor for any other registry: run docker login"},
		"a helper that is not there":           {`{"credHelpers":{"docker.io":"absent"}}`, "", "the credential is in docker-credential-absent, which is not on PATH"},
		"a store that is not there":            {`{"auths":{"docker.io":{}},"credsStore":"absent"}`, "", "the credential is in docker-credential-absent, which is not on PATH"},
		"a helper in a folder":                 {`{"credHelpers":{"docker.io":"../` + tellTale + `"}}`, "", "names a credential helper that cannot be the name of a program"},
		"a helper with a token":                {`{"credHelpers":{"docker.io":"token"}}`, "", "the credential for docker.io is an identity token"},
		"a helper with a colon in the user":    {`{"credHelpers":{"docker.io":"colon"}}`, "", "the user name of the credential for docker.io has a colon"},
		"a helper with two lines":              {`{"credHelpers":{"docker.io":"lines"}}`, "", "the credential for docker.io has a control character"},
		"a helper with an empty password":      {`{"credHelpers":{"docker.io":"empty"}}`, "", "the credential for docker.io is empty"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := dockerCredentials(file(t, "login/config.json", c.text), c.server, []string{hubImage})
			require.ErrorContains(t, err, c.message)
			require.NotContains(t, err.Error(), tellTale)
			require.Nil(t, got)
		})
	}
	t.Run("no images and no server, as in a generator", func(t *testing.T) {
		_, err := dockerCredentials(file(t, "login/config.json", `{"auths":{"docker.io":`+login("me")+`}}`), "", nil)
		require.ErrorContains(t, err, "set secret.server")
	})
	t.Run("a folder", func(t *testing.T) {
		_, err := dockerCredentials(filepath.Dir(file(t, "login/config.json", "{}"))+"/", "", []string{hubImage})
		require.ErrorContains(t, err, "is a directory")
	})
	t.Run("no file", func(t *testing.T) {
		_, err := dockerCredentials(filepath.Join(os.Getenv("HOME"), "login", "absent.json"), "", []string{hubImage})
		require.ErrorContains(t, err, "absent.json: no such file")
	})
}

func TestCredentialHelpers(t *testing.T) {
	atHome(t)
	helped := credential{"helped", tellTale}
	helperScript(t, "one", `[ "$1 $server" = "get quay.io" ] && `+printLogin)
	helperScript(t, "store", `case "$1 $server" in
list*) echo '{"https://index.docker.io/v1/":"helped","ghcr.io":"other"}' ;;
"get https://index.docker.io/v1/") `+printLogin+` ;;
*) echo 'credentials not found in native keychain'; exit 1 ;;
esac`)
	helperScript(t, "unlisted", `[ "$1" = get ] && `+printLogin)
	for name, c := range map[string]struct {
		text, server, image string
		want                auths
	}{
		"for a server":                      {`{"credHelpers":{"quay.io":"one"}}`, "", quayImage, auths{"quay.io": helped}},
		"for a server that is named":        {`{"credHelpers":{"quay.io":"one"}}`, "quay.io", hubImage, auths{"quay.io": helped}},
		"wins over the file":                {`{"auths":{"quay.io":` + login("me") + `},"credHelpers":{"quay.io":"one"}}`, "", quayImage, auths{"quay.io": helped}},
		"wins over the store":               {`{"credsStore":"store","credHelpers":{"quay.io":"one"}}`, "", quayImage, auths{"quay.io": helped}},
		"a store, by its list":              {`{"credsStore":"store"}`, "", hubImage, auths{registry.DockerHub: helped}},
		"a store, for podman's name":        {`{"credsStore":"store"}`, "docker.io", hubImage, auths{"docker.io": helped}},
		"a store, and empty entries":        {`{"auths":{"https://index.docker.io/v1/":{}},"credsStore":"store"}`, "", hubImage, auths{registry.DockerHub: helped}},
		"a store that cannot list":          {`{"auths":{"docker.io":{}},"credsStore":"unlisted"}`, "", hubImage, auths{"docker.io": helped}},
		"a store without it, then the file": {`{"auths":{"quay.io":` + login("me") + `},"credsStore":"store"}`, "", quayImage, auths{"quay.io": {"me", tellTale}}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := dockerCredentials(file(t, "login/config.json", c.text), c.server, []string{c.image})
			require.NoError(t, err)
			require.Equal(t, c.want, got)
		})
	}
}

func TestAHelperThatHangsIsEnded(t *testing.T) {
	atHome(t)
	before := helperTimeout
	helperTimeout = 100 * time.Millisecond
	t.Cleanup(func() { helperTimeout = before })
	helperScript(t, "slow", printLogin+"; exec sleep 60")
	start := time.Now()
	_, err := dockerCredentials(file(t, "login/config.json", `{"credHelpers":{"quay.io":"slow"}}`), "", []string{quayImage})
	require.ErrorContains(t, err, "docker-credential-slow gave no answer within 100ms for quay.io")
	require.NotContains(t, err.Error(), tellTale)
	require.Less(t, time.Since(start), 30*time.Second)
}

// TestAuto goes through the places where a login may be, each of which wins over
// those before.
func TestAuto(t *testing.T) {
	atHome(t)
	user := func() string {
		found, err := dockerCredentials(autoDockerConfig, "", []string{hubImage})
		require.NoError(t, err)
		return found["docker.io"].username
	}
	text := func(user string) string { return `{"auths":{"docker.io":` + login(user) + `}}` }
	_, err := dockerCredentials(autoDockerConfig, "", []string{hubImage})
	require.ErrorContains(t, err, "auto found no file")
	require.ErrorContains(t, err, filepath.Join(os.Getenv("HOME"), ".docker", "config.json"))

	file(t, ".config/containers/auth.json", text("containers"))
	require.Equal(t, "containers", user())
	file(t, "run/containers/auth.json", text("runtime"))
	t.Setenv("XDG_RUNTIME_DIR", filepath.Join(os.Getenv("HOME"), "run"))
	require.Equal(t, "runtime", user())
	file(t, ".docker/config.json", text("docker"))
	require.Equal(t, "docker", user())
	t.Setenv("DOCKER_CONFIG", filepath.Dir(file(t, "elsewhere/config.json", text("DOCKER_CONFIG"))))
	require.Equal(t, "DOCKER_CONFIG", user())
	t.Setenv("REGISTRY_AUTH_FILE", file(t, "auth.json", text("REGISTRY_AUTH_FILE")))
	require.Equal(t, "REGISTRY_AUTH_FILE", user())

	t.Setenv("REGISTRY_AUTH_FILE", filepath.Join(os.Getenv("HOME"), "run", "absent.json"))
	_, err = dockerCredentials(autoDockerConfig, "", []string{hubImage})
	require.ErrorContains(t, err, "absent.json: no such file", "what is named has to be there")
}
