// SPDX-License-Identifier: Apache-2.0

package function

import (
	"fmt"
	"slices"

	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/kinds"
	"example.com/calico-pull-secrets/internal/pull"
)

// cureOf returns what makes kubelet pull an image with a Secret: settings for mode add, which begin
// with "targets=", a command, or words. All images with one cure get the same text. Empty if there
// is no known cure, or none is needed.
func (j *judge) cureOf(p podList, v verdict) string {
	if v.isEarly {
		return "put ServiceAccount default before the pods"
	}
	isAnonymous := v.Outcome == pull.Anonymous
	if isAnonymous && v.Why == pull.NoSecret {
		return j.cureWithReference(p, pull.Host(v.Repository))
	}
	if !isAnonymous && v.Outcome != pull.Fails || len(v.Cause) == 0 || j.set.IsRenamed(p.Resource, v.Cause[0]) {
		return ""
	}
	switch v.Why { // a controller may have made it: the page says what to set there
	case pull.RefusedSecret:
		return "calico-pull-secrets explain " + finding.SecretRefused
	case pull.IgnoredSecret:
		return "calico-pull-secrets explain " + finding.SecretType
	}
	host := pull.Host(v.Repository)
	if isAnonymous && v.Why == pull.NoMatch && !j.isElsewhere(p.Reference, v.Cause[0]) {
		return fmt.Sprintf("add an entry for %s to Secret %s", host, finding.ShowName(v.Cause[0]))
	}
	return createSecret(v.Cause[0], p.Resource.SecretNamespace(), host)
}

// createSecret returns the command that creates a Secret for the registry on host.
func createSecret(name, namespace, host string) string {
	in, server := "", host
	if namespace != "" {
		in = " -n " + finding.ShowName(namespace)
	}
	if host == "docker.io" {
		server = pull.DockerHub
	}
	return fmt.Sprintf("kubectl create secret docker-registry %s%s --docker-server=%s --docker-username=… --docker-password=…", finding.ShowName(name), in, server)
}

// cureWithReference returns how pods without a list get one. A target with a registry does not select
// kinds whose pods run once, or lists that an operator takes elsewhere.
func (j *judge) cureWithReference(p podList, host string) string {
	own := p.Resource.Spec()
	isTemplate := slices.Contains(p.Reading.Templates(), p.Pod) || own != nil && p.Pod == nil
	switch {
	case p.IsRunning():
		return "change the object that made the pods: a running pod keeps its list"
	case p.Misnamed() != nil:
		return ""
	case own != nil && own.Has(kinds.Operated), isTemplate && p.RunsOnce():
		return "targets=" + p.GVK.Kind + "/.* secretName=" + j.settings.SecretName
	case isTemplate:
		return "targets=" + host + " secretName=" + j.settings.SecretName
	}
	return "write imagePullSecrets by hand into " + finding.ShowName(p.GVK.Kind) + " objects"
}
