// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// The sizes of the folders in compareFolders.
const (
	repositoryFiles  = 20_000
	repositoryCalico = 60
	deployments      = 20_000
	clusters         = 300
	packages         = 300
)

// compareFolders compares the program on folders. On a repository with few objects that matter it
// compares with ripgrep, which only finds the files. It compares a diff with a check, where all
// objects matter. It compares many sets in one process with a process for each.
func compareFolders(program, dir, manifest, empty string) error {
	b, err := os.ReadFile(manifest)
	if err != nil {
		return err
	}
	repository, size, err := writeTree(filepath.Join(dir, "repository"), repositoryFiles, func(i int) string {
		if i%(repositoryFiles/repositoryCalico) == 0 {
			return string(b)
		}
		return fmt.Sprintf("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c%d\ndata:\n  text: |\n", i) + strings.Repeat("    a line of a file of settings\n", 230)
	})
	if err != nil {
		return err
	}
	quiet := func(arguments ...string) []string { return append([]string{program, "--quiet"}, arguments...) }
	fmt.Printf("| **%d files, %.0f MB, %d with Calico** | | | |\n", repositoryFiles, float64(size)/1e6, repositoryCalico)
	if err := compare([]rival{
		{"calico-pull-secrets --check", quiet("--check", "preflight=ignore", repository), 1, false},
		{"rg -l calico-node", []string{"rg", "-l", "calico-node", repository}, 0, false},
	}, empty); err != nil {
		return err
	}
	fmt.Println("| **the same, by the clock** | | | |")
	one := func(command []string) []string { return append([]string{"taskset", "-c", firstCore()}, command...) }
	if err := compareByTheClock([]rival{
		{"calico-pull-secrets --check", quiet("--check", "preflight=ignore", repository), 1, false},
		{"the same on one core", one(quiet("--check", "preflight=ignore", repository)), 1, false},
		{"rg -l calico-node", []string{"rg", "-l", "calico-node", repository}, 0, false},
	}, empty); err != nil {
		return err
	}
	if err := compareAudits(program, filepath.Join(dir, "deployments"), empty); err != nil {
		return err
	}
	if err := compareBuilds(program, "kustomize", filepath.Join(dir, "overlays"), empty); err != nil {
		return err
	}
	all, size, err := writeTree(filepath.Join(dir, "clusters"), clusters, func(int) string { return string(b) })
	if err != nil {
		return err
	}
	fmt.Printf("| **%d clusters, %.0f MB that all matter** | | | |\n", clusters, float64(size)/1e6)
	if err := compare([]rival{
		{"calico-pull-secrets --check", quiet("--check", all), 1, false},
		{"calico-pull-secrets --diff", quiet("--diff", all), 0, false},
	}, empty); err != nil {
		return err
	}
	fmt.Println("| **the same, by the clock** | | | |")
	if err := compareByTheClock([]rival{
		{"calico-pull-secrets --check", quiet("--check", all), 1, false},
		{"the same on one core", one(quiet("--check", all)), 1, false},
	}, empty); err != nil {
		return err
	}
	small, _, err := writeTree(filepath.Join(dir, "packages"), packages, func(i int) string {
		return fmt.Sprintf("apiVersion: apps/v1\nkind: DaemonSet\nmetadata:\n  name: calico-node\n  namespace: n%d\nspec:\n  template:\n    spec:\n      containers:\n      - name: c\n        image: docker.io/calico/node:v3.28.0\n", i)
	})
	if err != nil {
		return err
	}
	fmt.Printf("| **%d packages** | | | |\n", packages)
	return compare([]rival{
		{"calico-pull-secrets --check --each", []string{"sh", "-c", program + " --quiet --check --each " + small + "/*"}, 1, false},
		{"a process for each", []string{"sh", "-c", "for p in " + small + "/*; do " + program + " --quiet --check $p; done"}, 1, false},
	}, empty)
}

// compareAudits compares audits and checks of a folder, on all cores and on one. Every file has a
// pod.
func compareAudits(program, dir, empty string) error {
	folder, size, err := writeTree(dir, deployments, func(i int) string {
		return fmt.Sprintf("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d%d, namespace: n}\nspec:\n  template:\n    spec:\n      containers:\n      - name: c\n        image: docker.io/acme/web:v%d\n        env:\n", i, i) +
			strings.Repeat("        - {name: A_VARIABLE, value: \"a value of some length\"}\n", 14)
	})
	if err != nil {
		return err
	}
	fmt.Printf("| **%d files with a Deployment, %.0f MB** | | | |\n", deployments, float64(size)/1e6)
	rivals := []rival{
		{"calico-pull-secrets --audit", []string{program, "--quiet", "--audit", folder}, 1, false},
		{"the same on one core", []string{"taskset", "-c", firstCore(), program, "--quiet", "--audit", folder}, 1, false},
		{"calico-pull-secrets --check", []string{program, "--quiet", "--check", "targets=docker.io", folder}, 1, false},
	}
	if err := compare(rivals, empty); err != nil {
		return err
	}
	fmt.Println("| **the same, by the clock** | | | |")
	return compareByTheClock(rivals, empty)
}

// compareBuilds compares the audit of a repository of overlays with the builds of each of them.
func compareBuilds(program, kustomize, dir, empty string) error {
	const overlays = 300
	files := map[string]string{
		"base/kustomization.yaml": "resources: [web.yaml]\n",
		"base/web.yaml":           "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n    spec:\n      containers:\n      - name: web\n        image: docker.io/acme/web:v1\n",
	}
	for i := range overlays {
		files[fmt.Sprintf("overlays/o%03d/kustomization.yaml", i)] = fmt.Sprintf("resources: [../../base]\nnamespace: n%d\nnamePrefix: p%d-\n", i, i)
	}
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			return err
		}
	}
	fmt.Printf("| **%d overlays** | | | |\n", overlays)
	rivals := []rival{
		{"calico-pull-secrets --audit --build", []string{program, "--quiet", "--audit", "--build", dir}, 1, false},
		{"kustomize build for each, without an audit", []string{"sh", "-c", "for o in " + dir + "/overlays/*/; do " + kustomize + " build $o; done > /dev/null"}, 0, false},
	}
	if err := compare(rivals, empty); err != nil {
		return err
	}
	fmt.Println("| **the same, by the clock** | | | |")
	return compareByTheClock(rivals, empty)
}

// firstCore returns the number of the first core that programs may use here.
func firstCore() string {
	status, _ := os.ReadFile("/proc/self/status")
	_, list, _ := strings.Cut(string(status), "Cpus_allowed_list:")
	list = strings.TrimSpace(list)
	if end := strings.IndexAny(list, ",-\n"); end > 0 {
		return list[:end]
	}
	return "0"
}

// writeTree writes a number of files, each into its own folder.
func writeTree(dir string, files int, text func(i int) string) (path string, size int, err error) {
	for i := range files {
		folder := filepath.Join(dir, fmt.Sprintf("%05d", i))
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return "", 0, err
		}
		t := text(i)
		size += len(t)
		if err := os.WriteFile(filepath.Join(folder, "manifest.yaml"), []byte(t), 0o644); err != nil {
			return "", 0, err
		}
	}
	return dir, size, nil
}
