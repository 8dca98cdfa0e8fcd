// Package tools pins the programs that the Makefile runs, in a module of its
// own, and tests what no linter of Go looks at: the Dockerfile.
package tools
