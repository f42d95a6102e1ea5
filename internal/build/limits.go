// SPDX-License-Identifier: Apache-2.0

package build

import (
	"errors"
	"fmt"
	"runtime/metrics"
	"sync"
	"time"
)

// Limits limit a build. If each kustomization lists two others, the work doubles with each level.
type Limits struct {
	Time           time.Duration // for one build
	Memory         uint64        // bytes on the heap of the process during a build
	Text           int64         // bytes that one build reads; a file counts each time
	Kustomizations int64         // that one build reads; one counts each time
}

// DefaultLimits are far above the needs of repositories. SECURITY.md lists them.
var DefaultLimits = Limits{Time: 2 * time.Minute, Memory: 2 << 30, Text: 256 << 20, Kustomizations: 10_000}

var (
	errStopped = errors.New("stopped")
	errOther   = fmt.Errorf("%w: another kustomization takes too much time or memory", errStopped)
	errPanic   = errors.New("kustomize ended with an internal error")
)

// A stop ends all builds if one takes too much. Nobody can end a build from outside, so all others
// end, too, and then the process.
type stop struct {
	once   sync.Once
	pulled chan struct{}
}

func newStop() *stop { return &stop{pulled: make(chan struct{})} }

func (s *stop) pull() { s.once.Do(func() { close(s.pulled) }) }

// acquire waits until a build may run. With alone it runs alone, because it changes the schema.
func (s *stop) acquire(alone bool) (release func(), err error) {
	got := make(chan func(), 1)
	go func() { got <- lockSchema(alone) }()
	select {
	case release = <-got:
		return release, nil
	case <-s.pulled:
	}
	go func() { (<-got)() }()
	return nil, errOther
}

// wait waits for the end of a build. It returns an error if the build takes too long, or the
// process takes too much memory meanwhile.
func (s *stop) wait(limits Limits, done <-chan struct{}) error {
	late := time.NewTimer(limits.Time)
	defer late.Stop()
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	heap := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	for {
		select {
		case <-done:
			return nil
		case <-s.pulled:
			return errOther
		case <-late.C:
			s.pull()
			return fmt.Errorf("%w: the build takes longer than %v", errStopped, limits.Time)
		case <-look.C:
			if metrics.Read(heap); heap[0].Value.Uint64() > limits.Memory {
				s.pull()
				return fmt.Errorf("%w: the build takes more than %d MiB of memory", errStopped, limits.Memory>>20)
			}
		}
	}
}
