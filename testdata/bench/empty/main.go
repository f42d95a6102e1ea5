// SPDX-License-Identifier: Apache-2.0

// Command empty does nothing. It shows the cost of starting a Go program.
package main

func main() {}
