// SPDX-License-Identifier: Apache-2.0

package node

import (
	"archive/tar"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
)

// imageFile is the variable that names the file with the project's image in the isolated process.
const imageFile = "NODE_IMAGE"

// buildImage builds the project's image with docker or podman, and saves it in the folder. It
// returns the file, empty if neither answers.
func buildImage(folder string) (string, error) {
	tool := ""
	for _, t := range []string{os.Getenv("CONTAINER_TOOL"), "docker", "podman"} {
		if t != "" && tool == "" && exec.Command(t, "info").Run() == nil {
			tool = t
		}
	}
	if tool == "" {
		return "", nil
	}
	const name = "localhost/calico-pull-secrets:node"
	file := filepath.Join(folder, "image.tar")
	for _, f := range []func() error{
		command("make", "-C", "../..", "rootfs", "DESTDIR="+folder+"/build/out"),
		command("make", "-C", "../..", "image", "CONTAINER_TOOL="+tool, "IMAGE="+name, "IMAGE_FLAGS=--build-context build="+folder+"/build"),
		command(tool, "save", "-o", file, name),
	} {
		if err := f(); err != nil {
			return "", err
		}
	}
	return file, nil
}

// load adds the image in a file that docker or podman saved.
func (i *images) load(reference, file string) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	parts := map[string][]byte{}
	for r := tar.NewReader(f); ; {
		h, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		if parts[h.Name], err = io.ReadAll(r); err != nil {
			return err
		}
	}
	var saved []struct {
		Config string
		Layers []string
	}
	if err := json.Unmarshal(parts["manifest.json"], &saved); err != nil || len(saved) != 1 {
		return fmt.Errorf("%s: not one image: %v", file, err)
	}
	layers := make([][]byte, len(saved[0].Layers))
	for n, name := range saved[0].Layers {
		layers[n] = parts[name]
	}
	i.own[reference] = i.assemble(parts[saved[0].Config], layers...)
	return nil
}

// box adds an image with busybox under a reference, instead of the real image.
func (i *images) box(reference string) error {
	program, err := exec.LookPath("busybox")
	if err != nil {
		return err
	}
	b, err := os.ReadFile(program)
	if err != nil {
		return err
	}
	var layer bytes.Buffer
	w := tar.NewWriter(&layer)
	w.WriteHeader(&tar.Header{Name: "bin/busybox", Mode: 0o755, Size: int64(len(b))})
	w.Write(b)
	for _, name := range []string{"sh", "find", "sort", "awk", "tr", "xargs"} {
		w.WriteHeader(&tar.Header{Name: "bin/" + name, Typeflag: tar.TypeSymlink, Linkname: "busybox", Mode: 0o777})
	}
	if err := w.Close(); err != nil {
		return err
	}
	config, _ := json.Marshal(map[string]any{
		"architecture": "amd64", "os": "linux",
		"config": map[string]any{"Env": []string{"PATH=/bin"}},
		"rootfs": map[string]any{"type": "layers", "diff_ids": []string{digest(layer.Bytes())}},
	})
	i.own[reference] = i.assemble(config, layer.Bytes())
	return nil
}
