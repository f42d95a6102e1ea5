// SPDX-License-Identifier: Apache-2.0

// Command bench compares the program with others that could do its work. The input is Calico's own
// manifest as a ResourceList, and a list of sixty copies of it. Then come folders, and an empty
// list. It prints the CPU time of the finished process: user and system, the median of the runs. It
// also prints the ratio to ours, and the peak of memory. All programs read a pipe and write one.
//
// It needs Calico's manifests in $CALICO_MANIFESTS. It takes the other programs from the folder in
// its argument and from PATH, and leaves out missing ones.
package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"
	"time"
)

const runs = 11

// A rival is a program to measure.
type rival struct {
	name    string
	command []string
	code    int  // its exit code: 1 if it finds something
	big     bool // run it on the large list, too
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: bench FOLDER-OF-PROGRAMS")
		os.Exit(2)
	}
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(bin string) error {
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	manifest := filepath.Join(os.Getenv("CALICO_MANIFESTS"), "v3.32.1", "calico.yaml")
	small, big, empty := filepath.Join(dir, "small"), filepath.Join(dir, "big"), filepath.Join(dir, "empty")
	if err := writeList(small, manifest, 1); err != nil {
		return err
	}
	if err := writeList(big, manifest, 60); err != nil {
		return err
	}
	if err := writeList(empty, manifest, 0); err != nil {
		return err
	}
	patched, err := kustomization(dir, manifest)
	if err != nil {
		return err
	}
	const edit = `(.items[] | select(.kind == "DaemonSet" and .metadata.name == "calico-node") | .spec.template.spec.imagePullSecrets) += [{"name": "regcred"}]`
	rivals := []rival{
		{"calico-pull-secrets", []string{filepath.Join(bin, "calico-pull-secrets")}, 0, true},
		{"a program that copies stdin to stdout", []string{filepath.Join(bin, "copy")}, 0, true},
		{"the same function through fn.Run", []string{filepath.Join(bin, "sdk")}, 0, true},
		{"yq, the same edit", []string{"yq", edit}, 0, true},
		{"kustomize build with a patch", []string{"kustomize", "build", patched}, 0, false},
	}
	fmt.Println("| | CPU | × ours | memory |\n| --- | ---: | ---: | ---: |")
	fmt.Printf("| **v3.32.1, %.1f MB** | | | |\n", sizeOf(small))
	if err := compare(rivals, small); err != nil {
		return err
	}
	fmt.Printf("| **60 copies, %.1f MB** | | | |\n", sizeOf(big))
	if err := compare(slices.DeleteFunc(slices.Clone(rivals), func(r rival) bool { return !r.big }), big); err != nil {
		return err
	}
	folder := filepath.Join(dir, "folder")
	size, err := writeFolder(folder, manifest)
	if err != nil {
		return err
	}
	fmt.Printf("| **a folder with %d files, %.0f MB** | | | |\n", folderFiles, float64(size)/1e6)
	if err := compare([]rival{
		{"calico-pull-secrets --check", []string{filepath.Join(bin, "calico-pull-secrets"), "--check", folder}, 1, false},
		{"cat, piped through grep -c calico-node", []string{"sh", "-c", "find " + folder + " -type f -print0 | xargs -0 cat | grep -c calico-node"}, 0, false},
	}, empty); err != nil {
		return err
	}
	program := filepath.Join(bin, "calico-pull-secrets")
	if err := compareFolders(program, dir, manifest, empty); err != nil {
		return err
	}
	policy, err := writePolicy(dir)
	if err != nil {
		return err
	}
	fmt.Println("| **judging v3.32.1, that nothing pulls anonymously** | | | |")
	if err := compare([]rival{
		{"calico-pull-secrets --check", []string{program, "--check", manifest}, 1, false},
		{"calico-pull-secrets --audit", []string{program, "--audit", "audit.registries=quay.io", manifest}, 1, false},
		{"conftest, a policy that looks for the field", []string{"conftest", "test", "--policy", policy, manifest}, 1, false},
	}, empty); err != nil {
		return err
	}
	fmt.Println("| **an empty list** | | | |")
	return compare([]rival{
		{"calico-pull-secrets onMissing=ignore", []string{filepath.Join(bin, "calico-pull-secrets"), "onMissing=ignore"}, 0, false},
		{"a program that does nothing", []string{filepath.Join(bin, "empty")}, 0, false},
	}, empty)
}

// writePolicy writes a policy for conftest that denies a DaemonSet without pull secrets.
func writePolicy(dir string) (string, error) {
	const policy = `package main

import rego.v1

deny contains msg if {
	input.kind == "DaemonSet"
	input.metadata.name == "calico-node"
	not input.spec.template.spec.imagePullSecrets
	msg := "calico-node has no imagePullSecrets"
}
`
	dir = filepath.Join(dir, "policy")
	if err := os.Mkdir(dir, 0o755); err != nil {
		return "", err
	}
	return dir, os.WriteFile(filepath.Join(dir, "pull.rego"), []byte(policy), 0o644)
}

// folderFiles is the number of files in a GitOps repository. Each has about 50 kB: the parts of a
// Calico manifest beside its workloads, and a Deployment. One file is the manifest.
const folderFiles = 2000

