package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/rivo/uniseg"
	"golang.org/x/term"
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

// leastLast is how wide the last column must be able to be to stand beside the
// others. With less room it has lines of its own, below the others.
const leastLast = 24

// print writes the table to the program's output.
func (t table) print(p *program) {
	if !isTerminal(p.out) {
		t.printPlain(p.out)
		return
	}
	t.printAligned(p, terminalWidth(p.out))
}

// printAligned writes the table in lines of at most so many columns. The last
// column, which says why, is wrapped and never cut.
func (t table) printAligned(p *program, line int) {
	widths := t.widths(line)
	last := len(widths) - 1
	left := line - sum(widths[:last]) - len(gap)*last
	if widths[last] > left && left < leastLast {
		t.printStacked(p, widths[:last], line)
		return
	}
	indent := strings.Repeat(" ", line-left)
	t.printRows(p, widths[:last], func(c cell) string {
		return strings.Join(paintAll(p, wrap(c.text, left), c.colour), "\n"+indent)
	})
}

// printStacked writes the last column below the others.
func (t table) printStacked(p *program, widths []int, line int) {
	t.printRows(p, widths, func(c cell) string {
		if c.text == "" {
			return ""
		}
		return "\n" + gap + strings.Join(paintAll(p, wrap(c.text, line-len(gap)), c.colour), "\n"+gap)
	})
}

// printRows writes the head and the rows: all columns but the last aligned, and
// the last as it is told.
func (t table) printRows(p *program, widths []int, last func(cell) string) {
	head := make([]cell, len(t.head))
	for i, h := range t.head {
		head[i] = cell{h, dim}
	}
	for _, row := range append([][]cell{head}, t.rows...) {
		var line strings.Builder
		for i, w := range widths {
			line.WriteString(p.paint(pad(cut(row[i].text, w), w), row[i].colour) + gap)
		}
		left, right := line.String(), last(row[len(widths)])
		if right == "" || right[0] == '\n' {
			left = strings.TrimRight(left, " ")
		}
		fmt.Fprintln(p.out, left+right)
	}
}

func paintAll(p *program, lines []string, c colour) []string {
	for i, line := range lines {
		lines[i] = p.paint(line, c)
	}
	return lines
}

func (t table) printPlain(w io.Writer) {
	fmt.Fprintln(w, strings.Join(t.head, "\t"))
	for _, row := range t.rows {
		texts := make([]string, len(row))
		for i, c := range row {
			texts[i] = oneLine(c.text)
		}
		fmt.Fprintln(w, strings.Join(texts, "\t"))
	}
}

// gap is between two columns.
const gap = "  "

// widths are those of the columns. All but the last are narrowed, the widest
// first, until they fit into a line.
func (t table) widths(line int) []int {
	widths := make([]int, len(t.head))
	for _, row := range t.rows {
		for i, c := range row {
			widths[i] = max(widths[i], width(oneLine(c.text)))
		}
	}
	for i, h := range t.head {
		widths[i] = max(widths[i], width(h))
	}
	others := widths[:len(widths)-1]
	for len(others) > 0 && sum(others)+len(gap)*(len(others)-1) > line {
		widest := slices.Index(others, slices.Max(others))
		if others[widest] <= len("account") {
			break
		}
		others[widest]--
	}
	return widths
}

func sum(numbers []int) int {
	total := 0
	for _, n := range numbers {
		total += n
	}
	return total
}

// width is how many columns of a terminal a text takes: ideographs and most
// emoji take two, combining marks none.
func width(text string) int { return uniseg.StringWidth(text) }

// pad fills a text up with spaces to a width.
func pad(text string, to int) string {
	return text + strings.Repeat(" ", max(to-width(text), 0))
}

// cut shortens a text to a width, between graphemes, and puts it on one line.
func cut(text string, to int) string {
	text = oneLine(text)
	if width(text) <= to {
		return text
	}
	head, _ := split(text, to-1)
	return strings.TrimRight(head, " ") + "…"
}

// split divides a text where its first graphemes fill a width; there is always
// at least one.
func split(text string, at int) (head, tail string) {
	end, used, state := 0, 0, -1
	for rest := text; rest != ""; {
		var cluster string
		var w int
		cluster, rest, w, state = uniseg.FirstGraphemeClusterInString(rest, state)
		if end > 0 && used+w > at {
			break
		}
		end, used = end+len(cluster), used+w
	}
	return text[:end], text[end:]
}

// wrap breaks a text into lines of at most a width, between words where it can.
func wrap(text string, to int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && width(line)+1+width(word) <= to {
			line += " " + word
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
		for line = word; width(line) > to; {
			var head string
			head, line = split(line, to)
			lines = append(lines, head)
		}
	}
	return append(lines, line)
}

// fold breaks a text between words for a terminal, and indents what follows the
// first line. What goes elsewhere stays as it is.
func fold(w io.Writer, text, indent string) string {
	if !isTerminal(w) {
		return text
	}
	return strings.Join(wrap(text, terminalWidth(w)-width(indent)), "\n"+indent)
}

// oneLine has every run of spaces and line ends made one space.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

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
