// SPDX-License-Identifier: Apache-2.0

// Command calls prints how the packages of a module call each other. It prints the same for the
// files of the largest package. Each mention of a function or method of another package or file is
// a call. It orders the files so that few calls lead upward.
//
//	go run ./hack/calls [FOLDER]
package main

import (
	"fmt"
	"go/types"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
)

// A graph counts the calls from one name to another.
type graph map[string]map[string]int

func (g graph) add(from, to string) {
	if g[from] == nil {
		g[from] = map[string]int{}
	}
	g[from][to]++
}

func main() {
	folder := append(os.Args, ".")[1]
	all, err := packages.Load(&packages.Config{Mode: packages.LoadSyntax | packages.NeedModule, Dir: folder}, "./...")
	if err != nil || packages.PrintErrors(all) > 0 {
		fmt.Fprintln(os.Stderr, "calls:", folder, "cannot be loaded", err)
		os.Exit(1)
	}
	names, lines := []string{}, map[string]int{}
	between, within := graph{}, map[string]graph{}
	for _, p := range all {
		module := p.Module.Path
		name := strings.TrimPrefix(strings.TrimPrefix(p.PkgPath, module), "/")
		if name == "" {
			name = "main"
		}
		names, within[name] = append(names, name), graph{}
		for _, file := range p.GoFiles {
			text, _ := os.ReadFile(file)
			n := strings.Count(string(text), "\n")
			lines[name], lines[name+"/"+filepath.Base(file)] = lines[name]+n, n
			within[name][filepath.Base(file)] = map[string]int{}
		}
		for identifier, used := range p.TypesInfo.Uses {
			if _, isCall := used.(*types.Func); !isCall || used.Pkg() == nil {
				continue
			}
			from, to := p.Fset.File(identifier.Pos()).Name(), p.Fset.File(used.Pos())
			switch other, isOurs := strings.CutPrefix(used.Pkg().Path(), module+"/"); {
			case used.Pkg() != p.Types && isOurs:
				between.add(name, other)
			case used.Pkg() == p.Types && to.Name() != from:
				within[name].add(filepath.Base(from), filepath.Base(to.Name()))
			}
		}
	}
	slices.SortFunc(names, func(a, b string) int { return lines[b] - lines[a] })
	fmt.Println("| package | lines | files | calls between its files | of these upward | calls of other packages |\n| --- | --- | --- | --- | --- | --- |")
	for _, name := range names {
		_, inside, upward := within[name].ordered()
		var others []string
		for _, other := range names {
			if n := between[name][other]; n > 0 {
				others = append(others, fmt.Sprintf("%s %d", other, n))
			}
		}
		fmt.Printf("| %s | %d | %d | %d | %d | %s |\n", name, lines[name], len(within[name]), inside, upward, strings.Join(others, ", "))
	}
	fmt.Printf("\nFiles of %s:\n\n| file | lines | calls downward | calls upward |\n| --- | --- | --- | --- |\n", names[0])
	order, _, _ := within[names[0]].ordered()
	for i, file := range order {
		down, up := 0, 0
		for j, other := range order {
			if n := within[names[0]][file][other]; j > i {
				down += n
			} else {
				up += n
			}
		}
		fmt.Printf("| %s | %d | %d | %d |\n", file, lines[names[0]+"/"+file], down, up)
	}
}

// ordered returns the names of g in an order with few calls upward. calls counts all calls, upward
// those that lead back. The next name is always the one with the largest difference of calls to and
// from the rest.
func (g graph) ordered() (order []string, calls, upward int) {
	rest := slices.Sorted(maps.Keys(g))
	for len(rest) > 0 {
		excess := func(name string) (n int) {
			for _, other := range rest {
				n += g[name][other] - g[other][name]
			}
			return n
		}
		next := slices.MaxFunc(rest, func(a, b string) int { return excess(a) - excess(b) })
		for _, other := range order {
			upward += g[next][other]
		}
		for _, n := range g[next] {
			calls += n
		}
		order = append(order, next)
		rest = slices.DeleteFunc(rest, func(name string) bool { return name == next })
	}
	return order, calls, upward
}
