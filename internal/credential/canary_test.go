// SPDX-License-Identifier: Apache-2.0

package credential

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/calico-pull-secrets/internal/finding"
)

// canary is the credential of the tests. Some tests put it in a wrong place. No error may
// contain it.
const canary = "kX7pQv9ZtRw3LbYm8NcJ4hFd"

// requireError checks that err has the message, and no piece of the canary, plain or
// encoded.
func requireError(t *testing.T, err error, message string) {
	t.Helper()
	require.Error(t, err)
	require.Empty(t, piecesIn(err.Error()+finding.HintOf(err)), "a part of the credential is in the error")
	require.Contains(t, err.Error(), message)
	require.NotContains(t, err.Error(), "\n")
}

const pieceLength = 6

// piecesIn returns the pieces of the canary that are in a text.
func piecesIn(text string) (found []string) {
	forms := []string{canary, strings.ToLower(canary), url.QueryEscape(canary), fmt.Sprintf("%x", canary)}
	for _, before := range []string{"", "x", "xx"} { // the three alignments
		encoded := base64.RawStdEncoding.EncodeToString([]byte(before + canary))
		forms = append(forms, encoded[(len(before)*8+5)/6:]) // the characters that depend only on the canary
	}
	for _, form := range forms {
		for i := 0; i+pieceLength <= len(form); i++ {
			if piece := form[i : i+pieceLength]; strings.Contains(text, piece) {
				found = append(found, piece)
			}
		}
	}
	return found
}

func TestTheSearchForTheCanaryFindsIt(t *testing.T) {
	for _, text := range []string{canary, "x" + canary[7:14] + "y", login("me"), login("joe"), login("jane"), strings.ToLower(canary[3:9])} {
		require.NotEmpty(t, piecesIn(text), text)
	}
	require.Empty(t, piecesIn("environment variable DOCKERHUB_TOKEN is not set"))
}

func TestCredentialsDoNotPrint(t *testing.T) {
	c, s := Credential{"me", canary}, Source{Value: canary}
	for _, format := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		for _, value := range []any{c, &c, map[string]Credential{"quay.io": c}, []Credential{c}, s, &s, struct{ S Source }{s}} {
			require.Empty(t, piecesIn(fmt.Sprintf(format, value)), format)
		}
	}
}

// atHome makes an empty folder the home and the working directory. Its bin folder is the
// only one on PATH besides the system's folders. No variable names a login.
func atHome(t *testing.T) {
	t.Helper()
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Chdir(home)
	t.Setenv("PATH", filepath.Join(home, "bin")+":/usr/bin:/bin")
	for _, name := range []string{"REGISTRY_AUTH_FILE", "DOCKER_CONFIG", "XDG_RUNTIME_DIR"} {
		t.Setenv(name, "")
	}
}

// file writes a file below the test's home and returns its path.
func file(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(os.Getenv("HOME"), name)
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(t, os.WriteFile(path, []byte(text), 0o755))
	return path
}

// timeouts replaces both time limits until the end of the test.
func timeouts(t *testing.T, timeout time.Duration) {
	t.Helper()
	beforeFile, beforeHelper := fileTimeout, helperTimeout
	fileTimeout, helperTimeout = timeout, timeout
	t.Cleanup(func() { fileTimeout, helperTimeout = beforeFile, beforeHelper })
}

// inContainerNow makes the program believe that it is in a container that runs nothing
// else.
func inContainerNow(t *testing.T) {
	t.Helper()
	before := isContainer
	isContainer = func() bool { return true }
	t.Cleanup(func() { isContainer = before })
}
