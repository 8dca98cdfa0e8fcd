package compose

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/template/parse"
	"unicode"
)

// A checker walks a parsed template and stops at what could fail or run away.
type checker struct {
	source  string
	dialect dialect
	uses    map[string]bool
}

// A scope is what a part of a template stands in.
type scope struct {
	inner bool // the dot is not the item but what with or range put there
	loop  bool
}

func (c *checker) list(l *parse.ListNode, in scope) error {
	if l == nil {
		return nil
	}
	for _, n := range l.Nodes {
		if err := c.node(n, in); err != nil {
			return err
		}
	}
	return nil
}

func (c *checker) node(n parse.Node, in scope) error {
	switch n := n.(type) {
	case *parse.ActionNode:
		return c.pipe(n.Pipe, in)
	case *parse.IfNode:
		return c.branch(&n.BranchNode, in, in)
	case *parse.WithNode:
		return c.branch(&n.BranchNode, in, scope{inner: true, loop: in.loop})
	case *parse.RangeNode:
		if in.loop || !c.onlyList(n.Pipe) {
			return c.at(n, "range can only go over .%s, and not inside another range", strings.Join(c.dialect.lists, ", ."))
		}
		return c.branch(&n.BranchNode, in, scope{inner: true, loop: true})
	case *parse.TextNode, *parse.BreakNode, *parse.ContinueNode, *parse.CommentNode:
		return nil
	}
	return c.at(n, "%s is not available", n)
}

// branch checks both ways; the first one stands in the scope body.
func (c *checker) branch(b *parse.BranchNode, in, body scope) error {
	if err := c.pipe(b.Pipe, in); err != nil {
		return err
	}
	if err := c.list(b.List, body); err != nil {
		return err
	}
	return c.list(b.ElseList, in)
}

// onlyList reports whether a pipe is nothing but a list that can be looped over.
func (c *checker) onlyList(p *parse.PipeNode) bool {
	if len(p.Cmds) != 1 || len(p.Cmds[0].Args) != 1 {
		return false
	}
	name, ok := strings.CutPrefix(strings.TrimPrefix(p.Cmds[0].Args[0].String(), "$"), ".")
	return ok && slices.Contains(c.dialect.lists, name)
}

func (c *checker) pipe(p *parse.PipeNode, in scope) error {
	if p.IsAssign { // the parser lets variables through that nobody has declared
		return c.at(p, "a variable is set once: write := instead of =")
	}
	for _, v := range p.Decl {
		if v.Ident[0] == "$" {
			return c.at(v, "$ is the item: give the variable a name")
		}
	}
	for i, cmd := range p.Cmds {
		if err := c.command(cmd, i > 0, in); err != nil {
			return err
		}
	}
	return nil
}

func (c *checker) command(cmd *parse.CommandNode, piped bool, in scope) error {
	first, args := cmd.Args[0], cmd.Args[1:]
	name, isCall := first.(*parse.IdentifierNode)
	switch {
	case isCall:
		if err := c.call(name, len(args)+btoi(piped)); err != nil {
			return err
		}
	case len(args) > 0 || piped:
		return c.at(first, "%s is a value, not a helper: nothing can be given to it", first)
	case first.Type() == parse.NodeNil:
		return c.at(first, "nil is not a value")
	default:
		return c.operand(first, in)
	}
	for _, arg := range args {
		if err := c.operand(arg, in); err != nil {
			return err
		}
	}
	if helpers()[name.Ident].saying { // behind the template's back: it could not fail to give it
		cmd.Args = slices.Insert(cmd.Args, 1, parse.Node(&parse.VariableNode{NodeType: parse.NodeVariable, Pos: name.Pos, Ident: []string{"$", "Saying"}}))
	}
	return nil
}

func (c *checker) call(name *parse.IdentifierNode, given int) error {
	h, ok := helpers()[name.Ident]
	switch {
	case !ok:
		return c.at(name, "%w", unknownHelper(name.Ident))
	case given < h.min || given > h.max:
		want := fmt.Sprint(h.min)
		if h.max > h.min {
			want += " or more"
		}
		return c.at(name, "%s takes %s values, here are %d", name.Ident, want, given)
	}
	c.uses[name.Ident] = true // fields begin with a capital
	return nil
}

func (c *checker) operand(n parse.Node, in scope) error {
	switch n := n.(type) {
	case *parse.FieldNode:
		if in.inner {
			return c.at(n, "inside range and with, write $%s instead of %s", n, n)
		}
		return c.field(n, n.Ident)
	case *parse.VariableNode:
		switch {
		case n.Ident[0] == "$" && len(n.Ident) > 1:
			return c.field(n, n.Ident[1:])
		case n.Ident[0] == "$" || len(n.Ident) > 1:
			return c.at(n, "%s cannot be used here", n)
		}
		return nil
	case *parse.DotNode:
		if !in.inner {
			return c.at(n, "a dot alone means nothing here: name a field, for example .%s", c.dialect.fields[0])
		}
		return nil
	case *parse.PipeNode:
		return c.pipe(n, in)
	case *parse.StringNode:
		if strings.ContainsFunc(n.Text, func(r rune) bool { return r != '\n' && r != '\t' && unicode.IsControl(r) }) {
			return c.at(n, "%s has a control character in it", n)
		}
		return nil
	case *parse.NumberNode, *parse.BoolNode:
		return nil
	case *parse.IdentifierNode:
		return c.at(n, "put %s and what it is given in parentheses", n)
	}
	return c.at(n, "%s cannot be used here", n)
}

// field notes that a field is used, and refuses unknown ones.
func (c *checker) field(n parse.Node, ident []string) error {
	if len(ident) > 1 {
		return c.at(n, "%s: .%s has no fields", n, ident[0])
	}
	if known := c.dialect.fields; !slices.Contains(known, ident[0]) {
		return c.at(n, "there is no .%s%s; there are .%s", ident[0], meant(".", ident[0], known), strings.Join(known, ", ."))
	}
	c.uses[ident[0]] = true
	return nil
}

func (c *checker) at(n parse.Node, format string, args ...any) error {
	pos := min(int(n.Position()), len(c.source))
	line := 1 + strings.Count(c.source[:pos], "\n")
	return fmt.Errorf("line %d: %w", line, fmt.Errorf(format, args...))
}

func unknownHelper(name string) error {
	known := slices.Sorted(maps.Keys(helpers()))
	return fmt.Errorf("there is no helper %s%s; there are %s", name, meant("", name, known), strings.Join(known, ", "))
}

// meant is a question when one of the known names is almost the given one.
func meant(prefix, name string, known []string) string {
	best, least := "", 3
	for _, k := range known {
		if d := distance(strings.ToLower(name), strings.ToLower(k)); d < least && d < len(k)-1 {
			best, least = k, d
		}
	}
	if best == "" {
		return ""
	}
	return " (did you mean " + prefix + best + "?)"
}

// distance is how many letters must be added, dropped or replaced.
func distance(a, b string) int {
	if len(a) > 40 {
		return len(a)
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			next := min(row[j], row[j+1]) + 1
			if a[i] == b[j] {
				next = min(next, diagonal)
			} else {
				next = min(next, diagonal+1)
			}
			diagonal, row[j+1] = row[j+1], next
		}
	}
	return row[len(b)]
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}
