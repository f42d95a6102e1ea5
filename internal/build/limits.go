// SPDX-License-Identifier: Apache-2.0

package build

import (
	"errors"
	"fmt"
	"runtime/metrics"
	"sync"
	"time"
)

// Limits are how much a build may take. A kustomization that lists two others, which list
// two others, and so on, doubles with each line.
type Limits struct {
	Time           time.Duration // of one build
	Memory         uint64        // bytes on the heap of the process, while something is built
	Text           int64         // bytes that one build reads; a file counts each time
	Kustomizations int64         // that one build reads; each counts each time
}

// DefaultLimits are far above what repositories need. SECURITY.md has them.
var DefaultLimits = Limits{Time: 2 * time.Minute, Memory: 2 << 30, Text: 256 << 20, Kustomizations: 10_000}

var (
	errStopped = errors.New("stopped")
	errOther   = fmt.Errorf("%w: another kustomization takes too much time or memory", errStopped)
	errPanic   = errors.New("kustomize ended with an internal error")
)

// A stop is pulled when a build takes too much. It cannot be ended from outside, so all
// others end, too, and then the process.
type stop struct {
	once   sync.Once
	pulled chan struct{}
}

func newStop() *stop { return &stop{pulled: make(chan struct{})} }

func (s *stop) pull() { s.once.Do(func() { close(s.pulled) }) }

// acquire waits until a build may run: alone, if it changes the schema of all.
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

// wait waits until a build is done. It is an error if that takes too long, or if the
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
