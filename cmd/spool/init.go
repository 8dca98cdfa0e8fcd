package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"regexp"
	"strings"
	"text/template"
	"time"
	"unicode"

	"github.com/spf13/cobra"

	"spool/config"
)

func (p *program) initCommand() *cobra.Command {
	var a answers
	var offline bool
	cmd := &cobra.Command{
		Use: "init", Short: "Ask a few questions and write config.yaml",
		Long: `Asks for your site or feed and for an account, looks which feeds there are, lets
you choose, and writes the configuration. It never overwrites a file. Answers can
also be given as flags; what is missing is asked for.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if fileExists(p.configPath) {
				return misuse{fmt.Errorf("%s exists already; edit it, or name another file with --config", p.configPath)}
			}
			if err := p.interview(cmd.Context(), &a, offline); err != nil {
				return err
			}
			return p.writeConfig(a)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&a.Feed, "feed", "", "the `address` of the site or feed")
	flags.StringVar(&a.Network, "network", "", "the `network`: threads, mastodon, bluesky or webhook")
	flags.StringVar(&a.Place, "place", "", "the instance, the handle or the `address` of the account, on mastodon, bluesky or a webhook")
	flags.StringVar(&a.Account, "account", "", "a `name` for the account")
	flags.StringVar(&a.Zone, "timezone", "", "the time `zone`, such as Europe/Paris")
	flags.StringVar(&a.Contact, "contact", "", "a `page` or address at which publishers can reach you")
	flags.BoolVar(&offline, "offline", false, "do not look for feeds: take the address as it is")
	return cmd
}

// answers are what init asks for.
type answers struct {
	Feed, Network, Place, Account, Zone, Contact string
	Feeds                                        []addedFeed // that were chosen
}

// YAML are the chosen feeds as the configuration has them.
func (a answers) YAML() string { return yamlOf(a.Feeds, 2) }

// quoted is a text as the configuration has it: a "$" is doubled, so that it
// stands for itself.
func quoted(s string) string { return scalar(strings.ReplaceAll(s, "$", "$$")) }

// names are what feeds and accounts may be called.
var nameRule = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,63}$`)

// interview asks for what the flags left open.
func (p *program) interview(ctx context.Context, a *answers, offline bool) error {
	in := bufio.NewReader(io.LimitReader(p.in, 64<<10))
	if err := p.askFeeds(ctx, in, a, offline); err != nil {
		return err
	}
	if err := p.askAccount(ctx, in, a); err != nil {
		return err
	}
	if err := p.ask(ctx, in, &a.Zone, "Time zone", "UTC", validZone); err != nil {
		return err
	}
	return p.ask(ctx, in, &a.Contact, "A page or e-mail address at which publishers can reach you", "none", validContact)
}

// askAccount asks for an account and where it is.
func (p *program) askAccount(ctx context.Context, in *bufio.Reader, a *answers) error {
	if err := p.ask(ctx, in, &a.Network, "Where to post: threads, mastodon, bluesky or webhook", config.Threads, validNetwork); err != nil {
		return err
	}
	if a.Network == config.Threads && a.Place != "" {
		return misuse{errors.New("an account on threads has no --place: leave it out")}
	}
	question, valid := "", validURL
	switch a.Network {
	case config.Mastodon:
		question = "The address of the instance, such as https://newsie.example"
	case config.Bluesky:
		question, valid = "The handle of the account, such as paper.example.org", validHandle
	case config.Webhook:
		question = "The address that posts are sent to"
	}
	if question != "" {
		if err := p.ask(ctx, in, &a.Place, question, "", valid); err != nil {
			return err
		}
	}
	return p.ask(ctx, in, &a.Account, "A name of your choice for the account", "newsroom", validName)
}

func validNetwork(s string) error {
	if _, err := networkOf(config.Account{Network: s}); err != nil {
		return fmt.Errorf("%q is none of them", s)
	}
	return nil
}

func validHandle(s string) error {
	if !strings.Contains(s, ".") || strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || strings.ContainsRune("@/:\"'", r) }) {
		return fmt.Errorf("%q is not a handle such as paper.example.org, without @", s)
	}
	return nil
}

// ask puts a question until the answer is valid. One that a flag gave is not
// asked for, but must be valid too.
func (p *program) ask(ctx context.Context, in *bufio.Reader, answer *string, question, otherwise string, valid func(string) error) error {
	if *answer != "" {
		if err := valid(*answer); err != nil {
			return misuse{err}
		}
		return nil
	}
	for {
		hint := ""
		if otherwise != "" {
			hint = " [" + otherwise + "]"
		}
		fmt.Fprintf(p.out, "%s%s: ", question, hint)
		text, err := readLine(ctx, in)
		if errors.Is(err, errInterrupted) {
			fmt.Fprintln(p.out)
			return err
		}
		if text == "" {
			text = otherwise
		}
		if err != nil && (text == "" || !errors.Is(err, io.EOF)) {
			return misuse{errors.New("the questions were not answered; see spool init --help for flags that do")}
		}
		problem := valid(text)
		if problem == nil {
			*answer = text
			return nil
		}
		fmt.Fprintf(p.out, "  %v\n", problem)
		if err != nil {
			return misuse{problem}
		}
	}
}

