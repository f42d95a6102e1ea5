// SPDX-License-Identifier: Apache-2.0

// Stub stands in for the programs of Calico's images. Programs that run once end at once. Servers
// wait for a signal. As install it installs itself as a CNI plugin, if the folders for that exist.
// As a plugin it gives each pod the same address. So the node is ready once a calico-node has run.
package main

import (
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
)

func main() {
	name := filepath.Base(os.Args[0])
	once := name == "install" || name == "check-status"
	for _, arg := range os.Args[1:] {
		for _, word := range []string{"-upgrade", "-init", "-live", "-ready", "-shutdown"} {
			once = once || strings.Contains(arg, word)
		}
	}
	switch {
	case os.Getenv("CNI_COMMAND") != "":
		plug(name)
	case name == "install":
		if err := install("/host/opt/cni/bin", "/host/etc/cni/net.d"); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	case !once:
		for _, health := range []string{"TYPHA_HEALTHPORT", "FELIX_HEALTHPORT"} { // the operator adds probes for them
			if port := os.Getenv(health); port != "" {
				go http.ListenAndServe("localhost:"+port, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
			}
		}
		end := make(chan os.Signal, 1)
		signal.Notify(end, syscall.SIGTERM)
		<-end
	}
}

func install(programs, configs string) error {
	if _, err := os.Stat(programs); os.IsNotExist(err) {
		return nil // not mounted
	}
	self, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		return err
	}
	for _, name := range []string{"loopback", "calico"} { // containerd calls loopback, too
		if err := os.WriteFile(filepath.Join(programs, name+".new"), self, 0o755); err != nil {
			return err
		}
		if err := os.Rename(filepath.Join(programs, name+".new"), filepath.Join(programs, name)); err != nil {
			return err
		}
	}
	return os.WriteFile(filepath.Join(configs, "10-calico.conflist"), []byte(`{"cniVersion": "0.3.1", "name": "k8s-pod-network", "plugins": [{"type": "calico"}]}`), 0o600)
}

// plug answers the runtime's calls of a CNI plugin.
func plug(name string) {
	device, address := "eth0", "198.51.100.2/32"
	if name == "loopback" {
		device, address = "lo", "127.0.0.1/8"
	}
	switch os.Getenv("CNI_COMMAND") {
	case "VERSION":
		fmt.Print(`{"cniVersion": "1.0.0", "supportedVersions": ["0.3.1", "0.4.0", "1.0.0"]}`)
	case "ADD":
		fmt.Printf(`{"cniVersion": "0.3.1", "interfaces": [{"name": %q, "sandbox": %q}], "ips": [{"version": "4", "interface": 0, "address": %q}]}`, device, os.Getenv("CNI_NETNS"), address)
	}
}
