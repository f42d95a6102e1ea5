// SPDX-License-Identifier: Apache-2.0

package credential

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/calico-pull-secrets/internal/finding"
)

func TestGivenCountsTheFields(t *testing.T) {
	require.Equal(t, 0, Source{}.Given())
	require.Equal(t, 1, Source{File: "x"}.Given())
	require.Equal(t, 3, Source{"x", "y", "z"}.Given())
}

// TestValuesThatMayBePasswords reads each value from the config, a variable and a file.
func TestValuesThatMayBePasswords(t *testing.T) {
	atHome(t)
	for name, value := range map[string]string{
		"letters":                         canary,
		"anything printable":              ` !"#$%&'()*+,-./:;<=>?@[\]^_{|}~` + "`",
		"blanks around":                   " " + canary + "  ",
		"a no-break space":                "a\u00a0b",
		"other scripts":                   "пароль密码🔑",
		"a variable of a shell":           "$TOKEN",
		"a template":                      "{{ token }}",
		"what a log masks":                "***",
		"a word in brackets":              "<token>",
		"a word that many begin with":     "changeme",
		"a placeholder and more":          "${TOKEN}x",
		"a placeholder behind more":       "x${TOKEN}",
		"a placeholder of no name":        "${7}",
		"two placeholders":                "${A}${B}",
		"a dollar":                        "$",
		"the largest that a Secret holds": strings.Repeat("x", maxValue),
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Source{Value: value}.Read(Access{})
			require.NoError(t, err)
			require.True(t, got == value)
			for _, end := range []string{"", "\n", "\r\n", "\r"} {
				path := file(t, "value", value+end)
				got, err := Source{File: path}.Read(Access{})
				require.NoError(t, err)
				require.True(t, got == value)
				if len(value) < 1<<16 {
					t.Setenv("REGISTRY_PASSWORD", value+end)
					got, err = Source{Env: "REGISTRY_PASSWORD"}.Read(Access{})
					require.NoError(t, err)
					require.True(t, got == value)
				}
			}
		})
	}
}

func TestValuesThatCannotBePasswords(t *testing.T) {
	atHome(t)
	for name, c := range map[string]struct{ value, message string }{
		"two lines":                     {canary + "\n" + canary, "has a control character in it, such as a line break"},
		"two newlines at the end":       {canary + "\n\n", "has a control character in it"},
		"a CR behind the newline":       {canary + "\n\r", "has a control character in it"},
		"a tab":                         {canary + "\t", "has a control character in it"},
		"Latin 1":                       {canary + "\xe9", "is not valid UTF-8"},
		"UTF-16":                        {"\xff\xfek", "is not valid UTF-8"},
		"a byte order mark":             {"\ufeff" + canary, "starts with a byte order mark"},
		"blanks":                        {"   ", "has only blanks in it"},
		"a no-break space":              {"\u00a0", "has only blanks in it"},
		"a placeholder of a shell":      {"${" + canary + "}", "is a placeholder that nobody replaced"},
		"a placeholder of a pipeline":   {"$(" + canary + ")", "is a placeholder that nobody replaced"},
		"a placeholder of a workflow":   {"${{ secrets." + canary + " }}", "is a placeholder that nobody replaced"},
		"a command that nobody ran":     {"$(pass show " + canary + ")", "is a placeholder that nobody replaced"},
		"more than a Secret holds":      {strings.Repeat("x", maxValue+1), "is larger than 1 MiB, which no Secret can hold"},
		"more, and control characters":  {strings.Repeat("\x01", maxValue+1), "is larger than 1 MiB"},
		"much more than a Secret holds": {strings.Repeat(canary, maxValue/4), "is larger than 1 MiB"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Source{File: file(t, "value", c.value)}.Read(Access{})
			requireError(t, err, c.message)
			_, err = Source{Value: c.value}.Read(Access{})
			requireError(t, err, c.message)
			if len(c.value) < 1<<16 {
				t.Setenv("REGISTRY_PASSWORD", c.value)
				_, err = Source{Env: "REGISTRY_PASSWORD"}.Read(Access{})
				requireError(t, err, c.message)
			}
		})
	}
}

