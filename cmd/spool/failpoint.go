//go:build !failpoints

package main

// failPoint is nothing in a program that people run. Built with the tag
// failpoints, the program ends itself at a named step; see failpoint_on.go.
func failPoint(func(string) (string, bool)) func(string) { return nil }