func validURL(s string) error {
	u, err := url.Parse(s)
	if err != nil || strings.ContainsFunc(s, unicode.IsControl) || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return fmt.Errorf("%q is not an address such as https://www.example.org/rss.xml", s)
	}
	if u.User != nil {
		return errors.New("the address must have no user name or password in it: addresses are shown in logs and pages")
	}
	return nil
}

// validContact refuses what fetch.contact cannot be: it becomes part of the
// User-Agent.
func validContact(s string) error {
	if strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r >= 0x7f || strings.ContainsRune(`()<>\`, r) }) {
		return fmt.Errorf("%q has a blank, a bracket or an accent, which a page's or an e-mail address here cannot have", s)
	}
	name, host, mail := strings.Cut(strings.TrimPrefix(s, "mailto:"), "@")
	if s == "none" || mail && name != "" && host != "" && !strings.Contains(s, "//") || validURL(s) == nil {
		return nil
	}
	return fmt.Errorf("%q is neither the address of a page (https://…) nor an e-mail address", s)
}

func validZone(s string) error {
	if _, err := time.LoadLocation(s); err != nil || s == "" {
		return fmt.Errorf("%q is not a time zone such as Europe/Paris", s)
	}
	return nil
}

func validName(s string) error {
	if !nameRule.MatchString(s) {
		return fmt.Errorf("%q is not a name: lower-case letters, digits, \".\", \"_\" and \"-\"", s)
	}
	return nil
}

const configTemplate = `# Written by "spool init". config.example.yaml in the documentation has every key.
database: spool.db
timezone: {{ .Zone }}
{{ if ne .Contact "none" }}
fetch:
  contact: {{ quote .Contact }}
{{ end }}
accounts:
  {{ .Account }}:
    network: {{ .Network }}
{{- if eq .Network "threads" }}
    # "spool login {{ .Account }}" stores a token in the database. Or name one here:
    # token_file: /run/secrets/threads
{{- else if eq .Network "mastodon" }}
    base_url: {{ quote .Place }}
    # "spool login {{ .Account }}" stores a token in the database. Or name one here:
    # token_file: /run/secrets/mastodon
{{- else if eq .Network "bluesky" }}
    handle: {{ quote .Place }}
    # An app password, from the settings of the account; or app_password_file.
    app_password: ${BLUESKY_APP_PASSWORD}
{{- else }}
    base_url: {{ quote .Place }}
    # What messages are signed with, as the receiver gave it; or secret_file.
    secret: ${WEBHOOK_SECRET}
{{- end }}
    limits:
      spacing: 2m # so that a busy hour does not flood your followers

# What is in a feed today is not posted (first_run: skip), only what is new from
# now on.
feeds:
{{ .YAML }}`

func (p *program) writeConfig(a answers) error {
	for i := range a.Feeds {
		a.Feeds[i].Accounts, a.Feeds[i].FirstRun = []string{a.Account}, "skip"
	}
	t := template.Must(template.New("config").Funcs(template.FuncMap{"quote": quoted}).Parse(configTemplate))
	f, err := os.OpenFile(p.configPath, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	err = errors.Join(t.Execute(f, a), f.Close())
	if err != nil {
		return fmt.Errorf("write %s: %w", p.configPath, err)
	}
	fmt.Fprintf(p.out, "\n%s is written. What comes next:\n", p.configPath)
	steps := [][2]string{
		firstStep(a),
		{"spool preview " + a.Feeds[0].Name, "see what posts will look like"},
		{"spool check --online", "see whether all is well"},
		{"spool run", "go"},
	}
	longest := 0
	for _, step := range steps {
		longest = max(longest, width(step[0]))
	}
	for _, step := range steps {
		fmt.Fprintln(p.out, gap+pad(step[0], longest)+gap+step[1])
	}
	return nil
}

// firstStep lets Spool post on the account.
func firstStep(a answers) [2]string {
	switch a.Network {
	case config.Threads:
		return [2]string{"spool login " + a.Account + " --token", "let Spool post on the account"}
	case config.Bluesky:
		return [2]string{"export BLUESKY_APP_PASSWORD=…", "let Spool post on the account"}
	case config.Webhook:
		return [2]string{"export WEBHOOK_SECRET=whsec_…", "what messages are signed with"}
	}
	return [2]string{"spool login " + a.Account, "let Spool post on the account"}
}
