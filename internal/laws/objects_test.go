// SPDX-License-Identifier: Apache-2.0

package laws_test

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"example.com/calico-pull-secrets/internal/mapping"
)

// objects are the objects for references: kinds of Kubernetes, of other projects, and
// unknown ones. None of them has a reference itself.
var objects = strings.Split(strings.TrimSpace(`
{apiVersion: apps/v1, kind: Deployment, metadata: {name: o, namespace: law, labels: {a: b}, annotations: {c: d}}, spec: {replicas: 1, selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {serviceAccountName: o, initContainers: [{name: i, image: quay.io/a/i, command: [sh]}], containers: [{name: c, image: quay.io/a/c, args: [--x, y], env: [{name: E, value: v}, {name: F, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}], volumeMounts: [{name: v, mountPath: /v}]}], volumes: [{name: v, configMap: {name: o}}]}}}}
{apiVersion: batch/v1, kind: CronJob, metadata: {name: o, namespace: law}, spec: {schedule: "* * * * *", jobTemplate: {spec: {template: {spec: {containers: [{name: c, image: quay.io/a/c}], restartPolicy: Never}}}}}}
{apiVersion: batch/v1, kind: Job, metadata: {name: o, namespace: law}, spec: {template: {spec: {containers: [{name: c, image: quay.io/a/c}], restartPolicy: Never}}}}
{apiVersion: v1, kind: Pod, metadata: {name: o, namespace: law}, spec: {containers: [{name: c, image: quay.io/a/c}], tolerations: [{operator: Exists}]}, status: {phase: Running, containerStatuses: [{name: c, ready: true}]}}
{apiVersion: v1, kind: PodTemplate, metadata: {name: o, namespace: law}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: quay.io/a/c}]}}}
{apiVersion: v1, kind: ServiceAccount, metadata: {name: o, namespace: law}, secrets: [{name: t}], imagePullSecrets: [{name: hub}]}
{apiVersion: v1, kind: ConfigMap, metadata: {name: o, namespace: law}, data: {key: value, file.yaml: "a: b\n"}, binaryData: {bin: AAECAw==}}
{apiVersion: v1, kind: Secret, metadata: {name: o, namespace: law}, type: Opaque, data: {key: dmFsdWU=}, stringData: {other: text}}
{apiVersion: v1, kind: Secret, metadata: {name: o, namespace: law}, type: kubernetes.io/dockerconfigjson, data: {.dockerconfigjson: eyJhdXRocyI6e319}}
{apiVersion: v1, kind: Service, metadata: {name: o, namespace: law}, spec: {selector: {a: b}, ports: [{port: 80, name: http}]}, status: {loadBalancer: {}}}
{apiVersion: v1, kind: Namespace, metadata: {name: o}}
{apiVersion: v1, kind: Node, metadata: {name: o}, spec: {podCIDR: 10.0.0.0/24}, status: {images: [{names: [a], sizeBytes: 1}]}}
{apiVersion: apps/v1, kind: ControllerRevision, metadata: {name: o, namespace: law}, data: {spec: {template: {spec: {containers: [{name: c}]}}}}, revision: 1}
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: o}, rules: [{apiGroups: [""], resources: [pods], verbs: [get]}]}
{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: o}, spec: {group: example.com, names: {kind: O, plural: os}, scope: Namespaced, versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, description: text, properties: {image: {type: string, title: t, example: e, pattern: p, default: d, description: x}, description: {type: string, default: d}}}}}]}}
{apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingAdmissionPolicy, metadata: {name: o}, spec: {matchConstraints: {resourceRules: [{resources: [pods]}]}, validations: [{expression: "true", message: m}]}}
{apiVersion: admissionregistration.k8s.io/v1, kind: MutatingWebhookConfiguration, metadata: {name: o}, webhooks: [{name: a.b.c, clientConfig: {service: {name: s, namespace: law}, caBundle: AAECAw==}}]}
{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: o, namespace: law}, spec: {rules: [{host: example.com, http: {paths: [{path: /, pathType: Prefix}]}}]}}
{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: o, namespace: law}, spec: {minAvailable: 1}}
{apiVersion: kyverno.io/v1, kind: ClusterPolicy, metadata: {name: o}, spec: {rules: [{name: r, match: {any: [{resources: {kinds: [Pod]}}]}, exclude: {any: [{resources: {names: [a]}}]}, validate: {message: m, pattern: {spec: {hostNetwork: false}}}}, {name: g, match: {}, generate: {kind: ConfigMap, name: n, data: {data: {a: b}}}}, {name: m, mutate: {patchStrategicMerge: {spec: {hostNetwork: false}}}}]}}
{apiVersion: constraints.gatekeeper.sh/v1beta1, kind: K8sAllowedRepos, metadata: {name: o}, spec: {match: {kinds: [{kinds: [Pod]}]}, parameters: {repos: [a]}}}
{apiVersion: mutations.gatekeeper.sh/v1, kind: Assign, metadata: {name: o}, spec: {applyTo: [{kinds: [Pod]}], location: x, parameters: {assign: {value: v}}}}
{apiVersion: monitoring.coreos.com/v1, kind: PrometheusRule, metadata: {name: o, namespace: law}, spec: {groups: [{name: g, rules: [{alert: A, expr: up, annotations: {summary: s}, labels: {severity: x}}]}]}}
{apiVersion: argoproj.io/v1alpha1, kind: Rollout, metadata: {name: o, namespace: law}, spec: {replicas: 1, template: {spec: {containers: [{name: c, image: quay.io/a/c}]}}}}
{apiVersion: serving.knative.dev/v1, kind: Service, metadata: {name: o, namespace: law}, spec: {template: {spec: {containers: [{name: c, image: quay.io/a/c}]}}}}
{apiVersion: jobset.x-k8s.io/v1alpha2, kind: JobSet, metadata: {name: o, namespace: law}, spec: {replicatedJobs: [{name: a, template: {spec: {template: {spec: {containers: [{name: c, image: quay.io/a/c}]}}}}}]}}
{apiVersion: postgresql.cnpg.io/v1, kind: Cluster, metadata: {name: o, namespace: law}, spec: {instances: 3, storage: {size: 1Gi}}}
{apiVersion: monitoring.coreos.com/v1, kind: Prometheus, metadata: {name: o, namespace: law}, spec: {replicas: 1, containers: [{name: side, image: quay.io/a/c}]}}
{apiVersion: tekton.dev/v1, kind: Task, metadata: {name: o, namespace: law}, spec: {steps: [{name: s, script: echo}]}}
{apiVersion: helm.toolkit.fluxcd.io/v2, kind: HelmRelease, metadata: {name: o, namespace: law}, spec: {chart: {spec: {chart: c}}, values: {image: {tag: v1}, replicas: 1}}}
{apiVersion: helm.cattle.io/v1, kind: HelmChart, metadata: {name: o, namespace: law}, spec: {valuesContent: "a: b\n"}}
{apiVersion: work.open-cluster-management.io/v1, kind: ManifestWork, metadata: {name: o, namespace: law}, spec: {workload: {manifests: [{apiVersion: v1, kind: ConfigMap, metadata: {name: i, namespace: law}, data: {a: b}}, {apiVersion: apps/v1, kind: Deployment, metadata: {name: i, namespace: shop}, spec: {template: {spec: {containers: [{name: c, image: quay.io/a/c}]}}}}]}}}
{apiVersion: template.openshift.io/v1, kind: Template, metadata: {name: o, namespace: law}, objects: [{apiVersion: v1, kind: Pod, metadata: {name: i}, spec: {containers: [{name: c, image: quay.io/a/c}]}}], parameters: [{name: P, value: v}]}
{apiVersion: v1, kind: List, metadata: {resourceVersion: ""}, items: [{apiVersion: v1, kind: ConfigMap, metadata: {name: i, namespace: law}, data: {a: b}}, {apiVersion: v1, kind: Pod, metadata: {name: i, namespace: law}, spec: {containers: [{name: c, image: quay.io/a/c}]}}]}
{apiVersion: kpt.dev/v1, kind: Kptfile, metadata: {name: o, annotations: {config.kubernetes.io/local-config: "true"}}, pipeline: {mutators: [{configPath: x}]}}
{apiVersion: bitnami.com/v1alpha1, kind: SealedSecret, metadata: {name: o, namespace: law}, spec: {encryptedData: {a: AgBy}, template: {metadata: {name: o}, type: Opaque}}}
{apiVersion: external-secrets.io/v1, kind: ExternalSecret, metadata: {name: o, namespace: law}, spec: {target: {template: {data: {a: b}}}, data: [{secretKey: k, remoteRef: {key: r}}]}}
{apiVersion: v1, kind: Secret, metadata: {name: sh.helm.release.v1.o.v1, namespace: law}, type: helm.sh/release.v1, data: {release: SDRzSUFBQUFBQUFB}}
{apiVersion: example.com/v1, kind: CustomResourceDefinition, metadata: {name: o}, spec: {versions: [{schema: {openAPIV3Schema: {description: text, properties: {a: {title: t}}}}}]}}
{apiVersion: example.com/v1, kind: CalicoPullSecrets, metadata: {name: o}, spec: {template: {spec: {containers: [{name: c, image: quay.io/a/c}]}}}}
{apiVersion: example.com/v1, kind: Secret, metadata: {name: o, namespace: law}, type: kubernetes.io/dockerconfigjson, data: {.dockerconfigjson: text}}
{apiVersion: example.com/v1, kind: ControllerRevision, metadata: {name: o}, data: {spec: {containers: [{name: c, image: quay.io/a/c}]}}}
{apiVersion: example.com/v1, kind: Kptfile, metadata: {name: o}, pipeline: {mutators: [{configPath: x}]}}
{apiVersion: operator.tigera.io/v1, kind: Installation, metadata: {name: o}, spec: {registry: quay.io, calicoNetwork: {mtu: 1}}}
{apiVersion: example.com/v1, kind: Thing, metadata: {name: o, namespace: law, annotations: {config.kubernetes.io/local-config: "true"}}, spec: {a: {b: [1, x, {c: d}]}}}
{apiVersion: example.com/v1, kind: Thing, metadata: {name: o}, a: [[x, [y]], {z: null}], b: 1.5, c: true}
`), "\n")

