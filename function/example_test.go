// SPDX-License-Identifier: Apache-2.0

package function_test

import (
	"fmt"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"

	"example.com/calico-pull-secrets/function"
)

// Process in a chain: another processor first replaces the registry by a mirror.
func ExampleProcess() {
	mirror := func(rl *fn.ResourceList) (bool, error) {
		for _, o := range rl.Items.Where(func(o *fn.KubeObject) bool { return o.GetKind() == "DaemonSet" }) {
			for _, c := range o.GetMap("spec").GetMap("template").GetMap("spec").GetSlice("containers") {
				if err := c.SetNestedString("registry.example.com/calico/node:v3.30.7", "image"); err != nil {
					return false, err
				}
			}
		}
		return true, nil
	}
	chain := fn.ResourceListProcessorFunc(func(rl *fn.ResourceList) (bool, error) {
		if ok, err := mirror(rl); !ok || err != nil {
			return ok, err
		}
		return function.Process(rl)
	})

	rl, err := fn.ParseResourceList([]byte(`apiVersion: config.kubernetes.io/v1
kind: ResourceList
items:
- apiVersion: apps/v1
  kind: DaemonSet
  metadata:
    name: calico-node
    namespace: kube-system
  spec:
    template:
      spec:
        containers:
        - name: calico-node
          image: docker.io/calico/node:v3.30.7
functionConfig:
  apiVersion: fn.kpt.dev/v1alpha1
  kind: CalicoPullSecrets
  metadata:
    name: pull-secrets
  spec:
    secretName: mirror
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	ok, err := chain.Process(rl)
	fmt.Println(ok, err)
	fmt.Println(rl.Items[0])
	for _, result := range rl.Results {
		fmt.Printf("[%s] %s\n", result.Severity, result.Message)
	}
	// Output:
	// true <nil>
	// apiVersion: apps/v1
	// kind: DaemonSet
	// metadata:
	//   name: calico-node
	//   namespace: kube-system
	// spec:
	//   template:
	//     spec:
	//       containers:
	//       - name: calico-node
	//         image: registry.example.com/calico/node:v3.30.7
	//       imagePullSecrets:
	//       - name: mirror
	//
	// [info] references Secret "mirror"
	// [info] pulls from registry.example.com, but the program does not know the content of Secret "mirror"; hint: if the Secret is for registry.example.com, set servers=registry.example.com
}
