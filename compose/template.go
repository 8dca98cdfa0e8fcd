package compose

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"text/template"
	"text/template/parse"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// data is what a template sees. Check lets through only fields of this list.
type data struct {
	Title, Summary, Link, Author, Category string
	Categories                             []string
	Published, Updated                     *moment
	Language, Feed, Account, Network       string

	// Only in corrections: "Correction: " in the language of the post, and the
	// title that the post has, if it is another one.
	Correction, Was string

	// Who made the picture that goes with the post; empty where none does.
	Credit string

	Saying *saying // what helpers know; templates cannot name it

	alertData // only in posts about alerts: see alertFields
}

func fields() []string {
	return []string{"Title", "Summary", "Link", "Author", "Category", "Categories",
		"Published", "Updated", "Language", "Feed", "Account", "Network", "Correction", "Was", "Credit"}
}

// compiled is a template that has passed all checks.
type compiled struct {
	tmpl *template.Template
	uses map[string]bool // the fields it names
	// titleAlone: the title has a line of its own, so it can be left out
	// without a trace.
	titleAlone bool
}

const maxTemplate = 8 << 10

// Check says in plain words what is wrong with a template; nil: nothing.
//
// A template that passes can always be executed, whatever an item lacks, and
// with little work: only the categories can be looped over, once, and no helper
// makes much out of little.
func Check(text string) error {
	_, err := compile(text)
	return err
}

// A dialect is what templates of a kind can name.
type dialect struct {
	fields []string
	lists  []string // that can be looped over
}

func articleDialect() dialect { return dialect{fields: fields(), lists: []string{"Categories"}} }

func compile(source string) (*compiled, error) { return compileAs(source, articleDialect()) }

func compileAs(source string, of dialect) (*compiled, error) {
	source = strings.ReplaceAll(source, "\r\n", "\n")
	if err := plain(source); err != nil {
		return nil, err
	}
	source = norm.NFC.String(source)
	t, err := template.New("text").Funcs(functions()).Parse(source)
	if err != nil {
		return nil, inPlainWords(err)
	}
	if t.Tree == nil || len(t.Templates()) > 1 {
		return nil, errors.New("templates within a template (define, block) are not available")
	}
	c := checker{source: source, dialect: of, uses: map[string]bool{}}
	if err := c.list(t.Root, scope{}); err != nil {
		return nil, err
	}
	markPrints(t.Root)
	alone := regexp.MustCompile(`(?m)^[ \t]*\{\{-?\s*\.Title\s*(\|[^}]*)?-?\}\}[ \t]*$`)
	return &compiled{tmpl: t, uses: c.uses, titleAlone: alone.MatchString(source)}, nil
}

// builtIn compiles one of our own templates, which have nothing wrong with them.
// It is rarely needed, and a compiled one takes memory for each wording.
func builtIn(source string) *compiled {
	c, err := compile(source)
	if err != nil {
		panic("compose: " + err.Error())
	}
	return c
}

// plain refuses what could not be told from the marks of helpers.go.
func plain(source string) error {
	switch {
	case len(source) > maxTemplate:
		return fmt.Errorf("the template is longer than %d KiB", maxTemplate>>10)
	case !utf8.ValidString(source):
		return errors.New("the template is not valid UTF-8")
	case strings.ContainsFunc(source, func(r rune) bool { return r != '\n' && r != '\t' && (r < ' ' || r == 0x7f) }):
		return errors.New("the template contains a control character")
	}
	return nil
}

// inPlainWords takes the jargon out of a parser's error.
func inPlainWords(err error) error {
	s := strings.TrimPrefix(err.Error(), "template: text:")
	line, message, found := strings.Cut(s, ": ")
	if !found {
		return errors.New(s)
	}
	if name, ok := strings.CutPrefix(message, "function "); ok {
		name = strings.Trim(strings.TrimSuffix(name, " not defined"), `"`)
		return fmt.Errorf("line %s: %w", line, unknownHelper(name))
	}
	return fmt.Errorf("line %s: %s", line, message)
}

// execute runs a template. The result is within maxOutput.
func (c *compiled) execute(d data) (string, error) {
	var b bounded
	err := c.tmpl.Execute(&b, d)
	return string(b), err
}

// bounded takes so many bytes and then makes the template stop.
type bounded []byte

const maxOutput = 64 << 10

var errTooMuch = errors.New("the text is longer than 64 KiB")

func (b *bounded) Write(p []byte) (int, error) {
	if len(*b)+len(p) > maxOutput {
		return 0, errTooMuch
	}
	*b = append(*b, p...)
	return len(p), nil
}

// markPrints puts a mark behind everything that a template prints or leaves
// out. A line that holds nothing but marks and space is the trace of something
// empty and goes away; a line that is blank in the template stays.
func markPrints(l *parse.ListNode) {
	if l == nil {
		return
	}
	var nodes []parse.Node
	for _, n := range l.Nodes {
		nodes = append(nodes, n)
		switch n := n.(type) {
		case *parse.TextNode:
			n.Text = []byte(signedWords(string(n.Text)))
		case *parse.ActionNode:
			if len(n.Pipe.Decl) == 0 {
				n.Pipe.Cmds = append(n.Pipe.Cmds, &parse.CommandNode{
					NodeType: parse.NodeCommand, Pos: n.Pos,
					Args: []parse.Node{parse.NewIdentifier(printMark).SetPos(n.Pos)},
				})
			} else {
				nodes = append(nodes, partMarkNode(n.Pos))
			}
		case *parse.IfNode:
			nodes = append(nodes, markBranches(&n.BranchNode))
		case *parse.WithNode:
			nodes = append(nodes, markBranches(&n.BranchNode))
		case *parse.RangeNode:
			nodes = append(nodes, markBranches(&n.BranchNode))
		}
	}
	l.Nodes = nodes
}

func markBranches(b *parse.BranchNode) parse.Node {
	markPrints(b.List)
	markPrints(b.ElseList)
	return partMarkNode(b.Pos)
}

func partMarkNode(at parse.Pos) parse.Node {
	return &parse.TextNode{NodeType: parse.NodeText, Pos: at, Text: []byte(string(partMark))}
}
