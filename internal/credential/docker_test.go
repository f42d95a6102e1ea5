// SPDX-License-Identifier: Apache-2.0

package credential

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/calico-pull-secrets/internal/finding"
)

const (
	hub       = "https://index.docker.io/v1/"
	hubImage  = "docker.io/calico/node"
	quayImage = "quay.io/calico/node"
)

// login returns an entry of auths for a user, with the canary as the password.
func login(user string) string {
	return fmt.Sprintf(`{"auth":%q}`, base64.StdEncoding.EncodeToString([]byte(user+":"+canary)))
}

func docker(t *testing.T, text string, a Access) *Docker {
	t.Helper()
	d, err := OpenDocker(file(t, "login/config.json", text), a)
	require.NoError(t, err)
	return d
}

// lookup opens a docker config and asks for the server. If server is empty, it asks for
// the images.
func lookup(file, server string, images ...string) (map[string]Credential, error) {
	d, err := OpenDocker(file, Access{})
	if err != nil {
		return nil, err
	}
	if server != "" {
		return d.ForServer(server)
	}
	return d.ForImages(images)
}

type found = map[string]Credential

func TestTheEntriesThatTheImagesNeed(t *testing.T) {
	atHome(t)
	me, other := Credential{"me", canary}, Credential{"other", canary}
	both := []string{hubImage, quayImage}
	for name, c := range map[string]struct {
		auths, server string
		images        []string
		want          found
	}{
		"as docker login writes it":       {`"https://index.docker.io/v1/":` + login("me"), "", []string{hubImage}, found{hub: me}},
		"as podman login writes it":       {`"docker.io":` + login("me"), "", []string{hubImage}, found{"docker.io": me}},
		"in plain fields":                 {`"docker.io":{"username":"me","password":"` + canary + `"}`, "", []string{hubImage}, found{"docker.io": me}},
		"auth wins over plain fields":     {`"docker.io":{"username":"x","password":"y",` + login("me")[1:], "", []string{hubImage}, found{"docker.io": me}},
		"never the whole file":            {`"docker.io":` + login("me") + `,"ghcr.io":` + login("other") + `,"quay.io":` + login("other"), "", []string{hubImage}, found{"docker.io": me}},
		"one for each registry":           {`"docker.io":` + login("me") + `,"quay.io":` + login("other"), "", both, found{"docker.io": me, "quay.io": other}},
		"only what is there":              {`"quay.io":` + login("me"), "", both, found{"quay.io": me}},
		"the most specific":               {`"quay.io":` + login("other") + `,"quay.io/calico":` + login("me"), "", []string{quayImage}, found{"quay.io/calico": me}},
		"past one that is empty":          {`"quay.io":` + login("me") + `,"quay.io/calico":{}`, "", []string{quayImage}, found{"quay.io": me}},
		"past one that is null":           {`"quay.io":` + login("me") + `,"quay.io/calico":null`, "", []string{quayImage}, found{"quay.io": me}},
		"not that of another path":        {`"quay.io":` + login("me") + `,"quay.io/tigera":` + login("other"), "", []string{quayImage}, found{"quay.io": me}},
		"each once":                       {`"quay.io":` + login("me"), "", []string{quayImage, "quay.io/calico/cni"}, found{"quay.io": me}},
		"a bad one that nobody needs":     {`"ghcr.io":{"auth":"%"},"quay.io":` + login("me"), "", []string{quayImage}, found{"quay.io": me}},
		"the named server":                {`"quay.io":` + login("me") + `,"docker.io":` + login("other"), "quay.io", []string{hubImage}, found{"quay.io": me}},
		"a named server without images":   {`"quay.io":` + login("me"), "quay.io", nil, found{"quay.io": me}},
		"docker's name for podman's":      {`"docker.io":` + login("me"), hub, nil, found{hub: me}},
		"podman's name for docker's":      {`"https://index.docker.io/v1/":` + login("me"), "docker.io", nil, found{"docker.io": me}},
		"a line break at the end of auth": {`"quay.io":{"auth":"` + base64.StdEncoding.EncodeToString([]byte("me:"+canary)) + `\n"}`, "", []string{quayImage}, found{"quay.io": me}},
		"an auth without padding":         {`"quay.io":{"auth":"` + base64.RawStdEncoding.EncodeToString([]byte("me:"+canary)) + `"}`, "", []string{quayImage}, found{"quay.io": me}},
		"a colon in the password":         {`"quay.io":{"auth":"` + base64.StdEncoding.EncodeToString([]byte("me:a:b")) + `"}`, "", []string{quayImage}, found{"quay.io": {"me", "a:b"}}},
	} {
		t.Run(name, func(t *testing.T) {
			path := file(t, "login/config.json", `{"auths":{`+c.auths+`},"HttpHeaders":{"User-Agent":"x"},"proxies":{"default":{"x":[1,[2,{}]]}}}`)
			for _, path := range []string{path, "~/login/config.json"} {
				got, err := lookup(path, c.server, c.images...)
				require.NoError(t, err)
				require.True(t, equal(c.want, got))
			}
		})
	}
}

