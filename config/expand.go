package config

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"

	"gopkg.in/yaml.v3"
)

// longestValue bounds a value after the environment has been filled in, and a
// secret's file, in bytes.
const longestValue = 64 << 10

// expand puts the environment's values in the place of ${NAME}; "$$" stands
// for one "$", and a "$" before anything else for itself. It reports whether
// something came from the environment.
func (w *walker) expand(s string) (text string, expanded bool, err error) {
	var b strings.Builder
	for s != "" {
		i := strings.IndexByte(s, '$')
		if i < 0 || i == len(s)-1 {
			break
		}
		b.WriteString(s[:i])
		s = s[i:]
		switch s[1] {
		case '$':
			b.WriteByte('$')
			s = s[2:]
		case '{':
			var value string
			if value, s, err = w.variable(s[2:]); err != nil {
				return "", expanded, err
			}
			expanded = true
			b.WriteString(value)
		default:
			b.WriteByte('$')
			s = s[1:]
		}
		if b.Len() > longestValue {
			return "", expanded, bare(fmt.Sprintf("is longer than %d bytes", longestValue))
		}
	}
	b.WriteString(s)
	return b.String(), expanded, nil
}

// variable reads "NAME}…" and returns the value and what follows.
func (w *walker) variable(s string) (value, rest string, err error) {
	name, rest, ok := strings.Cut(s, "}")
	if !ok {
		return "", "", bare(`has a "${" without its "}"; write "$${" for the two characters`)
	}
	if !regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`).MatchString(name) {
		return "", "", bare(fmt.Sprintf(`%s does not name an environment variable; write "$${" for the two characters`, quote("${"+name+"}")))
	}
	value, ok = w.checks.Getenv(name)
	if !ok {
		return "", "", bare(fmt.Sprintf("the environment variable %s is not set", name))
	}
	return value, rest, nil
}

// secretFile reads the file that a …_file key names. A relative name counts
// from the folder of the configuration.
func (w *walker) secretFile(n *yaml.Node, path string, v reflect.Value) {
	w.config.places[path] = w.at(n)
	var name string
	filePath := path + fileSuffix
	before := len(w.problems)
	w.value(n, filePath, reflect.ValueOf(&name).Elem(), field{typ: reflect.TypeFor[string](), min: "1", max: "4096"})
	if len(w.problems) > before {
		return
	}
	content, err := w.checks.ReadFile(beside(w.file, name))
	if err != nil {
		w.flawed(n, filePath, n.Value, false, &flaw{message: "cannot be read", detail: cause(err)})
		return
	}
	if len(content) > longestValue {
		w.flawed(n, filePath, n.Value, false, wrong(fmt.Sprintf("is longer than %d bytes: is it the right file?", longestValue)))
		return
	}
	var s Secret
	if err := s.UnmarshalText(bytes.TrimSpace(content)); err != nil {
		w.flawed(n, filePath, n.Value, false, wrong(err.Error()))
		return
	}
	v.Set(reflect.ValueOf(s))
	w.files[filePath] = beside(w.file, name)
}

// cause is an error without the name of the file, which the caller shows as the
// configuration has it.
func cause(err error) string {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err.Error()
	}
	return err.Error()
}

// beside is name, or where it is beside the configuration when relative.
func beside(file, name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(filepath.Dir(file), name)
}
