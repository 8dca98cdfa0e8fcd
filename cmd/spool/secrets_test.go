package main

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"spool/config"
	"spool/publisher/threads"
	"spool/publisher/threads/threadstest"
	"spool/store"

	_ "modernc.org/sqlite" // to look into the database past the store
)

// Everything secret that the program is given or obtains, in one run through
// everything that can go wrong; and then a test for each place at which it must
// not show up.

const (
	secretApp   = "appsecret0f0f0f0f0f0f0f0f"
	secretPass  = "feedpassword-hush"
	secretQuery = "feedquerykey-hush"
)

const secretsConfig = `
database: %s/spool.db
server: {listen: ""}
accounts:
  desk:
    network: threads
    token: ` + stageToken + `
    limits: {spacing: 0s, per_day: 0, reserve: 0}
  late-desk:
    network: threads
    app: {id: "4711", secret: ` + secretApp + `, redirect_url: "https://www.example.org/login"}
    limits: {spacing: 0s, per_day: 0, reserve: 0}
feeds:
  city:
    url: http://feeds.example/feeds/city.rss?key=` + secretQuery + `
    schedule: "@every 1m"
    accounts: [desk, late-desk]
    settle: 0s
    max_age: 0s
    burst: 0
`

// A browser is a person at the prompt of "spool login": it opens the address
// that the command printed, and pastes the one it ends at.
type browser struct {
	s      *stage
	out    *lockedBuffer
	pasted io.Reader
	code   string
}

var printedURL = regexp.MustCompile(`https?://\S+/oauth/authorize\?\S+`)

func (b *browser) Read(p []byte) (int, error) {
	if b.pasted == nil {
		r, err := http.NewRequestWithContext(b.s.t.Context(), http.MethodGet, printedURL.FindString(b.out.String())+"&user="+nightUser, nil)
		if err != nil {
			return 0, err
		}
		resp, err := b.s.net.Transport().RoundTrip(r)
		if err != nil {
			return 0, err
		}
		_ = resp.Body.Close()
		end := resp.Header.Get("Location")
		if u, err := url.Parse(end); err == nil {
			b.code = u.Query().Get("code")
		}
		b.pasted = strings.NewReader(end + "\n")
	}
	return b.pasted.Read(p)
}

// TestNoSecretInArguments: whoever may list the processes sees their arguments,
// so no secret can be given in one.
func TestNoSecretInArguments(t *testing.T) {
	var walk func(cmd *cobra.Command)
	walk = func(cmd *cobra.Command) {
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			for _, word := range []string{"token", "secret", "password", "code"} {
				if strings.Contains(f.Name, word) && f.Value.Type() != "bool" {
					t.Errorf("%s takes a secret in --%s", cmd.CommandPath(), f.Name)
				}
			}
		})
		for _, sub := range cmd.Commands() {
			walk(sub)
		}
	}
	walk((&program{world: world{getenv: func(string) (string, bool) { return "", false }}}).root())
}

// login runs "spool login late-desk" through the browser. It returns what was
// printed and the code that went through the person's hands.
func (s *stage) login() (string, string) {
	s.t.Helper()
	out := &lockedBuffer{}
	b := &browser{s: s, out: out}
	p := &program{
		world: world{in: b, out: out, err: out, getenv: s.prog.getenv},
		now:   s.prog.now, feedTransport: s.prog.feedTransport, apiTransport: s.prog.apiTransport,
	}
	if code := p.run(s.t.Context(), []string{"--config", s.prog.configPath, "--log-level", "debug", "login", "late-desk"}); code != exitDone {
		s.t.Fatalf("login: status %d\n%s", code, out.String())
	}
	if b.code == "" {
		s.t.Fatal("the browser got no code")
	}
	return out.String(), b.code
}

// An ordeal is a run through everything, after which there is much to look at.
type ordeal struct {
	*stage
	secrets map[string]string // by what they are
	login   string            // what "spool login" printed
}