func equal(a, b found) bool {
	for server, c := range a {
		if b[server] != c {
			return false
		}
	}
	return len(a) == len(b)
}

func TestErrorsOfALogin(t *testing.T) {
	atHome(t)
	auth := func(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }
	entry := func(of string) string { return `{"auths":{"docker.io":{` + of + `}}}` }
	plain := func(username, password string) string {
		return entry(`"username":"` + username + `","password":"` + password + `"`)
	}
	deep := strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000)
	for name, c := range map[string]struct{ text, server, message string }{
		"an empty file":                        {"", "", "is empty"},
		"blanks":                               {" \n\n", "", "is not the JSON of a docker config"},
		"no JSON":                              {canary, "", "is not the JSON of a docker config: see line 1"},
		"JSON that breaks off":                 {"{\n\"auths\":\n{\"" + canary, "", "is not the JSON of a docker config: see line 3"},
		"JSON and more":                        {"{}\n" + canary, "", "is not the JSON of a docker config: see line 2"},
		"a list":                               {`["` + canary + `"]`, "", "is not the JSON of a docker config"},
		"a string":                             {`"` + canary + `"`, "", "is not the JSON of a docker config"},
		"null":                                 {"null", "", "has no credential for docker.io"},
		"JSON of another type":                 {`{"auths":["` + canary + `"]}`, "", "is not the JSON of a docker config"},
		"a string for an entry":                {`{"auths":{"docker.io":"` + canary + `"}}`, "", "is not the JSON of a docker config"},
		"a number for an auth":                 {"{\n\"auths\":{\"docker.io\":{\n\"auth\":7}}}", "", "is not the JSON of a docker config: see line 3"},
		"a list for a store":                   {`{"credsStore":["` + canary + `"]}`, "", "is not the JSON of a docker config"},
		"a number for a helper":                {`{"credHelpers":{"` + canary + `":7}}`, "", "is not the JSON of a docker config"},
		"very deep":                            {`{"auths":` + deep + `}`, "", "is not the JSON of a docker config"},
		"very deep, where nobody reads":        {`{"x":` + deep + `}`, "", "is not the JSON of a docker config"},
		"deep without an end":                  {strings.Repeat(`{"a":`, 100_000), "", "is not the JSON of a docker config"},
		"a byte order mark":                    {"\ufeff" + entry(""), "", "starts with a byte order mark"},
		"UTF-16":                               {"\xff\xfe{\x00}\x00", "", "is not valid UTF-8"},
		"Latin 1":                              {plain("me", canary+"\xe9"), "", "is not valid UTF-8"},
		"too large":                            {`{"x":"` + strings.Repeat(canary, maxValue/16) + `"}`, "", "is larger than 1 MiB"},
		"a field twice":                        {`{"auths":{},"auths":{"docker.io":` + login("me") + `}}`, "", "has a key twice"},
		"a server twice":                       {`{"auths":{"` + canary + `":{},"` + canary + `":{}}}`, "", "has a key twice"},
		"an auth twice":                        {entry(login("me")[1:len(login("me"))-1] + "," + login("you")[1:len(login("you"))-1]), "", "has a key twice"},
		"a key twice behind a list":            {`{"x":[{"a":"a"},"a","a",{"a":[],"a":1}]}`, "", "has a key twice"},
		"no logins":                            {`{}`, "", "has no credential for docker.io or any other registry"},
		"none for the registry":                {`{"auths":{"quay.io":` + login("me") + `}}`, "", "has no credential for docker.io, only for quay.io"},
		"none for the server":                  {`{"auths":{"quay.io":` + login("me") + `}}`, "ghcr.io", "has no credential for ghcr.io, only for quay.io"},
		"an empty entry, as of Docker Desktop": {`{"auths":{"https://index.docker.io/v1/":{}}}`, "", "has no credential for docker.io or any other registry"},
		"auth that is no base64":               {entry(`"auth":"` + canary + `!"`), "", "the credential for docker.io has an auth that is not base64"},
		"auth without a colon":                 {entry(`"auth":"` + auth(canary) + `"`), "", "the credential for docker.io has an auth without a colon"},
		"auth with two lines":                  {entry(`"auth":"` + auth("me:"+canary+"\n"+canary) + `"`), "", "the credential for docker.io has a control character"},
		"auth in Latin 1":                      {entry(`"auth":"` + auth("me:"+canary+"\xe9") + `"`), "", "the credential for docker.io is not valid UTF-8"},
		"auth without a user":                  {entry(`"auth":"` + auth(":"+canary) + `"`), "", "the credential for docker.io is empty"},
		"an identity token":                    {entry(`"identitytoken":"` + canary + `"`), "", "the credential for docker.io is an identity token"},
		"an identity token beside auth":        {entry(`"identitytoken":"` + canary + `",` + login("me")[1:len(login("me"))-1]), "", "the credential for docker.io is an identity token"},
		"a registry token":                     {entry(`"registrytoken":"` + canary + `"`), "", "the credential for docker.io is an identity token"},
		"the user name of a token":             {plain("<token>", canary), "", "the credential for docker.io is an identity token"},
		"a password without a user":            {entry(`"password":"` + canary + `"`), "", "the credential for docker.io is empty"},
		"a user without a password":            {entry(`"username":"` + canary + `"`), "", "the credential for docker.io is empty"},
		"a user with a colon":                  {plain("me:"+canary, canary), "", "the user name of the credential for docker.io has a colon"},
		"a placeholder":                        {plain("me", "${"+canary+"}"), "", "the credential for docker.io is a placeholder that nobody replaced"},
		"a tab":                                {plain("me", canary+`\t`), "", "the credential for docker.io has a control character"},
		"a NUL":                                {plain("me", canary+`\u0000`), "", "the credential for docker.io has a control character"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := lookup(file(t, "login/config.json", c.text), c.server, hubImage)
			requireError(t, err, c.message)
			require.Nil(t, got)
		})
	}
	t.Run("no images and no server, as in a generator", func(t *testing.T) {
		_, err := docker(t, `{"auths":{"docker.io":`+login("me")+`}}`, Access{}).ForImages(nil)
		requireError(t, err, "there are no images here")
		require.Equal(t, "set secret.server", finding.HintOf(err))
	})
	t.Run("a folder", func(t *testing.T) {
		_, err := lookup(filepath.Dir(file(t, "login/config.json", "{}")), "", hubImage)
		requireError(t, err, "is a directory")
	})
	t.Run("no file", func(t *testing.T) {
		_, err := lookup(filepath.Join(os.Getenv("HOME"), "login", "absent.json"), "", hubImage)
		requireError(t, err, "absent.json: no such file")
	})
	t.Run("the content for the path", func(t *testing.T) {
		_, err := lookup(entry(`"auth":"`+canary+`"`), "", hubImage)
		requireError(t, err, "the file (path not shown")
	})
	t.Run("8 TB", func(t *testing.T) {
		path := file(t, "login/sparse", "")
		require.NoError(t, os.Truncate(path, 8<<40))
		_, err := lookup(path, "", hubImage)
		requireError(t, err, "is larger than 1 MiB")
	})
}

