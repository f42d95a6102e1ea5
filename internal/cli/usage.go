// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"bytes"
	"encoding/json"
	"fmt"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

const usage = `calico-pull-secrets adds imagePullSecrets to Calico's manifests, and the Secret

  calico-pull-secrets [FIELD=VALUE ...] < calico.yaml      manifests, or a ResourceList
  calico-pull-secrets [FLAGS] [FIELD=VALUE ...] FILE|FOLDER|- ...
  kpt fn eval DIR --exec calico-pull-secrets -- secretName=regcred
  kustomize build DIR --enable-alpha-plugins --enable-exec
  calico-pull-secrets install DIR           copy the program from its image into DIR
  calico-pull-secrets explain [ID ...]      what a finding means, why, and what to do
  calico-pull-secrets completion SHELL      for bash, zsh and fish

what to do; without one of these flags the changed manifests go to stdout
  --write                   change the files
  --diff                    print the changes, for git apply and patch -p1
  --check                   print the files that lack something; exit 1 if there are any
  --remove                  remove what the program adds; alone, or with a flag above
  --audit                   show how kubelet pulls each image; exit 1 if anonymously from Docker Hub

what to look at
  --each                    each FILE or FOLDER is a cluster of its own
  --build                   build each kustomization; --build-root FOLDER: read only below it
  --with PATH               in each cluster, use the Secrets and ServiceAccounts of PATH, too
  --exclude GLOB            skip files, such as 'charts/**'

what may pass an audit
  --baseline FILE           let its findings pass; --update-baseline writes failing findings to it
  --no-config               ignore .calico-pull-secrets.yaml of the working folder
  --no-annotations          ignore calico-pull-secrets/allow-anonymous on objects
  --today DATE              today's date, for exceptions that end

what to print
  --output FORM[=FILE]      table, json, sarif, junit, github, markdown; several at once
  --stdin-name NAME         the name to print for stdin
  --nodes N                 with --audit: count the pulls of a first start on N nodes. The limit is
                            Docker Hub's 100, or --pull-limit N
  --quiet, --exit-zero      warnings and errors only; exit 0 instead of 1

where the configuration comes from
  --config FILE             a CalicoPullSecrets or ConfigMap instead of FIELD=VALUE
  --allow-env NAME,...      the variables that the configuration may read
  --allow-files FOLDER,...  the folders with files that the configuration may read

--help, --version, --schema (of the configuration; --schema=audit: of the JSON), --doc (JSON)

fields, with their defaults
  secretName=regcred                        the Secret that pods reference
  targets=calico-node                       presets, registries or Kind/name, with commas between:
                                            calico-node, canal, operator, calico, docker.io
  onMissing=error                           if a target is missing: error, warn or ignore
  preflight=warn                            how strict the checks are: strict, error, warn or ignore
  secret.usernameEnv=NAME                   with any field of secret: add the Secret, too
  secret.passwordEnv=NAME                   or secret.dockerConfigFile=auto
  secret.server=https://index.docker.io/v1/
  secret.path=FILE                          where --write puts the Secret
  and more: --schema

examples
  curl -sSL https://raw.githubusercontent.com/projectcalico/calico/v3.30.7/manifests/calico.yaml |
    calico-pull-secrets secretName=regcred | kubectl apply -f -
  calico-pull-secrets --write manifests/calico.yaml secretName=regcred
  calico-pull-secrets --audit --build .
`

// doc returns the documentation as JSON, for programs that list functions: the fields of the
// catalog, and the texts that kpt's catalog takes from a README.
func (p Program) doc() string {
	var fields map[string]any
	if err := yaml.Unmarshal(p.Metadata, &fields); err != nil || fields == nil {
		panic(fmt.Sprintf("metadata.yaml: %v", err)) // a test reads it
	}
	fields["short"] = fields["description"]
	fields["long"] = usage
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(fields); err != nil {
		panic(fmt.Sprintf("metadata.yaml: %v", err))
	}
	return b.String()
}
