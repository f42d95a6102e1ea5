// SPDX-License-Identifier: Apache-2.0

package kinds

import "slices"

// A groupKind is a kind of an API group.
type groupKind struct{ group, kind string }

// once has custom kinds whose controller makes the pods only once. Each names the source of that,
// in the repository of its project.
var once = map[groupKind]bool{
	// The webhook refuses changes of replicatedJobs: pkg/webhooks/jobset_webhook.go.
	{"jobset.x-k8s.io", "JobSet"}: true,
	// The webhook refuses changes except of minAvailable and replicas:
	// pkg/webhooks/admission/jobs/validate/admit_job.go, and hyperjobs beside it.
	{"batch.volcano.sh", "Job"}:         true,
	{"training.volcano.sh", "HyperJob"}: true,
	{"serving.knative.dev", "Revision"}: true, // immutable: pkg/apis/serving/v1/revision_validation.go
	// The API server accepts a change, but existing pods do not get it. The webhooks of
	// pkg/webhooks compare only the run policy, and controllers make only missing pods.
	{"kubeflow.org", "TFJob"}:      true,
	{"kubeflow.org", "PyTorchJob"}: true,
	{"kubeflow.org", "MPIJob"}:     true,
	{"kubeflow.org", "XGBoostJob"}: true,
	{"kubeflow.org", "PaddleJob"}:  true,
	{"kubeflow.org", "JAXJob"}:     true,
	// The same: ray-operator/pkg/webhooks/v1/rayjob_webhook.go checks only the name.
	{"ray.io", "RayJob"}: true,
}

// RunsOnce reports whether a controller makes the pods of a custom kind only once, as for a Job.
func RunsOnce(group, kind string) bool { return once[groupKind{group, kind}] }

// operators has custom kinds with a list in the form of a pod's. Their operators give it to the
// pods that they make. Each names the source of the field, in the repository of its project.
var operators = []struct {
	groupKind
	fields []string // the path to the field that holds imagePullSecrets
}{
	{groupKind{"monitoring.coreos.com", "Prometheus"}, spec},      // pkg/apis/monitoring/v1/prometheus_types.go
	{groupKind{"monitoring.coreos.com", "PrometheusAgent"}, spec}, // the same
	{groupKind{"monitoring.coreos.com", "Alertmanager"}, spec},    // pkg/apis/monitoring/v1/alertmanager_types.go
	{groupKind{"monitoring.coreos.com", "ThanosRuler"}, spec},     // pkg/apis/monitoring/v1/thanos_types.go
	{groupKind{"rabbitmq.com", "RabbitmqCluster"}, spec},          // api/v1beta1/rabbitmqcluster_types.go
	{groupKind{"postgresql.cnpg.io", "Cluster"}, spec},            // api/v1/cluster_types.go
	{groupKind{"k8s.keycloak.org", "Keycloak"}, spec},             // operator/src/main/java/org/keycloak/operator/crds
	{groupKind{"argoproj.io", "Workflow"}, spec},                  // pkg/apis/workflow/v1alpha1/workflow_types.go
	{groupKind{"argoproj.io", "WorkflowTemplate"}, spec},          // the same
	// api/src/main/java/io/strimzi/api/kafka/model/common/template/PodTemplate.java
	{groupKind{"kafka.strimzi.io", "Kafka"}, []string{"spec", "kafka", "template", "pod"}},
	{groupKind{"databases.spotahome.com", "RedisFailover"}, []string{"spec", "redis"}}, // api/redisfailover/v1/types.go
}

var operatorSpecs = func() map[groupKind]*Spec {
	all := map[groupKind]*Spec{}
	for _, o := range operators {
		all[o.groupKind] = &Spec{Kind: o.kind, Groups: []string{o.group}, Fields: o.fields, Traits: Operated | NotRenamed}
	}
	return all
}()

// choosers has custom kinds from which operators make pods with an image of Docker Hub, if the object
// names none. Each names the source of the image, in the repository of its project.
var choosers = map[groupKind]bool{
	{"grafana.integreatly.org", "Grafana"}: true, // controllers/config/operator_constants.go
	{"loki.grafana.com", "LokiStack"}:      true, // operator/internal/manifests/var.go
	// internal/config/config.go of the operator; newer versions can also be set to quay.io
	{"operator.victoriametrics.com", "VMAgent"}:        true,
	{"operator.victoriametrics.com", "VMAlert"}:        true,
	{"operator.victoriametrics.com", "VMAlertmanager"}: true,
	{"operator.victoriametrics.com", "VMAuth"}:         true,
	{"operator.victoriametrics.com", "VMCluster"}:      true,
	{"operator.victoriametrics.com", "VMSingle"}:       true,
	{"tensorboard.kubeflow.org", "Tensorboard"}:        true, // TENSORBOARD_IMAGE of the controller's kustomization
	{"zookeeper.pravega.io", "ZookeeperCluster"}:       true, // api/v1beta1/zookeepercluster_types.go
	{"solr.apache.org", "SolrCloud"}:                   true, // api/v1beta1/solrcloud_types.go
	{"minio.min.io", "Tenant"}:                         true, // pkg/apis/minio.min.io
}

// ChoosesImage reports whether an operator makes pods from a custom kind, with an image that the
// object need not name.
func ChoosesImage(group, kind string) bool {
	return choosers[groupKind{group, kind}] || operated(group, kind) != nil
}

// OperatedNames returns the custom kinds from which operators make pods.
func OperatedNames() (names []string) {
	for _, o := range operators {
		names = append(names, o.kind)
	}
	for c := range choosers {
		names = append(names, c.kind)
	}
	slices.Sort(names)
	return names
}

func operated(group, kind string) *Spec { return operatorSpecs[groupKind{group, kind}] }
