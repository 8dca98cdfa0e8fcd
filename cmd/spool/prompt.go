package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"golang.org/x/term"
)

// errInterrupted ends a command that was asking something.
var errInterrupted = errors.New("interrupted; nothing was changed")

// readLine reads a line, without its end. It returns at once when ctx ends, as
// it does with Ctrl-C: a read from a terminal cannot be called off.
func readLine(ctx context.Context, in *bufio.Reader) (string, error) {
	return interruptible(ctx, func() (string, error) {
		line, err := in.ReadString('\n')
		return strings.TrimSpace(line), err
	})
}

// secretLine reads a line without showing it on a terminal.
func (p *program) secretLine(ctx context.Context, in *bufio.Reader, prompt string) (string, error) {
	fmt.Fprint(p.out, prompt)
	defer fmt.Fprintln(p.out)
	if f, ok := p.in.(*os.File); ok && isTerminal(f) {
		return hiddenLine(ctx, int(f.Fd()))
	}
	line, err := readLine(ctx, in)
	switch {
	case errors.Is(err, errInterrupted):
		return "", err
	case err != nil && line == "":
		return "", errors.New("nothing was entered")
	}
	return line, nil
}

// hiddenLine reads a line of a terminal that shows nothing meanwhile, and lets
// it show again what is typed, whatever happens.
func hiddenLine(ctx context.Context, terminal int) (string, error) {
	before, err := term.GetState(terminal)
	if err != nil {
		return "", err
	}
	line, err := interruptible(ctx, func() (string, error) {
		line, err := term.ReadPassword(terminal)
		return strings.TrimSpace(string(line)), err
	})
	return line, errors.Join(err, term.Restore(terminal, before))
}

// interruptible runs read, and does not wait for it when ctx ends.
func interruptible(ctx context.Context, read func() (string, error)) (string, error) {
	type answer struct {
		line string
		err  error
	}
	done := make(chan answer, 1)
	go func() {
		line, err := read()
		done <- answer{line, err}
	}()
	select {
	case a := <-done:
		return a.line, a.err
	case <-ctx.Done():
		return "", errInterrupted
	}
}
