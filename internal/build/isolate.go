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

// isolate changes, once for the whole process, what kustomize's library shares with it:
//
//   - The library downloads with Go's default transport. That refuses everything from now on.
//     Build has looked on disk for all entries. The transport covers addresses that a
//     kustomization puts together.
//   - The library prints warnings about deprecated fields to os.Stderr and the log. They are
//     not findings of ours. Our messages go to the stream that main hands over.
var isolate = sync.OnceFunc(func() {
	http.DefaultTransport = refusing{}
	log.SetOutput(io.Discard)
	if null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0); err == nil {
		os.Stderr = null
	}
})

type refusing struct{}

var errNetwork = errors.New("not on disk, and this program downloads nothing")

func (refusing) RoundTrip(*http.Request) (*http.Response, error) { return nil, errNetwork }

// schema guards kustomize's schema: the process has only one. A kustomization with `openapi:`
// replaces it, and SetSchema does not undo that.
var schema sync.RWMutex

// lockSchema waits until kustomize's own schema is in place. With alone, only this build may use
// it. The returned function ends that.
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
