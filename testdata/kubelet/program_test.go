// SPDX-License-Identifier: Apache-2.0

package kubelet

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	v1 "k8s.io/api/core/v1"
	"k8s.io/kubernetes/pkg/credentialprovider"
	"k8s.io/kubernetes/pkg/credentialprovider/secrets"
	"k8s.io/kubernetes/pkg/util/parsers"

	"example.com/calico-pull-secrets/internal/needs"
)

// program builds the program and returns its path.
func program(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "calico-pull-secrets")
	build := needs.Command(t, "go", "build", "-o", path, ".")
	build.Dir = "../.."
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return path
}

// runProgram runs the program on manifests.
func runProgram(t *testing.T, path, manifests string, arguments ...string) (stdout, stderr string, ok bool) {
	t.Helper()
	cmd := needs.Command(t, path, arguments...)
	cmd.Env = append(os.Environ(), "REGISTRY_USER=me", "REGISTRY_PASSWORD=x")
	var out, errs bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(manifests), &out, &errs
	err := cmd.Run()
	if exit := new(exec.ExitError); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return out.String(), errs.String(), err == nil
}

// workload returns a Deployment with a container for each image.
func workload(name string, images ...string) string {
	text := "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: " + name + "\n  namespace: n\nspec:\n  template:\n    spec:\n      containers:\n"
	for i, image := range images {
		text += fmt.Sprintf("      - name: c%d\n        image: %q\n", i, image)
	}
	return text
}

// hostFor returns the registry that kubelet pulls an image from, empty if kubelet refuses it.
func hostFor(image string) string {
	repository, _, _, err := parsers.ParseImageName(image)
	if err != nil {
		return ""
	}
	host, _, _ := strings.Cut(repository, "/")
	return host
}

// TestWhatARegistrySelectsIsWhatKubeletPullsFromThere compares targets=docker.io and others with
// kubelet's parsing of image names.
func TestWhatARegistrySelectsIsWhatKubeletPullsFromThere(t *testing.T) {
	path := program(t)
	r := rand.New(rand.NewPCG(3, 4))
	images := make([]string, 3000)
	var manifests []string
	for i := range images {
		images[i] = image(r)
		manifests = append(manifests, workload("w"+strconv.Itoa(i), images[i]))
	}
	for _, registry := range []string{"docker.io", "quay.io", "localhost", "quay.io:443", "registry-1.docker.io"} {
		out, stderr, ok := runProgram(t, path, strings.Join(manifests, "---\n"), "targets="+registry)
		if !ok {
			t.Fatal(stderr)
		}
		documents := strings.Split(out, "---\n")
		selected := 0
		for i, image := range images {
			is, want := strings.Contains(documents[i], "imagePullSecrets"), hostFor(image) == registry
			if is != want {
				t.Errorf("targets=%s: %q is selected: %v; kubelet pulls it from %q", registry, image, is, hostFor(image))
			}
			if is {
				selected++
			}
		}
		if selected < 20 || selected > 2500 {
			t.Errorf("targets=%s: %d of %d are selected, which proves little", registry, selected, len(images))
		}
	}
}

var (
	authenticates = regexp.MustCompile(`\(authenticates (\d+) of (\d+) images\)`)
	content       = regexp.MustCompile(`(?m)^ *\.dockerconfigjson: (\S+)$`)
)

// TestTheSecretOfSeveralRegistriesAuthenticatesWhatIsSaid lets kubelet look up the images in the
// Secret that secret.registries makes.
func TestTheSecretOfSeveralRegistriesAuthenticatesWhatIsSaid(t *testing.T) {
	path := program(t)
	r := rand.New(rand.NewPCG(5, 6))
	made, partial, full, none := 0, 0, 0, 0
	for range 300 {
		var arguments []string
		auths := map[string]map[string]string{}
		for i := range 1 + r.IntN(3) {
			at, server := fmt.Sprintf("secret.registries.%d.", i), pick(r, known)
			auths[server] = map[string]string{"auth": base64.StdEncoding.EncodeToString([]byte("user:not-a-token"))}
			arguments = append(arguments, at+"server="+server, at+"usernameEnv=REGISTRY_USER", at+"passwordEnv=REGISTRY_PASSWORD")
		}
		var images, repositories []string
		for range 1 + r.IntN(4) {
			image := pick(r, imageHosts) + pick(r, []string{"calico/node", "calico/cni", "library/etcd", "etcd", "flannel/flannel"}) + pick(r, tags)
			repository, _, _, err := parsers.ParseImageName(image)
			if err != nil {
				continue
			}
			images = append(images, image)
			if !slices.Contains(repositories, repository) {
				repositories = append(repositories, repository)
			}
		}
		if len(images) == 0 {
			continue
		}
		out, stderr, ok := runProgram(t, path, workload("w", images...), append(arguments, "targets=Deployment/w")...)
		isForNone := strings.Contains(stderr, "anonymously, unless the node has") && !ok
		if !ok && !isForNone {
			continue // the program refuses this server
		}
		made++
		data, err := json.Marshal(map[string]any{"auths": auths})
		if ok { // the emitted Secret
			data, err = base64.StdEncoding.DecodeString(content.FindStringSubmatch(out)[1])
		}
		if err != nil {
			t.Fatal(err)
		}
		secret := v1.Secret{Type: v1.SecretTypeDockerConfigJson, Data: map[string][]byte{v1.DockerConfigJsonKey: data}}
		keyring, err := secrets.MakeDockerKeyring([]v1.Secret{secret}, &credentialprovider.BasicDockerKeyring{})
		if err != nil {
			t.Fatal(err)
		}
		want := 0
		for _, repository := range repositories {
			if _, found := keyring.Lookup(repository); found {
				want++
			}
		}
		if isForNone != (want == 0) {
			t.Fatalf("kubelet authenticates %d of %q with %q; the program refuses the Secret: %v\n%s", want, images, arguments, isForNone, stderr)
		}
		if isForNone {
			none++
			continue
		}
		said := authenticates.FindStringSubmatch(stderr)
		if said == nil || said[1] != strconv.Itoa(want) || said[2] != strconv.Itoa(len(repositories)) {
			t.Fatalf("kubelet authenticates %d of %q with %q; the program says\n%s", want, images, arguments, stderr)
		}
		warned := strings.Contains(stderr, "anonymously, unless the node has")
		if warned != (want < len(repositories)) {
			t.Fatalf("kubelet authenticates %d of %q with %q; a warning: %v\n%s", want, images, arguments, warned, stderr)
		}
		if want == len(repositories) {
			full++
		} else {
			partial++
		}
	}
	if made < 60 || partial < 10 || full < 3 || none < 10 {
		t.Fatalf("%d Secrets, %d of them for some images, %d for all, %d for none: proves little", made, partial, full, none)
	}
	t.Logf("%d Secrets: %d for some images, %d for all, %d for none", made, partial, full, none)
}
