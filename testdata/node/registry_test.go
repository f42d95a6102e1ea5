// SPDX-License-Identifier: Apache-2.0

package node

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"
)

// user and password are the credential that the registries accept.
const user, password = "user", `p&ss"w<o>rd`

// A registry serves a stand-in for every image.
type registry struct {
	port int
	// token: a client must fetch a token first, as from Docker Hub. Otherwise Basic.
	token bool
	// anonymous is the status of a pull without a credential.
	anonymous int
}

// registries are the registries of the node, by host.
var registries = map[string]registry{
	"docker.io":            {5000, true, http.StatusTooManyRequests},
	"public.ecr.aws":       {5002, false, http.StatusOK},
	"quay.io":              {5001, false, http.StatusUnauthorized},
	"registry.example.com": {5001, false, http.StatusUnauthorized},
	"open.example.com":     {5002, false, http.StatusOK},
	"hub.example.com":      {5003, true, http.StatusOK},
}

// images builds the stand-ins, and keeps their parts by digest.
type images struct {
	layer string
	diff  string
	own   map[string][]byte // manifests of images that are not stand-ins, by name and tag
	mu    sync.Mutex
	blobs map[string][]byte
}

// newImages takes the program for every image.
func newImages(program []byte) (*images, error) {
	var plain, packed bytes.Buffer
	w := tar.NewWriter(&plain)
	for _, name := range []string{"opt/cni/bin/calico-ipam", "opt/cni/bin/install", "bin/calico-node", "usr/bin/calico-node", "usr/bin/check-status", "usr/bin/kube-controllers", "opt/bin/flanneld"} {
		if err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o755, Size: int64(len(program))}); err != nil {
			return nil, err
		}
		if _, err := w.Write(program); err != nil {
			return nil, err
		}
	}
	w.WriteHeader(&tar.Header{Name: "tmp/", Typeflag: tar.TypeDir, Mode: 0o777})
	w.Close()
	z := gzip.NewWriter(&packed)
	z.Write(plain.Bytes())
	z.Close()
	i := &images{blobs: map[string][]byte{}, own: map[string][]byte{}, diff: digest(plain.Bytes())}
	i.layer = i.add(packed.Bytes())
	return i, nil
}

func digest(b []byte) string { return fmt.Sprintf("sha256:%x", sha256.Sum256(b)) }

func (i *images) add(b []byte) string {
	d := digest(b)
	i.mu.Lock()
	defer i.mu.Unlock()
	i.blobs[d] = b
	return d
}

func (i *images) blob(d string) []byte {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.blobs[d]
}

const manifestType = "application/vnd.oci.image.manifest.v1+json"

// manifest returns the manifest of a name with a tag. Each has its own digest: the node remembers
// by digest what it has pulled, and with which credential.
func (i *images) manifest(reference string) []byte {
	if m := i.own[reference]; m != nil {
		return m
	}
	user, entry := "0", "/bin/calico-node"
	if strings.HasPrefix(reference, "calico/kube-controllers:") || strings.HasPrefix(reference, "calico/typha:") {
		user = "65534" // some manifests require it
	}
	if strings.HasPrefix(reference, "calico/pod2daemon-flexvol:") {
		entry = "/opt/cni/bin/install" // it also ends
	}
	config, _ := json.Marshal(map[string]any{
		"architecture": "amd64", "os": "linux",
		"config": map[string]any{"Env": []string{"PATH=/bin:/usr/bin"}, "Entrypoint": []string{entry}, "User": user, "Labels": map[string]string{"reference": reference}},
		"rootfs": map[string]any{"type": "layers", "diff_ids": []string{i.diff}},
	})
	return i.assemble(config, i.blob(i.layer))
}

// assemble returns the manifest of a config and its layers, and keeps all parts.
func (i *images) assemble(config []byte, layers ...[]byte) []byte {
	part := func(kind string, b []byte) map[string]any {
		return map[string]any{"mediaType": kind, "digest": i.add(b), "size": len(b)}
	}
	parts := []any{}
	for _, layer := range layers {
		kind := "application/vnd.oci.image.layer.v1.tar"
		if bytes.HasPrefix(layer, []byte("\x1f\x8b")) {
			kind += "+gzip"
		}
		parts = append(parts, part(kind, layer))
	}
	m, _ := json.Marshal(map[string]any{
		"schemaVersion": 2, "mediaType": manifestType,
		"config": part("application/vnd.oci.image.config.v1+json", config),
		"layers": parts,
	})
	i.add(m)
	return m
}

// handler returns the handler of one registry.
func (r registry) handler(i *images) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		name, word, basic := q.BasicAuth()
		known := basic && name == user && word == password
		if q.URL.Path == "/token" {
			switch {
			case q.Method == http.MethodPost: // containerd then asks as other clients do
				w.WriteHeader(http.StatusMethodNotAllowed)
			case known:
				fmt.Fprint(w, `{"token":"known"}`)
			case basic:
				refuse(w, http.StatusUnauthorized, "UNAUTHORIZED", "incorrect username or password")
			default:
				fmt.Fprint(w, `{"token":"anonymous"}`)
			}
			return
		}
		authorization := q.Header.Get("Authorization")
		if r.token {
			known = authorization == "Bearer known"
			if !known && authorization != "Bearer anonymous" {
				w.Header().Set("WWW-Authenticate", fmt.Sprintf(`Bearer realm="http://127.0.0.1:%d/token",service="registry"`, r.port))
				refuse(w, http.StatusUnauthorized, "UNAUTHORIZED", "authentication required")
				return
			}
		}
		if !known && (r.anonymous != http.StatusOK || basic && !r.token) {
			if r.anonymous == http.StatusTooManyRequests {
				refuse(w, r.anonymous, "TOOMANYREQUESTS", "You have reached your pull rate limit.")
				return
			}
			w.Header().Set("WWW-Authenticate", `Basic realm="registry"`)
			refuse(w, http.StatusUnauthorized, "UNAUTHORIZED", "authentication required")
			return
		}
		i.ServeHTTP(w, q)
	})
}

func refuse(w http.ResponseWriter, status int, code, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	fmt.Fprintf(w, `{"errors":[{"code":%q,"message":%q}]}`, code, message)
}

// ServeHTTP serves manifests and blobs.
func (i *images) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	name, kind, reference := "", path.Base(path.Dir(q.URL.Path)), path.Base(q.URL.Path)
	name = strings.TrimPrefix(path.Dir(path.Dir(q.URL.Path)), "/v2/")
	var body []byte
	switch {
	case strings.HasPrefix(reference, "sha256:"):
		body = i.blob(reference)
	case kind == "manifests":
		body = i.manifest(name + ":" + reference)
	}
	if body == nil && q.URL.Path != "/v2/" {
		http.NotFound(w, q)
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	if kind == "manifests" {
		w.Header().Set("Content-Type", manifestType)
	}
	w.Header().Set("Docker-Content-Digest", digest(body))
	http.ServeContent(w, q, "", time.Time{}, bytes.NewReader(body))
}
