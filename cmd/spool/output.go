package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/term"

	"os"
)

// A table is aligned on a terminal and separated by tabs in a pipe.
type table struct {
	head []string
	rows [][]cell
}

// A cell is a text and the colour it has on a terminal.
type cell struct {
	text   string
	colour colour
}

// A colour is an ANSI colour code; empty: none.
type colour string

const (
	plain  colour = ""
	bold   colour = "1"
	dim    colour = "2"
	red    colour = "31"
	green  colour = "32"
	yellow colour = "33"
	cyan   colour = "36"
)

// paint colours a text when the program may.
func (p *program) paint(text string, c colour) string {
	if c == plain || text == "" || !p.colour(p.out) {
		return text
	}
	return "\x1b[" + string(c) + "m" + text + "\x1b[0m"
}

// print writes the table to the program's output.
func (t table) print(p *program) {
	if !isTerminal(p.out) {
		t.printPlain(p.out)
		return
	}
	widths := t.widths(terminalWidth(p.out))
	var line strings.Builder
	for i, h := range t.head {
		line.WriteString(p.paint(pad(h, widths[i], i == len(t.head)-1), dim))
	}
	fmt.Fprintln(p.out, line.String())
	for _, row := range t.rows {
		line.Reset()
		for i, c := range row {
			line.WriteString(p.paint(pad(cut(c.text, widths[i]), widths[i], i == len(row)-1), c.colour))
		}
		fmt.Fprintln(p.out, line.String())
	}
}

func (t table) printPlain(w io.Writer) {
	fmt.Fprintln(w, strings.Join(t.head, "\t"))
	for _, row := range t.rows {
		texts := make([]string, len(row))
		for i, c := range row {
			texts[i] = strings.Join(strings.Fields(c.text), " ")
		}
		fmt.Fprintln(w, strings.Join(texts, "\t"))
	}
}

// widths are those of the columns; the last takes what is left of the line.
func (t table) widths(line int) []int {
	widths := make([]int, len(t.head))
	for i, h := range t.head {
		widths[i] = utf8.RuneCountInString(h)
	}
	for _, row := range t.rows {
		for i, c := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(c.text))
		}
	}
	last := len(widths) - 1
	left := line
	for _, w := range widths[:last] {
		left -= w + 2
	}
	widths[last] = min(widths[last], max(left, 20))
	return widths
}

func pad(text string, width int, last bool) string {
	if last {
		return text
	}
	return text + strings.Repeat(" ", max(width-utf8.RuneCountInString(text), 0)+2)
}

// cut shortens a text to a width and puts it on one line.
func cut(text string, width int) string {
	text = strings.Join(strings.Fields(text), " ")
	if r := []rune(text); len(r) > width {
		return string(r[:max(width-1, 0)]) + "…"
	}
	return text
}

func terminalWidth(w io.Writer) int {
	if f, ok := w.(*os.File); ok {
		if width, _, err := term.GetSize(int(f.Fd())); err == nil && width > 0 {
			return width
		}
	}
	return 100
}

// printJSON writes a value for programs.
func (p *program) printJSON(v any) error {
	enc := json.NewEncoder(p.out)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// count is "1 post" or "3 posts".
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// ago is how long before now a moment was, or how long after, roughly.
func ago(t, now time.Time) string {
	if t.IsZero() {
		return "never"
	}
	if d := now.Sub(t); d >= 0 {
		return span(d) + " ago"
	}
	return "in " + span(t.Sub(now))
}

func span(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < 2*time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h", int(d.Hours()))
	}
	return fmt.Sprintf("%d days", int(d.Hours()/24))
}
