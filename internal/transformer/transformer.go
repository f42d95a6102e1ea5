// SPDX-License-Identifier: Apache-2.0

// Package transformer runs the function as a transformer of kustomize, for kustomizations that are
// built in this process. It promises:
//
//   - The output is what kustomize would get from the program, in modes that change something.
//   - It reads no credential, variable or file, and runs no helper.
//   - An error quotes no more than the function does.
package transformer

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"sigs.k8s.io/yaml"

	"example.com/calico-pull-secrets/function"
	"example.com/calico-pull-secrets/internal/config"
	"example.com/calico-pull-secrets/internal/finding"
)

// ErrCredentials says that a functionConfig takes credentials from docker's own file. Then nobody
// knows which registries they are for.
var ErrCredentials = errors.New("it takes credentials from docker's own file, which --build does not read")

// Run returns the function's output for objects, with this functionConfig. Objects are as kustomize
// hands them to a transformer, with its internal annotations. Removed objects are nil, and new
// objects follow at the end. In a mode that changes nothing it returns the objects.
//
// It reads no credential. It invents one for each that the configuration names, so nobody may print
// the output. An error is the function's, and would stop the build.
func Run(functionConfig []byte, objects [][]byte) ([][]byte, error) {
	in := resourceList{APIVersion: "config.kubernetes.io/v1", Kind: "ResourceList", Items: []map[string]any{}}
	if yaml.Unmarshal(functionConfig, &in.FunctionConfig) != nil {
		return nil, errors.New("its configuration cannot be read")
	}
	spec, _ := in.FunctionConfig["spec"].(map[string]any)
	if mode, _ := spec["mode"].(string); mode != "" && mode != string(config.ModeAdd) && mode != string(config.ModeRemove) {
		return objects, nil
	}
	if !inventCredentials(spec) {
		return nil, ErrCredentials
	}
	for i, object := range objects {
		var item map[string]any
		if yaml.Unmarshal(object, &item) != nil {
			return nil, errors.New("an object cannot be read")
		}
		annotate(item, fmt.Sprint(i+1))
		in.Items = append(in.Items, item)
	}
	text, err := json.Marshal(in)
	if err != nil {
		return nil, errors.New("the objects cannot be written")
	}
	report := function.Run([]function.Input{{Source: function.Source{Read: func() ([]byte, error) { return text, nil }}}}, function.Request{AllowEnv: []string{}, AllowFiles: []string{}})
	if !report.OK {
		for _, f := range report.Findings {
			if f.Severity == finding.Error {
				return nil, errors.New(strings.TrimPrefix(f.String(), "error: "))
			}
		}
		return nil, errors.New("the function fails")
	}
	return read(bytes.Join(report.Stdout, nil), len(objects))
}

// read returns the objects in the function's output, in the places of the count input objects. Each
// object has its number.
func read(made []byte, count int) ([][]byte, error) {
	var out resourceList
	if yaml.Unmarshal(made, &out) != nil {
		return nil, errors.New("its output cannot be read")
	}
	all := make([][]byte, count)
	for _, item := range out.Items {
		number := annotate(item, "")
		text, err := yaml.Marshal(item)
		if err != nil {
			return nil, errors.New("its output cannot be written")
		}
		if i, err := strconv.Atoi(number); err == nil && i > 0 && i <= count {
			all[i-1] = text
		} else {
			all = append(all, text)
		}
	}
	return all, nil
}

// A resourceList is what kustomize sends.
type resourceList struct {
	APIVersion     string           `json:"apiVersion"`
	Kind           string           `json:"kind"`
	FunctionConfig map[string]any   `json:"functionConfig"`
	Items          []map[string]any `json:"items"`
}

// annotate sets the number of an item as kustomize does, or removes it if it is empty. It returns
// the earlier number.
func annotate(item map[string]any, number string) (before string) {
	const key = "kustomize.config.k8s.io/id"
	metadata, _ := item["metadata"].(map[string]any)
	if metadata == nil {
		return ""
	}
	annotations, _ := metadata["annotations"].(map[string]any)
	before, _ = annotations[key].(string)
	switch {
	case number == "":
		delete(annotations, key)
	case annotations == nil:
		metadata["annotations"] = map[string]any{key: number}
	default:
		annotations[key] = number
	}
	return before
}

// inventCredentials replaces the credentials that settings name. It returns false if they are in
// docker's file.
func inventCredentials(spec map[string]any) bool {
	secret, _ := spec["secret"].(map[string]any)
	places := []map[string]any{secret}
	registries, _ := secret["registries"].([]any)
	for _, entry := range registries {
		if registry, ok := entry.(map[string]any); ok {
			places = append(places, registry)
		}
	}
	for _, place := range places {
		if place["dockerConfigFile"] != nil {
			return false
		}
		for key := range place {
			for _, field := range []string{"username", "password"} {
				if strings.HasPrefix(key, field) {
					delete(place, key)
					place[field] = "builder"
				}
			}
		}
	}
	return true
}
