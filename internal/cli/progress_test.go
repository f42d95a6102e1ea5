// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"bytes"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A screen is what was written to a terminal.
type screen struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *screen) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(b)
}

func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

func TestAProgressGivesWayToWhatIsSaid(t *testing.T) {
	var terminal screen
	c := &console{stdout: &terminal, stderr: &terminal}
	p := c.startProgress("files", 0)
	p.expect(3)
	p.step()
	require.Eventually(t, func() bool { return strings.HasSuffix(terminal.String(), "\r\x1b[K1 of 3 files") }, 10*time.Second, time.Millisecond)
	c.say("a message")
	require.Contains(t, terminal.String(), "1 of 3 files\r\x1b[Kcalico-pull-secrets: a message\n")
	require.Eventually(t, func() bool { return strings.HasSuffix(terminal.String(), " files") }, 10*time.Second, time.Millisecond)
	_, err := io.WriteString(aside{c.stdout, c}, "a.yaml\n")
	require.NoError(t, err)
	require.Contains(t, terminal.String(), "files\r\x1b[Ka.yaml\n")
	for range 5 { // a text may be read again
		p.step()
	}
	require.Eventually(t, func() bool { return strings.HasSuffix(terminal.String(), "3 of 3 files") }, 10*time.Second, time.Millisecond)
	p.end()
	require.True(t, strings.HasSuffix(terminal.String(), "3 of 3 files\r\x1b[K"), "the line is gone")
}

func TestWithoutAProgressNothingIsShown(t *testing.T) {
	var terminal screen
	c := &console{stdout: &terminal, stderr: &terminal}
	c.progress.expect(1)
	c.progress.step()
	c.say("a message")
	c.progress.end()
	require.Equal(t, "calico-pull-secrets: a message\n", terminal.String())

	p := c.startProgress("files", time.Hour) // the work is done soon
	c.say("another")
	p.end()
	require.Equal(t, "calico-pull-secrets: a message\ncalico-pull-secrets: another\n", terminal.String())
}