// TestWhichServersAreShown checks that errors hide a server that may be a credential. For
// each server it asks a file with that server for another registry, and for the server
// itself.
func TestWhichServersAreShown(t *testing.T) {
	atHome(t)
	for server, shown := range map[string]string{
		"quay.io":                                "quay.io",
		"quay.io/" + canary:                      "quay.io",
		"https://quay.io/v1/":                    "quay.io",
		"registry.example.com:5000":              "registry.example.com:5000",
		"*.example.com":                          "*.example.com",
		"localhost:5000":                         "localhost:5000",
		"10.0.0.1:5000":                          "10.0.0.1:5000",
		"[::1]:5000":                             "[::1]:5000",
		"https://joe:" + canary + "@ghcr.io/v1/": "ghcr.io",
		canary + "@ghcr.io":                      "ghcr.io",
		"ghcr.io?token=" + canary:                "ghcr.io",
		"ghcr.io#" + canary:                      "ghcr.io",
		canary:                                   hiddenRegistry,
		strings.ToLower(canary):                  hiddenRegistry,
		canary + ".io":                           hiddenRegistry,
		canary + ":5000":                         hiddenRegistry,
		"joe:" + canary:                          hiddenRegistry,
		"https://joe:" + canary:                  hiddenRegistry,
		"joe.smith:12/" + canary + "@ghcr.io":    hiddenRegistry,
		"joe.smith:12?" + canary + "@ghcr.io":    hiddenRegistry,
		"eyJhbGciOi." + canary + ".abc":          hiddenRegistry,
		"dckr_pat_" + canary:                     hiddenRegistry,
		"dckr_pat_abc.de":                        hiddenRegistry,
		"https://" + canary + "%zz":              hiddenRegistry,
		"":                                       hiddenRegistry,
	} {
		t.Run(strings.NewReplacer("/", "|", canary, "CANARY").Replace(server), func(t *testing.T) {
			d := docker(t, fmt.Sprintf(`{"auths":{%q:{"auth":"!"}}}`, server), Access{})
			_, err := d.ForImages([]string{hubImage})
			requireError(t, err, "has no credential for docker.io, only for "+shown)
			_, err = docker(t, "{}", Access{}).ForServer(server)
			requireError(t, err, "has no credential for "+shown+" or any other registry")
			_, err = d.ForServer(server)
			requireError(t, err, "the credential for "+shown+" has an auth that is not base64")
		})
	}
	t.Run("that of an image", func(t *testing.T) {
		_, err := docker(t, `{"auths":{"registry:5000":{"auth":"!"}}}`, Access{}).ForImages([]string{"registry:5000/node"})
		requireError(t, err, "the credential for registry:5000 has")
	})
	t.Run("some of many", func(t *testing.T) {
		var auths []string
		for i := range 100 {
			auths = append(auths, fmt.Sprintf(`"r%02d.example.com":{}`, i))
		}
		_, err := docker(t, `{"auths":{`+strings.Join(auths, ",")+`}}`, Access{}).ForImages([]string{hubImage})
		requireError(t, err, ", only for r00.example.com, r01.example.com, r02.example.com, r03.example.com, r04.example.com, r05.example.com and 94 more")
	})
}

// TestAuto adds one login after another. Each must win over those before.
func TestAuto(t *testing.T) {
	atHome(t)
	user := func() string {
		found, err := lookup("auto", "", hubImage)
		require.NoError(t, err)
		return found["docker.io"].Username
	}
	text := func(user string) string { return `{"auths":{"docker.io":` + login(user) + `}}` }
	_, err := lookup("auto", "", hubImage)
	requireError(t, err, "auto found no file")
	requireError(t, err, filepath.Join(os.Getenv("HOME"), ".docker", "config.json"))

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
	_, err = lookup("auto", "", hubImage)
	requireError(t, err, "absent.json: no such file")
}