// throughEverything takes the stage through a login, every fault of both
// stand-ins, a revoked token and a renewed one.
func throughEverything(t *testing.T, look func(t *testing.T, o *ordeal)) {
	t.Helper()
	play(t, secretsConfig, func(t *testing.T, s *stage) {
		s.prog.tick = 5 * time.Second // looks less often, and sees as much
		o := &ordeal{stage: s, secrets: map[string]string{
			"configured token": stageToken, "app secret": secretApp, "feed's query": secretQuery,
		}}
		s.net.AddUser(nightUser, nightToken)
		s.baseline()
		o.login, o.secrets["login code"] = s.login()
		o.secrets["token of the login"] = o.token("late-desk")
		for _, sick := range sickFeeds() {
			s.room.Fail("city", sick.fault)
			s.publish(1)
			s.wait(time.Minute)
			s.room.Recover("city")
			if _, err := s.d.db.Posts(t.Context(), store.Filter{}); err != nil {
				t.Fatal(err)
			}
		}
		for _, fault := range threadstest.AllFaults(time.Minute) {
			s.net.Plan(threadstest.Rule{Times: 3, Action: fault.Action})
			s.publish(1)
			s.wait(3 * time.Minute)
		}
		s.net.Plan()
		s.net.Revoke(stageToken, 190, 460)
		s.publish(1)
		s.wait(15 * time.Minute)
		s.net.Revoke(stageToken, 0, 0)
		o.renew()
		look(t, o)
	})
}

// renew lets ten days pass, slowly looked at, in which the tokens are renewed.
func (o *ordeal) renew() {
	o.t.Helper()
	o.end()
	o.prog.tick = 30 * time.Minute
	o.start()
	o.wait(10 * 24 * time.Hour)
	for _, name := range []string{"desk", "late-desk"} {
		renewed := o.token(name)
		if renewed == o.secrets["configured token"] || renewed == o.secrets["token of the login"] {
			o.t.Fatalf("the token of %s was not renewed\n%s", name, o.tail())
		}
		o.secrets["renewed token of "+name] = renewed
	}
}

// token is the one that the database holds for an account.
func (s *stage) token(account string) string {
	s.t.Helper()
	token, ok, err := s.d.db.Token(s.t.Context(), account)
	if err != nil || !ok {
		s.t.Fatalf("no token of %s: %v", account, err)
	}
	return token.Value
}

// wantNone fails if a text has a secret in it, plain or as it is in an address.
func (o *ordeal) wantNone(place, text string) {
	o.t.Helper()
	for what, secret := range o.secrets {
		for _, form := range []string{secret, url.QueryEscape(secret)} {
			if i := strings.Index(text, form); i >= 0 {
				o.t.Errorf("%s shows the %s: …%s…", place, what, text[max(i-150, 0):min(i+len(form)+20, len(text))])
				break
			}
		}
	}
}

func TestNoSecretInTheLog(t *testing.T) { throughEverything(t, secretInLog) }

func secretInLog(t *testing.T, o *ordeal) {
	log := o.logs.String()
	for _, want := range []string{"feed cannot be read", "threads request failed", "token renewed", "cannot post until somebody acts", "level=DEBUG"} {
		if !strings.Contains(log, want) {
			t.Errorf("the ordeal was none: the log has no %q", want)
		}
	}
	o.wantNone("the log", log)
	o.wantNone("standard error", o.err.String())
}

func TestNoSecretOnPagesOrInMetrics(t *testing.T) { throughEverything(t, secretInPages) }

func secretInPages(t *testing.T, o *ordeal) {
	paths := []string{"/", "/healthz", "/readyz", "/metrics", "/nowhere", "/?key=" + "x", "/feeds", "/feeds?show=attention"}
	feeds, err := o.d.db.Feeds(t.Context())
	if err != nil || len(feeds) == 0 {
		t.Fatalf("%d feeds: %v", len(feeds), err)
	}
	for _, f := range feeds {
		paths = append(paths, "/feeds/"+f.Name)
	}
	for _, path := range paths {
		w := httptest.NewRecorder()
		r := httptest.NewRequest(http.MethodGet, path, nil).WithContext(t.Context())
		r.Host, r.RemoteAddr = "localhost", "127.0.0.1:40000" // whom the pages about feeds are shown
		o.d.pages.Handler().ServeHTTP(w, r)
		if strings.HasPrefix(path, "/feeds") && w.Code != http.StatusOK {
			t.Errorf("page %s: status %d", path, w.Code)
		}
		o.wantNone("page "+path, w.Body.String()+fmt.Sprint(w.Header()))
	}
}

