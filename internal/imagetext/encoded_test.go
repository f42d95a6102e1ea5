// SPDX-License-Identifier: Apache-2.0

package imagetext

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// zipped returns base64 of what gzip makes of a text.
func zipped(text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write([]byte(text))
	_ = w.Close()
	return base64.StdEncoding.EncodeToString(b.Bytes())
}

// A small text may decode to a large one, many times over. The program reads a part of it, and says so.
// The texts that are only long must not take long, either.
func TestWhatIsEncodedIsReadInPart(t *testing.T) {
	bomb := zipped(strings.Repeat("a", 64<<20))
	inBomb := zipped(strings.Repeat("x: "+zipped(strings.Repeat("a", 3<<20))+"\n", 100))
	for _, registry := range []string{"docker.io", "*"} {
		q := About([]string{registry})
		for name, text := range map[string]string{"one": bomb, "many": strings.Repeat("x: "+bomb+"\n", 20), "many in one": inBomb} {
			require.True(t, q.Search(text).Cut, "%s %s", registry, name)
		}
		for name, text := range map[string]string{"letters": strings.Repeat("V", 1<<20), "paths": strings.Repeat("kube-system/a.b/c:d ", 1<<16), "forms": strings.Repeat("ZG9ja2VyLmlv ", 1<<16)} {
			require.False(t, q.Search(text).Cut, "%s %s", registry, name)
		}
	}
}

// Only what is surely of gzip, and has data, may hide anything.
func TestWhatGzipMadeIsReadToItsEnd(t *testing.T) {
	q := About([]string{"docker.io"})
	whole := zipped("run docker.io/acme/a:v1, and more")
	for _, text := range []string{whole[:28], "a: " + whole[:28], whole[:len(whole)-12]} {
		require.True(t, q.Search(text).Cut, text)
	}
	for _, text := range []string{whole, "a: " + whole, "H4sI", "H4sIAAAAAAAA", whole[:12], strings.Join([]string{whole[:20], whole[20:]}, "\n"), "a H4sIDocker is no gzip"} {
		require.False(t, q.Search(text).Cut, text)
	}
	q = About(nil)
	require.False(t, q.Search(whole[:28]).Cut, "no registry matters")
}
