package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"reflect"
)

// largest is how many bytes a configuration may have. A thousand feeds with
// options of their own have some 300 KiB.
const largest = 1 << 20

// Checks are the rules and the surroundings that the package does not know
// itself. A nil field means its default. Their errors are shown to people, but
// not when the value came from the environment.
type Checks struct {
	// Schedule says why a feed's schedule cannot be used in a time zone.
	// Default: everything that is not empty can.
	Schedule func(spec, timezone string) error

	// Template says why a template of a post cannot be used. Default:
	// everything can.
	Template func(text string) error

	// AlertTemplate says why a template of a post about an alert cannot be used.
	// Default: everything can.
	AlertTemplate func(text string) error

	// WebhookSecret says why what messages are to be signed with is of no use.
	// Default: everything can be. Its error must not have the secret in it.
	WebhookSecret func(secret string) error

	// Getenv looks up what ${NAME} stands for. Default: os.LookupEnv.
	Getenv func(name string) (string, bool)

	// ReadFile reads the configuration and the files that secrets are in.
	// Default: the file, as far as the limits go.
	ReadFile func(name string) ([]byte, error)

	// Stat tells who may read these files. Default: os.Stat.
	Stat func(name string) (fs.FileInfo, error)
}

func (c Checks) orDefaults() Checks {
	if c.Schedule == nil {
		c.Schedule = func(string, string) error { return nil }
	}
	if c.Template == nil {
		c.Template = func(string) error { return nil }
	}
	if c.AlertTemplate == nil {
		c.AlertTemplate = func(string) error { return nil }
	}
	if c.WebhookSecret == nil {
		c.WebhookSecret = func(string) error { return nil }
	}
	if c.Getenv == nil {
		c.Getenv = os.LookupEnv
	}
	if c.ReadFile == nil {
		c.ReadFile = readFile
	}
	if c.Stat == nil {
		c.Stat = os.Stat
	}
	return c
}

// readFile reads one byte more than is allowed at most, so that the caller can
// tell; what is longer or never ends is not read to the end.
func readFile(name string) (content []byte, err error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return io.ReadAll(io.LimitReader(f, largest+1))
}

// Load reads the configuration at path and checks all of it. The error is of
// type [Errors] and has every problem, unless the file itself cannot be read:
// then it wraps the cause.
func Load(path string, c Checks) (*Config, error) {
	c = c.orDefaults()
	content, err := c.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read configuration: %w", err)
	}
	w := &walker{
		file: path, checks: c, files: map[string]string{}, sections: map[reflect.Type]section{},
		config: &Config{file: path, places: map[string]Position{}, posts: newPostCache()},
	}
	w.load(content)
	if len(w.problems) > 0 {
		w.problems.sort()
		return nil, w.problems
	}
	w.warn()
	return w.config, nil
}

func (w *walker) load(content []byte) {
	root, problem := parse(w.file, content)
	if problem != nil {
		w.problems = append(w.problems, *problem)
		return
	}
	v := reflect.ValueOf(w.config).Elem()
	w.defaults("", v)
	w.section(root, "", v)
	if w.aliased > mostAliased {
		w.problems = Errors{{Position: Position{w.file, 1, 1}, Message: fmt.Sprintf("aliases (*name) stand for more than %d values", mostAliased)}}
		return
	}
	w.rules()
}