func TestNoSecretInTheOutputOfCommands(t *testing.T) { throughEverything(t, secretInCommands) }

func secretInCommands(_ *testing.T, o *ordeal) {
	id := o.posts()[0].ID
	o.wantNone("spool login", o.login)
	for _, line := range []string{
		"posts list", "posts list --json", "posts show " + id, "posts show --json " + id, "posts retry " + id, "posts hold nothing",
		"feeds list", "feeds list --json", "accounts", "accounts --json", "accounts pause desk", "accounts resume desk",
		"check", "check --online", "preview city", "preview city --json", "preview city --last 9", "preview city --last 9 --json", "preview city --payload", "preview city --payload --json", "login desk", "login late-desk", "login nobody",
		"export", "export --csv", "why " + id, "items list --json", "health", "version", "run", "run --once", "backup /nowhere/at/all", "init",
	} {
		out, _ := o.command("\n", strings.Fields(line)...)
		o.wantNone("spool "+line, out)
	}
	for _, sick := range sickFeeds() {
		o.room.Fail("city", sick.fault, sick.fault, sick.fault)
		out, _ := o.command("", "check", "--online")
		o.wantNone("spool check --online, "+sick.name, out)
		o.room.Recover("city")
	}
	for _, fault := range threadstest.AllFaults(time.Minute) {
		o.net.Plan(threadstest.Rule{Action: fault.Action})
		out, _ := o.command(stageToken+"\n", "login", "late-desk", "--token")
		o.wantNone("spool login --token, "+fault.Name, out)
		out, _ = o.command("", "check", "--online")
		o.wantNone("spool check --online, "+fault.Name, out)
	}
	o.net.Plan()
}

func TestNoSecretInPostsOrTheirHistory(t *testing.T) { throughEverything(t, secretInPosts) }

func secretInPosts(t *testing.T, o *ordeal) {
	for _, p := range o.posts() {
		history, err := o.d.db.History(t.Context(), p.ID)
		if err != nil {
			t.Fatal(err)
		}
		o.wantNone("post "+p.ID, fmt.Sprintf("%+v %+v", p, history))
	}
}

// secretInTables looks at each row of each table. Tokens are in the one table
// that is for them, and what was learned of them nowhere else.
func TestNoSecretInOtherTables(t *testing.T) { throughEverything(t, secretInTables) }

