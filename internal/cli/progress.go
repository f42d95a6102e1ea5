// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"fmt"
	"io"
	"os"
	"sync/atomic"
	"time"
)

// A progress shows how far the work is: a line at the end of a terminal, which goes
// before anything else is written there. What is done soon shows none. A nil progress
// shows nothing.
//
// It is one line and one escape sequence, for which the libraries that were looked at
// (mpb, progressbar) add half a megabyte to the program, and to its start.
type progress struct {
	*console
	what        string // files, or sets
	total, done atomic.Int64
	shown       bool // the line is there; of the console's lock
	stop, ended chan struct{}
}

// When the line is shown for the first time, and how often again.
const (
	progressAfter = time.Second
	progressEvery = 200 * time.Millisecond
)

// eraseLine goes back to the start of the line and empties it, on any terminal since
// the VT100.
const eraseLine = "\r\x1b[K"

// wantsProgress reports whether somebody looks at stderr. In CI nobody does, though it
// may be a terminal there.
func (r *run) wantsProgress() bool {
	return !r.quiet && os.Getenv("CI") == "" && os.Getenv("TERM") != "dumb" && isTerminal(r.stderr)
}

// startProgress shows the progress of so many things, once after has passed, until it
// is ended.
func (c *console) startProgress(what string, after time.Duration) *progress {
	p := &progress{console: c, what: what, stop: make(chan struct{}), ended: make(chan struct{})}
	c.progress = p
	go func() {
		defer close(p.ended)
		next := time.NewTimer(after)
		defer next.Stop()
		for {
			select {
			case <-p.stop:
				return
			case <-next.C:
				p.show()
				next.Reset(progressEvery)
			}
		}
	}()
	return p
}

// show writes the line anew.
func (p *progress) show() {
	p.mu.Lock()
	defer p.mu.Unlock()
	total := p.total.Load()
	fmt.Fprintf(p.stderr, "%s%d of %d %s", eraseLine, min(p.done.Load(), total), total, p.what)
	p.shown = true
}

// erase takes the line away. The console is locked.
func (p *progress) erase() {
	if p != nil && p.shown {
		_, _ = io.WriteString(p.stderr, eraseLine)
		p.shown = false
	}
}

// expect adds to what there is to do.
func (p *progress) expect(n int) {
	if p != nil {
		p.total.Add(int64(n))
	}
}

// step is called when one more is done.
func (p *progress) step() {
	if p != nil {
		p.done.Add(1)
	}
}

// end takes the line away for good.
func (p *progress) end() {
	if p == nil {
		return
	}
	close(p.stop)
	<-p.ended
	p.mu.Lock()
	defer p.mu.Unlock()
	p.erase()
}

// An aside is a stream beside the line of a progress, on the same terminal.
type aside struct {
	io.Writer
	*console
}

// Write takes the line away first.
func (a aside) Write(b []byte) (int, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.progress.erase()
	return a.Writer.Write(b)
}
