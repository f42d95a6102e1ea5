// SPDX-License-Identifier: Apache-2.0

// Command empty does nothing: what starting a Go program costs.
package main

func main() {}
