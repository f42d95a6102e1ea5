// SPDX-License-Identifier: Apache-2.0

package wire_test

import (
	"bytes"
	"testing"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"
	"github.com/stretchr/testify/require"

	"example.com/calico-pull-secrets/internal/prefilter"
	"example.com/calico-pull-secrets/internal/wire"
)

// An outcome is the result of transform.
type outcome struct {
	text    string
	results fn.Results
	ok      bool
	isList  bool
}

// transform runs all steps. It gives the objects of interest to process and writes the
// result. If process fails, a ResourceList comes out as it came in, and manifests come
// out as nothing. The error is the error of Open or List. With an error, the outcome is
// the list that cannot be processed.
func transform(in []byte, process fn.ResourceListProcessorFunc, interest prefilter.Interest) (outcome, error) {
	return transformBy(wire.Open, in, process, interest)
}

func transformByParser(in []byte, process fn.ResourceListProcessorFunc, interest prefilter.Interest) (outcome, error) {
	return transformBy(wire.OpenByParser, in, process, interest)
}

func transformBy(open func([]wire.Source) (*wire.Input, error), text []byte, process fn.ResourceListProcessorFunc, interest prefilter.Interest) (outcome, error) {
	in, err := open(stdin(text))
	if in == nil {
		return outcome{}, err
	}
	var rl *fn.ResourceList
	if err == nil {
		rl, err = in.List(interest)
	}
	if err != nil {
		return asItCame(in, fn.Results{fn.ErrorResult(err)}), err
	}
	ok, err := process(rl)
	rl.LogResult(err)
	if ok && err == nil {
		out, err := in.Write(rl)
		if err == nil {
			return outcome{join(out.Sources[0]), out.Results, true, in.IsResourceList()}, nil
		}
		rl.LogResult(err)
	}
	return asItCame(in, rl.Results), nil
}

func asItCame(in *wire.Input, results fn.Results) outcome {
	return outcome{join(in.AsItCame(results)), results, false, in.IsResourceList()}
}

func stdin(text []byte) []wire.Source {
	return []wire.Source{{Read: func() ([]byte, error) { return text, nil }}}
}

func join(r wire.Rewritten) string { return string(bytes.Join(r.Pieces(), nil)) }

func newObject(t *testing.T) *fn.KubeObject {
	t.Helper()
	o, err := wire.ParseObject([]byte("apiVersion: v1\nkind: New\n"))
	require.NoError(t, err)
	return o
}
