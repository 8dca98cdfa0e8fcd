package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"spool"
	"spool/config"
	"spool/publisher/threads"
	"spool/store"
)

// apiHosts are where Threads itself answers. With any other base_url, a proxy
// or a stand-in, the login page is there too.
var apiHosts = []string{"https://graph.threads.net", "https://graph.threads.com"}

func (p *program) loginCommand() *cobra.Command {
	var paste, yes bool
	cmd := &cobra.Command{
		Use: "login ACCOUNT", Short: "Obtain and store a token for an account",
		Long: `Obtains a token for an account of the configuration and stores it in the
database, from where the daemon takes it and keeps it fresh.

With an app in the configuration (accounts.ACCOUNT.app) it prints an address to
open in a browser where you are signed in to Threads as that account. After you
have allowed access, the browser ends at your redirect address; whatever it
shows there, paste the whole address here. Nothing has to answer at it.

With --token it takes a token that you made in the dashboard of your app, from
the prompt or from standard input, never from the command line.`,
		Args: oneArg("account"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.withStore(cmd.Context(), func(cfg *config.Config, db *store.DB) error {
				return p.login(cmd.Context(), cfg, db, args[0], paste, yes)
			})
		},
	}
	cmd.Flags().BoolVar(&paste, "token", false, "take a token that was made elsewhere")
	cmd.Flags().BoolVar(&yes, "yes", false, "replace the token of another profile without asking")
	return cmd
}

func (p *program) login(ctx context.Context, cfg *config.Config, db *store.DB, name string, paste, yes bool) error {
	account, ok := cfg.Accounts[name]
	if !ok {
		return noAccount(cfg, name)
	}
	if account.Token.Reveal() != "" {
		return misuse{fmt.Errorf("account %s has a token in the configuration, and that one is used: remove token or token_file first", name)}
	}
	l, err := threads.NewLogin(threads.Options{Account: name, BaseURL: account.BaseURL, Now: p.now, Transport: p.apiTransport})
	if err != nil {
		return err
	}
	in := bufio.NewReader(io.LimitReader(p.in, 64<<10))
	var token threads.Token
	var who threads.Account
	switch {
	case paste:
		token, who, err = p.takeToken(ctx, in, l)
	case account.App.ID == "":
		return misuse{fmt.Errorf("account %s has no app: set accounts.%s.app, or use --token with a token from your app's dashboard", name, name)}
	default:
		token, who, err = p.authorize(ctx, in, l, account)
	}
	if err != nil {
		return fmt.Errorf("account %s: %w", name, err)
	}
	return p.keepLogin(ctx, db, in, name, token, who, yes)
}

// authorize goes through the browser.
func (p *program) authorize(ctx context.Context, in *bufio.Reader, l *threads.Login, account config.Account) (threads.Token, threads.Account, error) {
	app := threads.App{ID: account.App.ID, Secret: account.App.Secret.Reveal(), Redirect: account.App.RedirectURL, AuthorizeBase: authorizeBase(account.BaseURL)}
	state := rand.Text()
	fmt.Fprintf(p.out, "Open this address in a browser that is signed in to Threads as the account:\n\n%s\n\nAllow access, then paste the whole address that the browser ends at.\n", app.AuthorizeURL(state))
	for {
		pasted, err := p.secretLine(ctx, in, "Address (it is not shown): ")
		if err != nil {
			return threads.Token{}, threads.Account{}, err
		}
		code, err := threads.ParseRedirect(pasted, state)
		if err == nil {
			return l.Exchange(ctx, app, code)
		}
		if !isTerminal(p.in) || errors.Is(err, threads.ErrDenied) {
			return threads.Token{}, threads.Account{}, err
		}
		fmt.Fprintln(p.out, err)
	}
}

func authorizeBase(base string) string {
	for _, api := range apiHosts {
		if strings.TrimRight(base, "/") == api {
			return threads.DefaultAuthorizeBase
		}
	}
	return base
}

func (p *program) takeToken(ctx context.Context, in *bufio.Reader, l *threads.Login) (threads.Token, threads.Account, error) {
	value, err := p.secretLine(ctx, in, "Token (it is not shown): ")
	if err != nil {
		return threads.Token{}, threads.Account{}, err
	}
	return l.VerifyPasted(ctx, value)
}

// keepLogin stores the token, and lets the account post again.
func (p *program) keepLogin(ctx context.Context, db *store.DB, in *bufio.Reader, name string, token threads.Token, who threads.Account, yes bool) error {
	before, _, err := db.Recall(ctx, name, "profile")
	if err != nil {
		return err
	}
	if before != "" && before != who.ID && !yes {
		fmt.Fprintf(p.out, "Until now account %s was another profile; this token is @%s. Posts that wait go there. Go on? [no] ", name, who.Username)
		line, _ := readLine(ctx, in)
		if answer := strings.ToLower(line); answer != "y" && answer != "yes" {
			return errors.New("nothing was changed")
		}
	}
	if err := db.Remember(ctx, name, "profile", who.ID); err != nil {
		return err
	}
	t := &tokens{db: db, account: name, now: p.now}
	old, err := t.Token(ctx)
	if err != nil && !errors.Is(err, threads.ErrNoToken) {
		return err
	}
	if err := t.Replace(ctx, old, token); err != nil {
		return err
	}
	if err := db.ClearStop(ctx, name); err != nil && !errors.Is(err, spool.ErrNotFound) { // a new account never stopped
		return err
	}
	says := fmt.Sprintf("account %s posts as @%s%s", name, who.Username, lasts(token, p.now()))
	fmt.Fprintln(p.out, p.paint("ok", green), fold(p.out, says, "   "))
	return nil
}

func lasts(t threads.Token, now time.Time) string {
	if t.Expires.IsZero() {
		return ""
	}
	return "; the token ends " + ago(t.Expires, now) + " and is renewed well before"
}
