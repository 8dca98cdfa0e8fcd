// Command spool carries a publisher's feeds to social networks: each item once
// on each account, or a person is told why not.
//
// main.go turns the world outside into values; program.go has the flags that
// all commands share; wiring.go puts the daemon together; every command is a
// file of its own.
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // the container has no time zone files
)

// version is set by the linker.
var version = "dev"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], world{self: os.Args[0], in: os.Stdin, out: os.Stdout, err: os.Stderr, getenv: os.LookupEnv})
	stop()
	os.Exit(code)
}

// A world is what a program is run in.
type world struct {
	self   string // what the program was called as
	in     io.Reader
	out    io.Writer
	err    io.Writer
	getenv func(string) (string, bool)
}

// env is a variable of the environment, empty when it is not set.
func (w world) env(name string) string {
	value, _ := w.getenv(name)
	return value
}
