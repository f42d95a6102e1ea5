// SPDX-License-Identifier: Apache-2.0

// Command growth reads the output of `go test -bench Growth -benchmem`. It writes a table of how
// time and memory grow with the input: at n, 2n and 4n of each shape. Linear values double.
package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
)

// A run is a line of the benchmark.
type run struct {
	n           int
	nanoseconds float64
	bytes       float64
}

func main() {
	if err := table(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "growth:", err)
		os.Exit(1)
	}
}

func table(in io.Reader, out io.Writer) error {
	shapes := map[string][]run{}
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		shape, r, ok := parse(lines.Text())
		if ok {
			shapes[shape] = append(shapes[shape], r)
		}
		if strings.HasPrefix(lines.Text(), "FAIL") || strings.HasPrefix(lines.Text(), "---") {
			return fmt.Errorf("the benchmark failed: %s", lines.Text())
		}
	}
	if err := lines.Err(); err != nil {
		return err
	}
	names := make([]string, 0, len(shapes))
	for shape, runs := range shapes {
		if len(runs) != 3 {
			return fmt.Errorf("%s: %d runs, and not those of n, 2n and 4n", shape, len(runs))
		}
		names = append(names, shape)
	}
	if len(names) == 0 {
		return fmt.Errorf("no lines of a benchmark")
	}
	slices.Sort(names)
	fmt.Fprintln(out, "| what grows | n | time at n | × at 2n | × at 4n | memory at n | × at 2n | × at 4n |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
	for _, shape := range names {
		r := shapes[shape]
		slices.SortFunc(r, func(a, b run) int { return a.n - b.n })
		fmt.Fprintf(out, "| %s | %d | %.1f ms | %.1f | %.1f | %.1f MB | %.1f | %.1f |\n", strings.ReplaceAll(shape, "_", " "), r[0].n,
			r[0].nanoseconds/1e6, r[1].nanoseconds/r[0].nanoseconds, r[2].nanoseconds/r[0].nanoseconds,
			r[0].bytes/1e6, r[1].bytes/r[0].bytes, r[2].bytes/r[0].bytes)
	}
	return nil
}

// parse splits a line such as "BenchmarkGrowth/files/100-2  50  2300 ns/op  4500 B/op  7
// allocs/op".
func parse(line string) (shape string, r run, ok bool) {
	name, rest, found := strings.Cut(line, " ")
	name, isGrowth := strings.CutPrefix(name, "BenchmarkGrowth/")
	at := strings.LastIndexByte(name, '/')
	if !found || !isGrowth || at < 0 {
		return "", run{}, false
	}
	size, _, _ := strings.Cut(name[at+1:], "-")
	r.n, _ = strconv.Atoi(size)
	fields := strings.Fields(rest)
	for i := 1; i < len(fields); i++ {
		value, err := strconv.ParseFloat(fields[i-1], 64)
		switch {
		case err != nil:
		case fields[i] == "ns/op":
			r.nanoseconds = value
		case fields[i] == "B/op":
			r.bytes = value
		}
	}
	return name[:at], r, r.n > 0 && r.nanoseconds > 0
}
