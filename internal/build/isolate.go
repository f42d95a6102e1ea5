// SPDX-License-Identifier: Apache-2.0

package build

import (
	"errors"
	"io"
	"log"
	"net/http"
	"os"
	"sync"

	"sigs.k8s.io/kustomize/kyaml/openapi"
)

// isolate changes, once and for the whole process, what the library shares with it:
//
//   - It downloads with Go's default transport, which then refuses everything. Entries
//     are looked for on disk before; this holds for what a kustomization puts together.
//   - It prints that fields are deprecated to os.Stderr and to the log, which is no
//     finding of ours. Our own messages go to the stream that main handed over.
var isolate = sync.OnceFunc(func() {
	http.DefaultTransport = refusing{}
	log.SetOutput(io.Discard)
	if null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0); err == nil {
		os.Stderr = null
	}
})

type refusing struct{}

var errNetwork = errors.New("not on disk, and nothing is downloaded")

func (refusing) RoundTrip(*http.Request) (*http.Response, error) { return nil, errNetwork }

// schema guards the schema of kustomize, which is one for the process. A kustomization with
// `openapi:` replaces it, and SetSchema does not take that back.
var schema sync.RWMutex

// lockSchema waits until the schema is that of kustomize, for alone in this build only.
// It returns what lets the next build have it.
func lockSchema(alone bool) (release func()) {
	if !alone {
		schema.RLock()
		return schema.RUnlock
	}
	schema.Lock()
	openapi.ResetOpenAPI()
	return func() {
		openapi.ResetOpenAPI()
		schema.Unlock()
	}
}
