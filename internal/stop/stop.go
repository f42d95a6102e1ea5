// SPDX-License-Identifier: Apache-2.0

// Package stop ends the program on a signal, after the files of a set are written.
package stop

import (
	"os"
	"os/signal"
	"sync"
	"syscall"

	"example.com/calico-pull-secrets/internal/finding"
)

// OnSignals ends the program on a signal, with the exit code that a shell uses. It first locks
// writing for good: so sets that are being written finish, and no other begins. A second signal
// ends the program at once. The returned function stops listening.
func OnSignals(writing *sync.RWMutex, say func(message string)) (stop func()) {
	signals := make(chan os.Signal, 1)
	for _, s := range []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP} {
		if !signal.Ignored(s) { // nohup does so
			signal.Notify(signals, s)
		}
	}
	done := make(chan struct{})
	go func() {
		select {
		case s := <-signals:
			signal.Stop(signals)
			say("error: stopped by a signal: each set of files is written completely or not at all")
			writing.Lock() // for good
			os.Exit(exitCodeOf(s))
		case <-done:
		}
	}()
	return func() {
		signal.Stop(signals)
		close(done)
	}
}

// exitCodeOf returns a shell's exit code for a signal.
func exitCodeOf(s os.Signal) int {
	const signalled = 128
	if number, ok := s.(syscall.Signal); ok {
		return signalled + int(number)
	}
	return int(finding.ExitUnread)
}