func TestErrorsOfVariables(t *testing.T) {
	atHome(t)
	t.Setenv("EMPTY_VARIABLE", "")
	t.Setenv("NEWLINE_VARIABLE", "\r\n")
	t.Setenv("REGISTRY_PASSWORD", canary)
	t.Setenv("password", "")
	const hidden = "environment variable (not shown: it may be the value) is "
	for name, c := range map[string]struct {
		env     string
		access  Access
		message string
	}{
		"not set":                        {"DOCKERHUB_TOKEN", Access{}, "environment variable DOCKERHUB_TOKEN is not set"},
		"empty":                          {"EMPTY_VARIABLE", Access{}, "environment variable EMPTY_VARIABLE is empty"},
		"a newline":                      {"NEWLINE_VARIABLE", Access{}, "environment variable NEWLINE_VARIABLE is empty"},
		"the value for the name":         {canary, Access{}, hidden + "not set"},
		"upper case for the name":        {strings.ToUpper(canary), Access{}, hidden + "not set"},
		"a name that is no convention":   {"password", Access{}, hidden + "empty"},
		"an assignment":                  {"TOKEN=" + canary, Access{}, hidden + "not set"},
		"not allowed":                    {"REGISTRY_PASSWORD", Access{Env: []string{"DOCKERHUB_TOKEN"}}, "environment variable REGISTRY_PASSWORD may not be read"},
		"not allowed, as none is":        {"REGISTRY_PASSWORD", Access{Env: []string{}}, "REGISTRY_PASSWORD may not be read"},
		"not allowed, so not looked for": {"DOCKERHUB_TOKEN", Access{Env: []string{}}, "DOCKERHUB_TOKEN may not be read"},
		"not allowed, and the value":     {canary, Access{Env: []string{}}, "variable (not shown"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Source{Env: c.env}.Read(c.access)
			requireError(t, err, c.message)
		})
	}
	got, err := Source{Env: "REGISTRY_PASSWORD"}.Read(Access{Env: []string{"REGISTRY_PASSWORD"}, Files: []string{}})
	require.NoError(t, err)
	require.True(t, got == canary)
}

func TestErrorsOfFiles(t *testing.T) {
	atHome(t)
	file(t, "there/empty", "")
	file(t, "there/newline", "\n")
	require.NoError(t, os.Symlink("nowhere", "there/dangling"))
	require.NoError(t, os.Symlink("loop", "there/loop"))
	sparse := file(t, "there/sparse", "")
	require.NoError(t, os.Truncate(sparse, 8<<40))
	const hidden = "the file (path not shown: it may be the value): "
	for name, c := range map[string]struct{ path, message string }{
		"none":                             {"./user", "file ./user: no such file"},
		"none in a folder":                 {"there/user", "file there/user: no such file"},
		"none at home":                     {"~/user", "file ~/user: no such file"},
		"none at home, in a folder":        {"~/there/user", "file ~/there/user: no such file"},
		"a folder":                         {"there", "file there: is a directory"},
		"a folder with a slash":            {"./", "file ./: is a directory"},
		"empty":                            {"there/empty", "file there/empty is empty"},
		"a newline":                        {"there/newline", "file there/newline is empty"},
		"a link to nowhere":                {"there/dangling", "file there/dangling: no such file"},
		"a link to itself":                 {"there/loop", "file there/loop: "},
		"below a file":                     {"there/empty/x", hidden},
		"8 TB":                             {"there/sparse", "is larger than 1 MiB, which no Secret can hold"},
		"the value":                        {canary, hidden + "no such file"},
		"a value that begins with a slash": {"/" + canary, hidden + "no such file"},
		"with two slashes":                 {"//" + canary, hidden + "no such file"},
		"a value with a slash":             {canary + "/x", hidden + "no such file"},
		"a token with a slash":             {"dckr_pat_" + canary + "/xyz", hidden + "no such file"},
		"a value that ends with a slash":   {canary + "/", hidden + "no such file"},
		"a value and dots":                 {canary + "/../x", hidden + "no such file"},
		"a value in a value":               {"/" + canary + "/" + canary, hidden + "no such file"},
		"a value at someone's home":        {"~" + canary + "/x", hidden + "no such file"},
		"two lines":                        {"./" + canary + "\nx", hidden + "no such file"},
		"a NUL":                            {"./" + canary + "\x00", hidden},
		"a very long value":                {strings.Repeat(canary, 1000), hidden},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Source{File: c.path}.Read(Access{})
			requireError(t, err, c.message)
		})
	}
}

