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
	"spool/publisher"
	"spool/publisher/mastodon"
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

It prints an address to open in a browser where you are signed in to the network
as that account. After you have allowed access:

Mastodon shows a code; paste it here. Spool registers itself at the instance.

Threads needs an app in the configuration (accounts.ACCOUNT.app). The browser
ends at the app's redirect address; whatever it shows there, paste the whole
address here. Nothing has to answer at it.

With --token it takes a token that you made elsewhere, in the dashboard of your
app or in the settings of your Mastodon account, from the prompt or from standard
input, never from the command line.

Accounts on Bluesky sign in with the app password in the configuration, and
webhooks need none. docs/accounts.md has the steps for each network.`,
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
	switch account.Network {
	case config.Bluesky:
		return misuse{fmt.Errorf("account %s signs in with handle and app_password of the configuration, so there is nothing to do here; spool check --online tries them", name)}
	case config.Webhook:
		return misuse{fmt.Errorf("account %s needs no login: its address and secret are in the configuration", name)}
	}
	if account.Token.Reveal() != "" {
		return misuse{fmt.Errorf("account %s has a token in the configuration, and that one is used: remove token or token_file first", name)}
	}
	sign, err := p.signIn(name, account)
	if err != nil {
		return err
	}
	in := bufio.NewReader(io.LimitReader(p.in, 64<<10))
	var token publisher.Token
	var who profile
	if paste {
		token, who, err = p.takeToken(ctx, in, sign)
	} else {
		token, who, err = p.authorize(ctx, in, sign)
	}
	if err != nil {
		return fmt.Errorf("account %s: %w", name, err)
	}
	return p.keepLogin(ctx, db, in, name, token, who, yes)
}

// A profile is who a token belongs to.
type profile struct{ id, name string }

// A signIn is how a network gives a token.
type signIn struct {
	network string

	// verify takes a token that was made elsewhere.
	verify func(ctx context.Context, value string) (publisher.Token, profile, error)

	// begin returns the address at which a person allows access, and what is to be
	// pasted then.
	begin func(ctx context.Context, state string) (address, what string, err error)

	// code takes the code out of what was pasted, and exchange takes the token for it.
	code     func(pasted, state string) (string, error)
	exchange func(ctx context.Context, code string) (publisher.Token, profile, error)
	denied   error // of code: to ask again is of no use
}

func (p *program) signIn(name string, account config.Account) (signIn, error) {
	if account.Network == config.Mastodon {
		return p.signInToMastodon(name, account)
	}
	return p.signInToThreads(name, account)
}

func (p *program) signInToThreads(name string, account config.Account) (signIn, error) {
	l, err := threads.NewLogin(threads.Options{Account: name, BaseURL: account.BaseURL, Now: p.now, Transport: p.apiTransport})
	if err != nil {
		return signIn{}, err
	}
	app := threads.App{ID: account.App.ID, Secret: account.App.Secret.Reveal(), Redirect: account.App.RedirectURL, AuthorizeBase: authorizeBase(account.BaseURL)}
	return signIn{
		network: "Threads", denied: threads.ErrDenied, code: threads.ParseRedirect,
		verify: func(ctx context.Context, value string) (publisher.Token, profile, error) {
			token, who, err := l.VerifyPasted(ctx, value)
			return token, profile{who.ID, who.Username}, err
		},
		begin: func(_ context.Context, state string) (address, what string, err error) {
			if app.ID == "" {
				return "", "", misuse{fmt.Errorf("it has no app: set accounts.%s.app, or use --token with a token from your app's dashboard", name)}
			}
			return app.AuthorizeURL(state), "the whole address that the browser ends at", nil
		},
		exchange: func(ctx context.Context, code string) (publisher.Token, profile, error) {
			token, who, err := l.Exchange(ctx, app, code)
			return token, profile{who.ID, who.Username}, err
		},
	}, nil
}

func (p *program) signInToMastodon(name string, account config.Account) (signIn, error) {
	l, err := mastodon.NewLogin(mastodon.Options{Account: name, BaseURL: account.BaseURL, Now: p.now, Transport: p.apiTransport})
	if err != nil {
		return signIn{}, err
	}
	var app mastodon.App
	return signIn{
		network: account.BaseURL, denied: mastodon.ErrDenied, code: mastodon.ParseRedirect,
		verify: func(ctx context.Context, value string) (publisher.Token, profile, error) {
			token, who, err := l.VerifyPasted(ctx, value)
			return token, profile{who.ID, who.Username}, err
		},
		begin: func(ctx context.Context, state string) (address, what string, err error) {
			if app, err = l.Register(ctx); err != nil {
				return "", "", err
			}
			return app.AuthorizeURL(state), "the code that the page shows", nil
		},
		exchange: func(ctx context.Context, code string) (publisher.Token, profile, error) {
			token, who, err := l.Exchange(ctx, app, code)
			return token, profile{who.ID, who.Username}, err
		},
	}, nil
}

// authorize goes through the browser.
func (p *program) authorize(ctx context.Context, in *bufio.Reader, sign signIn) (publisher.Token, profile, error) {
	state := rand.Text()
	address, what, err := sign.begin(ctx, state)
	if err != nil {
		return publisher.Token{}, profile{}, err
	}
	fmt.Fprintf(p.out, "Open this address in a browser that is signed in to %s as the account:\n\n%s\n\nAllow access, then paste %s.\n", sign.network, address, what)
	for {
		pasted, err := p.secretLine(ctx, in, "Paste it here (it is not shown): ")
		if err != nil {
			return publisher.Token{}, profile{}, err
		}
		code, err := sign.code(pasted, state)
		if err == nil {
			return sign.exchange(ctx, code)
		}
		if !isTerminal(p.in) || errors.Is(err, sign.denied) {
			return publisher.Token{}, profile{}, err
		}
		fmt.Fprintln(p.out, err)
	}
}

func authorizeBase(base string) string {
	if base == "" {
		return threads.DefaultAuthorizeBase
	}
	for _, api := range apiHosts {
		if strings.TrimRight(base, "/") == api {
			return threads.DefaultAuthorizeBase
		}
	}
	return base
}

func (p *program) takeToken(ctx context.Context, in *bufio.Reader, sign signIn) (publisher.Token, profile, error) {
	value, err := p.secretLine(ctx, in, "Token (it is not shown): ")
	if err != nil {
		return publisher.Token{}, profile{}, err
	}
	return sign.verify(ctx, value)
}

// keepLogin stores the token, and lets the account post again.
func (p *program) keepLogin(ctx context.Context, db *store.DB, in *bufio.Reader, name string, token publisher.Token, who profile, yes bool) error {
	before, _, err := db.Recall(ctx, name, "profile")
	if err != nil {
		return err
	}
	if before != "" && before != who.id && !yes {
		fmt.Fprintf(p.out, "Until now account %s was another profile; this token is @%s. Posts that wait go there. Go on? [no] ", name, who.name)
		line, _ := readLine(ctx, in)
		if answer := strings.ToLower(line); answer != "y" && answer != "yes" {
			return errors.New("nothing was changed")
		}
	}
	if err := db.Remember(ctx, name, "profile", who.id); err != nil {
		return err
	}
	t := &tokens{db: db, account: name, now: p.now}
	old, err := t.Token(ctx)
	if err != nil && !errors.Is(err, publisher.ErrNoToken) {
		return err
	}
	if err := t.Replace(ctx, old, token); err != nil {
		return err
	}
	if err := db.ClearStop(ctx, name); err != nil && !errors.Is(err, spool.ErrNotFound) { // a new account never stopped
		return err
	}
	says := fmt.Sprintf("account %s posts as @%s%s", name, who.name, lasts(token, p.now()))
	fmt.Fprintln(p.out, p.paint("ok", green), fold(p.out, says, "   "))
	return nil
}

func lasts(t publisher.Token, now time.Time) string {
	if t.Expires.IsZero() {
		return ""
	}
	return "; the token ends " + ago(t.Expires, now) + " and is renewed well before"
}
