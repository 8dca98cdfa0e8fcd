package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// parse reads the one document of a file.
func parse(file string, content []byte) (*yaml.Node, *Problem) {
	if len(content) > largest {
		return nil, &Problem{Position: Position{file, 1, 1}, Message: fmt.Sprintf("the file is larger than %d bytes", largest)}
	}
	d := yaml.NewDecoder(bytes.NewReader(content))
	var doc, second yaml.Node
	err := decode(d, &doc)
	switch {
	case errors.Is(err, io.EOF):
		return nil, &Problem{Position: Position{file, 1, 1}, Message: "the file is empty"}
	case err != nil:
		p := syntax(file, content, err)
		return nil, &p
	}
	if err := decode(d, &second); err == nil {
		return nil, &Problem{Position: Position{file, second.Line, second.Column}, Message: `a second document begins here: remove the line "---"`}
	} else if !errors.Is(err, io.EOF) {
		p := syntax(file, content, err)
		return nil, &p
	}
	root := doc.Content[0]
	if root.Kind == yaml.ScalarNode && root.Tag == "!!null" {
		return nil, &Problem{Position: Position{file, 1, 1}, Message: "the file is empty"}
	}
	return root, nil
}

// decode turns a panic into an error: the library has code that does so on
// input that it thinks impossible, and input comes from outside.
func decode(d *yaml.Decoder, n *yaml.Node) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = errors.New("the file cannot be understood as YAML")
		}
	}()
	return d.Decode(n)
}

// A slip is a mistake in YAML that is common, and that the library's own words
// do not explain.
type slip struct {
	error   string         // part of the library's message; empty: any
	pattern *regexp.Regexp // its group is the place
	message string
}

func slips() []slip {
	return []slip{
		{"", regexp.MustCompile(`^ *(\t)`), "indentation must be blanks, not tabs"},
		{"", regexp.MustCompile("^\\s*(?:- +)?(?:[\\w.\"-]+: +)?(?:\\[ *)?([@`%])"), `a value that begins with "%s" must be in quotes`},
		{"", regexp.MustCompile(`^\s*(?:- +)?(?:[\w."-]+: +)?(\*)(?:[/ ]|$)`), `a value that begins with "%s" must be in quotes`},
		{"", regexp.MustCompile(`^\s*(?:- +)?[\w.-]+: +(\{\{)`), `a value that begins with "%s" must be in quotes`},
		{"", regexp.MustCompile(`^(?:[^"'#]|"[^"]*"|'[^']*')*?(?:[^$"'#]\{|\[)(?:[^"'#]|"[^"]*"|'[^']*')*?(\$\{)`), `"%s" within { } or [ ] must be in quotes`},
		{"", regexp.MustCompile(`^\s*[\w.-]+: +"[^"]*" *([^\s"#,}\]])`), "this follows a closing quote: the quotes must go around the whole value"},
		{"", regexp.MustCompile(`^\s*[\w.-]+: +'[^']*' *([^\s'#,}\]])`), "this follows a closing quote: the quotes must go around the whole value"},
		{"unknown anchor", regexp.MustCompile(`^\s*(?:- +)?(?:[\w."-]+: +)?(\*)[^\s,:]`), `a value that begins with "%s" must be in quotes, unless it repeats one that is marked "&"`},
	}
}

// syntax explains why a file is no YAML.
func syntax(file string, content []byte, err error) Problem {
	number, message := libraryError(err)
	lines := strings.Split(string(content), "\n")
	for _, s := range slips() {
		if !strings.Contains(message, s.error) {
			continue
		}
		for i, line := range lines {
			if m := s.pattern.FindStringSubmatchIndex(line); m != nil && !strings.HasPrefix(strings.TrimSpace(line), "#") {
				column := utf8.RuneCountInString(line[:m[2]]) + 1
				return Problem{Position: Position{file, i + 1, column}, Message: strings.ReplaceAll(s.message, "%s", line[m[2]:m[3]])}
			}
		}
	}
	return Problem{Position: Position{file, number, 1}, Message: "is not YAML from about here on: " + message}
}

// libraryError splits "yaml: line 3: …".
func libraryError(err error) (line int, message string) {
	m := regexp.MustCompile(`(?s)^yaml: (?:line (\d+): )?(.*)$`).FindStringSubmatch(err.Error())
	if m == nil {
		return 1, oneLine(err.Error())
	}
	line, _ = strconv.Atoi(m[1])
	if regexp.MustCompile(`^did not find expected (key|node content|',' or|'-' indicator|<document)`).MatchString(m[2]) {
		line++ // the library counts these from 0
	}
	return max(line, 1), oneLine(m[2])
}