func writeFolder(folder, manifest string) (size int, err error) {
	b, err := os.ReadFile(manifest)
	if err != nil {
		return 0, err
	}
	var others []string
	for document := range strings.SplitSeq(string(b), "\n---\n") {
		if strings.Contains(document, "kind: CustomResourceDefinition") || strings.Contains(document, "kind: ConfigMap") {
			others = append(others, document)
		}
	}
	const deployment = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: app-%d\nspec:\n  template:\n    spec:\n      containers:\n      - name: app\n        image: registry.example.com/app:v%d\n"
	next := 0
	for i := range folderFiles {
		text := fmt.Sprintf(deployment, i, i)
		for len(text) < 50_000 {
			text += "---\n" + others[next%len(others)] + "\n"
			next++
		}
		if i == folderFiles/2 {
			text = string(b)
		}
		path := filepath.Join(folder, fmt.Sprint(i%40), fmt.Sprintf("%d.yaml", i))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return 0, err
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			return 0, err
		}
		size += len(text)
	}
	return size, nil
}

// compare prints the CPU time and the memory of the rivals.
func compare(rivals []rival, in string) error {
	return compareBy(rivals, in, func(cpu, _ time.Duration) time.Duration { return cpu })
}

// compareByTheClock prints the elapsed time of the rivals instead of their CPU time.
func compareByTheClock(rivals []rival, in string) error {
	return compareBy(rivals, in, func(_, clock time.Duration) time.Duration { return clock })
}

// compareBy runs the rivals in turn, as often as necessary. So other load on the machine affects
// all of them.
func compareBy(rivals []rival, in string, what func(cpu, clock time.Duration) time.Duration) error {
	times := make([][]time.Duration, len(rivals))
	peaks := make([]int64, len(rivals))
	for range runs {
		for i, r := range rivals {
			if _, err := exec.LookPath(r.command[0]); err != nil {
				continue
			}
			cpu, clock, peak, err := measure(r, in)
			if err != nil {
				return fmt.Errorf("%s: %w", r.name, err)
			}
			times[i] = append(times[i], what(cpu, clock))
			peaks[i] = max(peaks[i], peak)
		}
	}
	var ours time.Duration
	for i, r := range rivals {
		if len(times[i]) == 0 {
			fmt.Printf("| %s | not here | | |\n", r.name)
			continue
		}
		slices.Sort(times[i])
		median := times[i][runs/2]
		if i == 0 {
			ours = median
		}
		fmt.Printf("| %s | %.1f ms | %.2f | %.0f MB |\n", r.name, float64(median.Microseconds())/1000, float64(median)/float64(ours), float64(peaks[i])/1e6)
	}
	return nil
}

// measure runs a rival on the file in, through a pipe. It returns CPU time, elapsed time and the
// peak of memory in bytes. The peak is at least the memory of this program when it starts the
// rival.
func measure(r rival, in string) (cpu, clock time.Duration, peak int64, err error) {
	file, err := os.Open(in)
	if err != nil {
		return 0, 0, 0, err
	}
	defer file.Close()
	cmd := exec.Command(r.command[0], r.command[1:]...)
	cmd.Stdin = struct{ io.Reader }{file} // not the file, so that exec makes a pipe
	out, err := cmd.StdoutPipe()
	if err != nil {
		return 0, 0, 0, err
	}
	forgetPeak()
	start := time.Now()
	if err := cmd.Start(); err != nil {
		return 0, 0, 0, err
	}
	if _, err := io.Copy(io.Discard, out); err != nil {
		return 0, 0, 0, err
	}
	err = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != r.code {
		return 0, 0, 0, fmt.Errorf("exit code %d, not %d", code, r.code)
	}
	if err != nil && r.code == 0 && !strings.Contains(err.Error(), "broken pipe") { // kustomize reads no stdin
		return 0, 0, 0, err
	}
	clock = time.Since(start)
	usage := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	return cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), clock, usage.Maxrss * 1024, nil
}

// forgetPeak returns unused memory to the system, and resets the recorded peak. A process starts
// with the peak of the process that starts it.
func forgetPeak() {
	debug.FreeOSMemory()
	_ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) // only Linux counts so
}

// writeList writes copies of a manifest to a file as a ResourceList, as kpt sends it. Each document
// is an item with its comments.
func writeList(path, manifest string, copies int) error {
	b, err := os.ReadFile(manifest)
	if err != nil {
		return err
	}
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer file.Close()
	w := bufio.NewWriter(file)
	fmt.Fprint(w, "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n")
	if copies == 0 {
		fmt.Fprint(w, "- apiVersion: v1\n  kind: ConfigMap\n  metadata:\n    name: empty\n")
	}
	for range copies {
		for document := range strings.SplitSeq(string(b), "\n---\n") {
			if !strings.Contains(document, "kind:") {
				continue
			}
			lead := "- "
			for line := range strings.Lines(document) {
				if strings.TrimSpace(line) != "" && !strings.HasPrefix(line, "---") {
					fmt.Fprint(w, lead, strings.TrimSuffix(line, "\n"))
					lead = "  "
				}
				fmt.Fprintln(w)
			}
		}
	}
	return w.Flush()
}

// kustomization returns a folder in which kustomize patches the manifest.
func kustomization(dir, manifest string) (string, error) {
	dir = filepath.Join(dir, "kustomization")
	if err := os.Mkdir(dir, 0o755); err != nil {
		return "", err
	}
	const patch = "resources: [calico.yaml]\npatches:\n- target: {kind: DaemonSet, name: calico-node}\n" +
		`  patch: '[{"op": "add", "path": "/spec/template/spec/imagePullSecrets", "value": [{"name": "regcred"}]}]'` + "\n"
	if err := os.WriteFile(filepath.Join(dir, "kustomization.yaml"), []byte(patch), 0o644); err != nil {
		return "", err
	}
	b, err := os.ReadFile(manifest)
	if err != nil {
		return "", err
	}
	return dir, os.WriteFile(filepath.Join(dir, "calico.yaml"), b, 0o644)
}

// sizeOf returns the size of a file in megabytes.
func sizeOf(path string) float64 {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return float64(info.Size()) / 1e6
}