func TestHintsInAContainer(t *testing.T) {
	atHome(t)
	inContainerNow(t)
	_, err := Source{Env: "DOCKERHUB_TOKEN"}.Read(Access{})
	requireError(t, err, "is not set")
	require.Equal(t, "pass the variable on: kpt fn eval --env NAME, kustomize build -e NAME; kpt fn render cannot, so use exec there", finding.HintOf(err))
	_, err = Source{File: "./user"}.Read(Access{})
	requireError(t, err, "file ./user: no such file")
	require.Equal(t, "pass the file on: kpt fn eval --mount, or mounts: in the annotation config.kubernetes.io/function; kpt fn render cannot, so use exec there", finding.HintOf(err))
	t.Setenv("PATH", "")
	_, err = docker(t, `{"credHelpers":{"quay.io":"pass"}}`, Access{}).ForServer("quay.io")
	requireError(t, err, "the credential is in docker-credential-pass, which is not on PATH")
	require.Equal(t, "a container has no credential helpers: use exec", finding.HintOf(err))
}

func TestFilesOfSomeFoldersOnly(t *testing.T) {
	atHome(t)
	file(t, "allowed/in/value", canary)
	file(t, "allowed-not/value", canary)
	file(t, "value", canary)
	for name, target := range map[string]string{"allowed/out": "../value", "allowed/inside": "in/value", "allowed/dir": "..", "link": "allowed", "into": "allowed/in/value"} {
		require.NoError(t, os.Symlink(target, name))
	}
	require.NoError(t, os.Symlink(filepath.Join(os.Getenv("HOME"), "allowed/in/value"), "allowed/absolute"))
	for name, c := range map[string]struct {
		path    string
		folders []string
		ok      bool
	}{
		"below":                            {"allowed/in/value", []string{"allowed"}, true},
		"below a link":                     {"link/in/value", []string{"allowed"}, true},
		"below a folder that is a link":    {"allowed/in/value", []string{"link"}, true},
		"below an absolute folder":         {"allowed/in/value", []string{filepath.Join(os.Getenv("HOME"), "allowed")}, true},
		"below the second":                 {"allowed/in/value", []string{"absent", "allowed"}, true},
		"below the working directory":      {"value", []string{"."}, true},
		"by a link inside":                 {"allowed/inside", []string{"allowed"}, true},
		"by an absolute link inside":       {"allowed/absolute", []string{"allowed"}, true},
		"by a link from outside":           {"into", []string{"allowed"}, true},
		"at home":                          {"~/allowed/in/value", []string{"allowed"}, true},
		"beside":                           {"value", []string{"allowed"}, false},
		"with dots":                        {"allowed/../value", []string{"allowed"}, false},
		"a folder of the same beginning":   {"allowed-not/value", []string{"allowed"}, false},
		"by a link that leads out":         {"allowed/out", []string{"allowed"}, false},
		"by a folder's link that does":     {"allowed/dir/value", []string{"allowed"}, false},
		"no folder":                        {"allowed/in/value", []string{}, false},
		"a folder without a name":          {"value", []string{""}, false},
		"a folder that is not there":       {"value", []string{"absent"}, false},
		"what is not there":                {"allowed/absent", []string{"allowed"}, false},
		"what is not there, and elsewhere": {"absent", []string{"allowed"}, false},
		"the value for the path":           {canary, []string{"allowed"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Source{File: c.path}.Read(Access{Files: c.folders, Env: []string{}})
			if !c.ok {
				requireError(t, err, "the file may not be read: no such file is below a folder that --allow-files names")
				require.Empty(t, got)
				return
			}
			require.NoError(t, err)
			require.True(t, got == canary)
		})
	}
	t.Run("a folder", func(t *testing.T) {
		_, err := Source{File: "allowed/in"}.Read(Access{Files: []string{"allowed"}})
		requireError(t, err, "file allowed/in: is a directory")
	})
	t.Run("a docker config", func(t *testing.T) {
		path := file(t, "config.json", `{"auths":{"quay.io":`+login("me")+`}}`)
		_, err := OpenDocker(path, Access{Files: []string{"allowed"}})
		requireError(t, err, "may not be read")
		t.Setenv("REGISTRY_AUTH_FILE", path)
		_, err = OpenDocker("auto", Access{Files: []string{"allowed"}})
		requireError(t, err, "may not be read")
		_, err = OpenDocker("auto", Access{Files: []string{"."}})
		require.NoError(t, err)
	})
}

func TestUserNamesWithAColon(t *testing.T) {
	require.NoError(t, CheckUsername("me"))
	requireError(t, CheckUsername("me:"+canary), "has a colon in it: kubelet reads the text after the first one as the password")
}