// objectNamed returns the parsed object with a number.
func objectNamed(n int) *yaml.Node {
	var document yaml.Node
	if err := yaml.Unmarshal([]byte(objects[n%len(objects)]), &document); err != nil {
		panic(fmt.Sprint(objects[n%len(objects)], err))
	}
	return document.Content[0]
}

// randomObject returns an object of an unknown kind with random content.
func randomObject(r *rand.Rand) *yaml.Node {
	o := objectNamed(len(objects) - 1)
	for range 1 + r.IntN(3) {
		o.Content = append(o.Content, mapping.Scalar(randomKey(r)), randomValue(r, 4))
	}
	return o
}

// keys are keys that have a meaning in some kind.
var keys = []string{"spec", "template", "containers", "initContainers", "data", "metadata", "kind", "value", "values", "name", "override", "status",
	"items", "manifests", "args", "env", "config", "description", "match", "rules", "expr", "volumes", "annotations", "schema", "properties", "default"}

func randomKey(r *rand.Rand) string { return fmt.Sprint(keys[r.IntN(len(keys))], r.IntN(9)) }

func randomValue(r *rand.Rand, depth int) *yaml.Node {
	switch n := r.IntN(5); {
	case depth > 0 && n == 0:
		list := mapping.List()
		for range r.IntN(3) {
			list.Content = append(list.Content, randomValue(r, depth-1))
		}
		return list
	case depth > 0 && n < 3:
		object := mapping.New()
		for i := range 1 + r.IntN(3) {
			key := keys[r.IntN(len(keys))]
			if i > 0 {
				key += fmt.Sprint(i)
			}
			object.Content = append(object.Content, mapping.Scalar(key), randomValue(r, depth-1))
		}
		return object
	}
	return mapping.Scalar([]string{"x", "true", "1", "text of words", ""}[r.IntN(5)])
}

// parsed returns the YAML in a text.
func parsed(text string) *yaml.Node {
	var document yaml.Node
	if err := yaml.Unmarshal([]byte(text), &document); err != nil {
		panic(err)
	}
	return document.Content[0]
}
