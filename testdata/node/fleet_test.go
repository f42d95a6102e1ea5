// SPDX-License-Identifier: Apache-2.0

package node

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestFleet runs the Job of examples/fleet with the project's image, in two shards. It kills one
// shard at work. That shard must succeed when it runs again.
func TestFleet(t *testing.T) {
	if os.Getenv(imageFile) == "" {
		lacks(t, "docker or podman, for the image")
	}
	t.Parallel()
	s := begin(t)
	b, err := os.ReadFile("../../examples/fleet/job.yaml")
	if err != nil {
		t.Fatal(err)
	}
	// Only for this node: it has no network but the host's, and a taint because of that.
	job := string(b)
	for _, r := range [][2]string{
		{"completions: 4", "completions: 2"},
		{"parallelism: 4", "parallelism: 2"},
		{`value: "4"`, `value: "2"`},
		{"      restartPolicy: Never\n", "      restartPolicy: Never\n      hostNetwork: true\n      tolerations: [{operator: Exists}]\n"},
	} {
		if strings.Count(job, r[0]) != 1 {
			t.Fatalf("job.yaml has not one %q", r[0])
		}
		job = strings.Replace(job, r[0], r[1], 1)
	}

	// Enough packages for the test to kill a shard at work.
	const packages = 3000
	repository := filepath.Join(dir, "repository")
	manifest := s.daemonset("docker.io", "")
	want := s.function(0, manifest)
	if want == manifest {
		t.Fatal("the function changes nothing")
	}
	name := func(i int) string {
		return filepath.Join(repository, "packages", fmt.Sprintf("p%05d", i), "calico.yaml")
	}
	for i := range packages {
		if err := os.MkdirAll(filepath.Dir(name(i)), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name(i), []byte(manifest), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if err := command("chown", "-R", "65534:65534", repository)(); err != nil {
		t.Fatal(err)
	}
	s.apply(fmt.Sprintf(`apiVersion: v1
kind: PersistentVolume
metadata: {name: packages}
spec:
  capacity: {storage: 1Gi}
  accessModes: [ReadWriteMany]
  storageClassName: ""
  hostPath: {path: %s, type: Directory}
  claimRef: {name: packages, namespace: %s}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: packages}
spec:
  accessModes: [ReadWriteMany]
  storageClassName: ""
  volumeName: packages
  resources: {requests: {storage: 1Gi}}
`, repository, s.namespace))
	s.apply(s.function(0, job, with("targets=Job/calico-pull-secrets", "secret.server=registry.example.com")...))
	pid, index := s.shard(120 * time.Second)
	for end := time.Now().Add(60 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if b, _ := os.ReadFile(name(index + 2*100)); string(b) == want { // it has reached this package
			break
		}
	}
	process, err := os.FindProcess(pid)
	if err == nil {
		err = process.Kill()
	}
	if err != nil {
		t.Fatal(err)
	}
	done := 0
	for i := range packages {
		if b, err := os.ReadFile(name(i)); err != nil {
			t.Error(err)
		} else if string(b) == want {
			done++
		} else if string(b) != manifest {
			t.Fatalf("%s is half written", name(i))
		}
	}
	t.Logf("shard %d killed when %d of %d packages were done", index, done, packages)
	if done < 100 || done == packages {
		t.Error("the shard was not killed in the middle")
	}
	s.kubectl("wait", "--for=condition=complete", "--timeout=180s", "job/calico-pull-secrets")
	if got := s.kubectl("get", "job", "calico-pull-secrets", "-o", "jsonpath={.status.completedIndexes} {.status.failed} {.status.failedIndexes}"); strings.TrimSpace(got) != "0,1 1" {
		t.Errorf("completed, failed and given up: %q", got)
	}
	for i := range packages {
		if b, err := os.ReadFile(name(i)); err != nil || string(b) != want {
			t.Fatalf("%s is not as the function writes it: %v", name(i), err)
		}
	}
	// SIGKILL leaves temporary files. The README removes them.
	readme, err := os.ReadFile("../../examples/fleet/README.md")
	clean := "find packages -name '.calico-pull-secrets-*.tmp' -delete"
	if err != nil || !strings.Contains(string(readme), clean) {
		t.Errorf("the README does not say %q", clean)
	}
	cmd := exec.Command("sh", "-c", clean)
	cmd.Dir = repository
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
	found, err := exec.Command("find", repository, "-type", "f", "-not", "-name", "calico.yaml").Output()
	if err != nil || len(found) > 0 {
		t.Errorf("left behind: %v %s", err, found)
	}
}

// shard waits for a process of the Job, and returns its number and its index.
func (s *scene) shard(patience time.Duration) (pid, index int) {
	s.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(time.Millisecond) {
		processes, _ := filepath.Glob("/proc/[0-9]*/cmdline")
		for _, p := range processes {
			if b, _ := os.ReadFile(p); !strings.HasPrefix(string(b), "calico-pull-secrets\x00--write\x00--each") {
				continue
			}
			environment, _ := os.ReadFile(filepath.Join(filepath.Dir(p), "environ"))
			_, rest, ok := strings.Cut(string(environment), "\x00INDEX=")
			if _, err := fmt.Sscanf(p, "/proc/%d/", &pid); err != nil || !ok {
				s.t.Fatalf("%s: %v", p, err)
			}
			fmt.Sscan(rest[:strings.IndexByte(rest, 0)], &index)
			return pid, index
		}
	}
	_, why := s.state()
	s.t.Fatalf("no shard works: %s\n%s", why, s.events())
	return 0, 0
}
