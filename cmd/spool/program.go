package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/lmittmann/tint"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"spool/config"
)

// The exit statuses.
const (
	exitDone   = 0
	exitFailed = 1
	exitMisuse = 2 // of a command, or an invalid configuration
)

// A program is what the commands share.
type program struct {
	world
	configPath string
	configSet  bool // the path was named, so the file must be there
	logLevel   string
	logFormat  string
	now        func() time.Time

	// Tests put stand-ins in the place of the network; nil: the real one.
	feedTransport http.RoundTripper
	apiTransport  http.RoundTripper
	blueskyApp    string        // where readers see posts on Bluesky; empty: where they do
	tick          time.Duration // of the scheduler; 0: its default
}

// misuse is an error of the person who typed the command.
type misuse struct{ error }

func (m misuse) Unwrap() error { return m.error }

// run runs one command line and returns its exit status.
func run(ctx context.Context, args []string, w world) int {
	return (&program{world: w, now: time.Now}).run(ctx, args)
}

func (p *program) run(ctx context.Context, args []string) int {
	root := p.root()
	root.SetArgs(args)
	root.SetIn(p.in)
	root.SetOut(p.out)
	root.SetErr(p.err)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitDone
	}
	p.complain(err)
	var wrong misuse
	var invalid config.Errors
	if errors.As(err, &wrong) || errors.As(err, &invalid) {
		return exitMisuse
	}
	return exitFailed
}

// complain prints an error; those of a configuration a line each.
func (p *program) complain(err error) {
	var invalid config.Errors
	if errors.As(err, &invalid) {
		for _, problem := range invalid {
			fmt.Fprintln(p.err, fold(p.err, problem.Error(), "  "))
		}
		fmt.Fprintf(p.err, "spool: %s\n", count(len(invalid), "problem in the configuration", "problems in the configuration"))
		return
	}
	if !errors.Is(err, errSaid) {
		fmt.Fprintln(p.err, fold(p.err, "spool: "+err.Error(), "  "))
	}
}

// errSaid ends a command whose output has already said what is wrong.
var errSaid = errors.New("already said")

func (p *program) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "spool",
		Short: "Carries your feeds to social networks: each item once, or you are told why not.",
		Long: `Spool polls your feeds, recognises what is new, and posts it on your accounts:
each item once on each account, in time, or you are told why not.

To see it at work without an account or a network:  spool demo
To set it up:                                       spool init`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          noArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			p.configSet = cmd.Flags().Changed("config") || p.env("SPOOL_CONFIG") != ""
			if p.logLevel == "" && cmd.Name() != "run" {
				p.logLevel = "warn" // the command's output says what it does
			}
			_, err := p.logger()
			return err
		},
	}
	flags := root.PersistentFlags()
	flags.StringVar(&p.configPath, "config", cmp.Or(p.env("SPOOL_CONFIG"), "config.yaml"), "the configuration `file`; also $SPOOL_CONFIG")
	flags.StringVar(&p.logLevel, "log-level", "", "debug, info, warn or error; default info for run, warn otherwise")
	flags.StringVar(&p.logFormat, "log-format", "", "text or json; default text on a terminal, json otherwise")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return misuse{fmt.Errorf("%w; see %s --help", err, cmd.CommandPath())}
	})
	root.CompletionOptions.HiddenDefaultCmd = true
	root.SetUsageTemplate(strings.ReplaceAll(root.UsageTemplate(), ".FlagUsages", ".FlagUsagesWrapped 80"))
	root.AddCommand(
		p.runCommand(), p.demoCommand(), p.initCommand(), p.checkCommand(), p.previewCommand(), p.loginCommand(),
		p.postsCommand(), p.itemsCommand(), p.alertsCommand(), p.whyCommand(), p.feedsCommand(), p.accountsCommand(), p.backupCommand(), p.exportEverythingCommand(), p.healthCommand(), p.versionCommand(),
	)
	return root
}

// noArgs and its like turn cobra's complaints into misuse.
func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if cmd.HasSubCommands() {
		return misuse{fmt.Errorf("%s knows no command %q; see %s --help", cmd.CommandPath(), args[0], cmd.CommandPath())}
	}
	return misuse{fmt.Errorf("%s takes no argument, and got %q", cmd.CommandPath(), args[0])}
}

// oneArg wants exactly one argument, by its name.
func oneArg(name string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) != 1 {
			return misuse{fmt.Errorf("%s wants one %s, and got %s; see %s --help", cmd.CommandPath(), name, count(len(args), "argument", "arguments"), cmd.CommandPath())}
		}
		return nil
	}
}

// logger writes to standard error as the flags say.
func (p *program) logger() (*slog.Logger, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(cmp.Or(p.logLevel, "info"))); err != nil {
		return nil, misuse{fmt.Errorf("--log-level is %q; debug, info, warn and error are possible", p.logLevel)}
	}
	switch format := p.logFormat; {
	case format == "json", format == "" && !isTerminal(p.err):
		return slog.New(slog.NewJSONHandler(p.err, &slog.HandlerOptions{Level: level, ReplaceAttr: spellDurations})), nil
	case format == "text", format == "":
		return slog.New(tint.NewTextHandler(p.err, &tint.Options{Level: level, TimeFormat: time.DateTime, NoColor: !p.colour(p.err)})), nil
	}
	return nil, misuse{fmt.Errorf("--log-format is %q; text and json are possible", p.logFormat)}
}

// spellDurations writes "1.5s" where JSON would have a number of nanoseconds.
func spellDurations(_ []string, a slog.Attr) slog.Attr {
	if a.Value.Kind() == slog.KindDuration {
		a.Value = slog.StringValue(a.Value.Duration().String())
	}
	return a
}

func isTerminal(w any) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// colour reports whether w should be written to in colour; see no-color.org.
func (p *program) colour(w any) bool { return isTerminal(w) && p.env("NO_COLOR") == "" }