func secretInTables(t *testing.T, o *ordeal) {
	db, err := sql.Open("sqlite", "file:"+filepath.Join(o.dir, "spool.db")+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	tables := textRows(t, db, "SELECT name FROM sqlite_master WHERE type = 'table'")
	if len(tables) < 6 {
		t.Fatalf("tables %q", tables)
	}
	for _, table := range tables {
		rows := strings.Join(textRows(t, db, "SELECT * FROM "+table), "\n")
		if table == "tokens" {
			if !strings.Contains(rows, o.secrets["renewed token of desk"]) {
				t.Error("the token is not where it belongs")
			}
			continue
		}
		if table == "feeds" { // keeps the address to notice when it changes
			rows = strings.NewReplacer(secretQuery, "").Replace(rows)
		}
		o.wantNone("table "+table, rows)
	}
}

func textRows(t *testing.T, db *sql.DB, query string) []string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for rows.Next() {
		values, into := make([]sql.NullString, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		texts := make([]string, len(values))
		for i, v := range values {
			texts[i] = v.String
		}
		out = append(out, strings.Join(texts, " "))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestBackupsAreTheirOwnersAlone(t *testing.T) { throughEverything(t, secretInBackup) }

func secretInBackup(t *testing.T, o *ordeal) {
	path := filepath.Join(o.dir, "copy.db")
	o.wantNone("spool backup", o.must("", "backup", path))
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("others may read a backup: %v", info.Mode())
	}
}

func TestNoSecretInTheLogOfAReload(t *testing.T) { throughEverything(t, secretInReload) }

func secretInReload(_ *testing.T, o *ordeal) {
	before := o.logs.String()
	changed := strings.NewReplacer(stageToken, stageToken+"2", secretApp, secretApp+"2", secretQuery, secretQuery+"2").Replace(secretsConfig)
	o.configure(changed)
	o.d.reload(o.t.Context(), "a test")
	o.configure(strings.Replace(changed, "schedule:", "shedule: "+stageToken+"\n    schedule:", 1) + "\nodd: " + secretApp + "\n")
	o.d.reload(o.t.Context(), "a test")
	after := strings.TrimPrefix(o.logs.String(), before)
	if !strings.Contains(after, "configuration reloaded") || !strings.Contains(after, "refused") {
		o.t.Errorf("nothing was reloaded:\n%s", after)
	}
	o.wantNone("the log of a reload", strings.NewReplacer("shedule: "+stageToken, "").Replace(after))
}

// secretInStructs prints whatever holds a secret, as a careless line of a log
// or a panic's message would.
func TestNoSecretInPrintedStructs(t *testing.T) { throughEverything(t, secretInStructs) }

func secretInStructs(t *testing.T, o *ordeal) {
	o.configure(secretsConfig)
	cfg, err := o.prog.loadConfig()
	if err != nil {
		t.Fatal(err)
	}
	account := cfg.Accounts["late-desk"]
	things := map[string]any{
		"config.Config": cfg.Accounts, "config.Account": account, "config.App": &account.App,
		"threads.App":   threads.App{ID: "1", Secret: secretApp},
		"threads.Token": threads.Token{Value: o.secrets["renewed token of desk"]},
		"store.Token":   store.Token{Value: o.secrets["renewed token of desk"]},
		"tokens":        &tokens{account: "desk", configured: config.NewSecret(stageToken)},
	}
	for name, thing := range things {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
			o.wantNone("a printed "+name, fmt.Sprintf(verb, thing))
		}
	}
}

// A password in a feed's address would be in too many places, so it is refused,
// and not shown.
func TestNoFeedPasswordInErrors(t *testing.T) {
	file := filepath.Join(t.TempDir(), "config.yaml")
	text := strings.Replace(fmt.Sprintf(stageConfig, "x"), "http://feeds.example", "http://reader:"+secretPass+"@feeds.example", 1)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"check", "run", "preview http://reader:" + secretPass + "@feeds.example.invalid/x", "init --feed http://reader:" + secretPass + "@feeds.example.invalid/x --account a --timezone UTC --contact none"} {
		var out lockedBuffer
		w := world{in: strings.NewReader(""), out: &out, err: &out, getenv: func(string) (string, bool) { return "", false }}
		path := file
		if strings.HasPrefix(line, "init") || strings.HasPrefix(line, "preview") {
			path = file + ".none"
		}
		args := append([]string{"--config", path}, strings.Fields(line)...)
		if strings.HasPrefix(line, "preview") {
			args = strings.Fields(line)
		}
		if code := run(t.Context(), args, w); code == exitDone {
			t.Errorf("spool %s takes it:\n%s", line, out.String())
		}
		if strings.Contains(out.String(), secretPass) {
			t.Errorf("spool %s shows the password:\n%s", strings.Fields(line)[0], out.String())
		}
	}
}

func TestNoDatabasePasswordInErrors(t *testing.T) {
	const password = "dbpassword-hush"
	dir := t.TempDir()
	file := filepath.Join(dir, "config.yaml")
	text := strings.Replace(fmt.Sprintf(stageConfig, dir), dir+"/spool.db", "postgres://spool:"+password+"@127.0.0.1:1/spool?connect_timeout=1", 1)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"run", "run --once", "posts list", "feeds list", "accounts", "backup x", "check --online", "check", "login desk --token"} {
		var out lockedBuffer
		w := world{in: strings.NewReader(""), out: &out, err: &out, getenv: func(string) (string, bool) { return "", false }}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		code := run(ctx, append([]string{"--config", file, "--log-level", "debug"}, strings.Fields(line)...), w)
		cancel()
		if strings.Contains(out.String(), password) {
			t.Errorf("spool %s shows the password:\n%s", line, out.String())
		}
		if line != "check" && line != "login desk --token" && code == exitDone {
			t.Errorf("spool %s succeeds without a database", line)
		}
		if code == exitFailed && !strings.Contains(out.String(), "127.0.0.1") {
			t.Errorf("spool %s does not name the database:\n%s", line, out.String())
		}
	}
}
