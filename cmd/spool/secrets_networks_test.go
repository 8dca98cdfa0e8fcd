package main

import (
	"database/sql"
	"encoding/base64"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"spool/feeds/feedstest"
	"spool/publisher/bluesky"
	"spool/publisher/bluesky/blueskytest"
	"spool/publisher/mastodon"
	"spool/publisher/mastodon/mastodontest"
	"spool/publisher/webhook/webhooktest"
)

// The networks beside Threads in one run through everything that can go wrong,
// of which all is kept that somebody might see; and then a test for each place.

const (
	hushToken    = "Mx4hushtokenofmastodon0123456789abcdefghijk"
	hushPassword = "hush-hush-quie-tabc"
	hushKey      = "?>?>~hush~the~receivers~key~32!~" // the bytes of the secret
)

// hushSecret has all the signs of base64 that are written in several ways.
var hushSecret = "whsec_" + base64.StdEncoding.EncodeToString([]byte(hushKey))

// networksConfig has a %s for the folder, and words in capitals for the addresses
// of chats.
const networksConfig = `
database: %s/spool.db
server: {listen: ""}
accounts:
  mastodon: {network: mastodon, base_url: "https://newsie.example", token: ` + hushToken + `, limits: {spacing: 0s, per_day: 0, reserve: 0}}
  newcomer: {network: mastodon, base_url: "https://newsie.example", limits: {spacing: 0s, per_day: 0, reserve: 0}}
  bluesky: {network: bluesky, handle: ` + ensembleHandle + `, app_password: ` + hushPassword + `, limits: {spacing: 0s, per_day: 0, reserve: 0}}
  webhook: {network: webhook, base_url: "https://hooks.example/hooks/desk", secret: "SECRET", limits: {spacing: 0s, per_day: 0, reserve: 0}}
  slack: {network: webhook, format: slack, base_url: "https://hooks.exampleSLACK", limits: {spacing: 0s, per_day: 0, reserve: 0}}
  discord: {network: webhook, format: discord, base_url: "https://hooks.exampleDISCORD", limits: {spacing: 0s, per_day: 0, reserve: 0}}
feeds:
  city:
    url: http://feeds.example/feeds/city.rss
    schedule: "@every 1m"
    accounts: [mastodon, newcomer, bluesky, webhook, slack, discord]
    settle: 0s
    max_age: 0s
    burst: 0
    on_change: edit
    post: {image: none}
`

// A hush is a stage with the networks that a wire leads to, and what was seen.
type hush struct {
	*ensemble
	wire    *wire
	config  string
	secrets map[string]string   // by what they are
	seen    map[string][]string // by place
}

// see keeps what somebody might see at a place.
func (h *hush) see(place string, texts ...string) { h.seen[place] = append(h.seen[place], texts...) }

// TestNoSecretOfANetworkIsSeen takes all networks through every fault of their
// stand-ins, through servers that tell back what they were sent, through a login
// and the renewal of sessions, and then looks at every place for secrets.
func TestNoSecretOfANetworkIsSeen(t *testing.T) {
	if testing.Short() {
		t.Skip("with -short, as under the race detector, long lives on virtual time are left out")
	}
	t.Parallel()
	var h *hush
	synctest.Test(t, func(t *testing.T) {
		h = newHush(t)
		defer h.end()
		h.play()
	})
	if t.Failed() {
		return
	}
	parts := pieces(h.secrets)
	for _, place := range slices.Sorted(maps.Keys(h.seen)) {
		t.Run(place, func(t *testing.T) {
			found := leaks(parts, strings.Join(h.seen[place], "\n"))
			for _, leak := range found[:min(len(found), 8)] {
				t.Errorf("shows the %s", leak)
			}
		})
	}
}

func newHush(t *testing.T) *hush {
	hook := webhooktest.New(webhooktest.Options{})
	hook.AddUser(stageUser, hushSecret)
	hook.AddHook("slack", webhooktest.Slack, "")
	hook.AddHook("discord", webhooktest.Discord, "")
	config := strings.NewReplacer("SECRET", hushSecret, "SLACK", hook.Path("slack"), "DISCORD", hook.Path("discord")).Replace(networksConfig)
	e := &ensemble{stage: newStage(t, config), masto: mastodontest.New(mastodontest.Options{}), sky: blueskytest.New(blueskytest.Options{}), hook: hook}
	e.masto.AddUser(stageUser, hushToken)
	e.masto.AddUser("newcomer", "Zz9another-token-of-the-same-instance")
	e.sky.AddUser(ensembleHandle, hushPassword)
	h := &hush{ensemble: e, config: config, seen: map[string][]string{}, secrets: map[string]string{
		"Mastodon token": hushToken, "app password": hushPassword, "webhook secret": hushSecret,
		"webhook secret without its prefix": strings.TrimPrefix(hushSecret, "whsec_"), "webhook key": hushKey,
		"path of Slack": lastSegment(hook.Path("slack")), "path of Discord": lastSegment(hook.Path("discord")),
	}}
	h.wire = &wire{
		hosts:   hosts{"newsie.example": e.masto.Transport(), "bsky.social": e.sky.Transport(), "hooks.example": hook.Transport()},
		granted: map[string]string{}, echoed: map[string]int{}, knows: hushSecret + " " + strings.TrimPrefix(hushSecret, "whsec_") + " " + hushKey,
	}
	e.prog.apiTransport, e.prog.tick, e.json = h.wire, 5*time.Second, &lockedBuffer{}
	return h
}

func lastSegment(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }

// play is the run through everything.
func (h *hush) play() {
	h.baseline()
	h.signIn(nil)
	h.publish(1)
	h.wait(2 * time.Minute)
	h.faults()
	h.echoes(0, 400, 422, 500, 429)
	h.signInAnew(500)
	h.later(5 * time.Hour)
	h.echoes(409, 302)
	h.signInAnew(401)
	h.echoes(404, 401, 403)
	h.commands()
	h.pages()
	h.database()
	h.structs()
	h.reload()
	h.see("log as text", h.logs.String())
	h.see("log as JSON", h.json.(*lockedBuffer).String())
	h.see("standard error", h.err.String())
	h.wantOrdeal()
}

// faults lets each accident befall all requests of each network for a while.
func (h *hush) faults() {
	late := 20 * time.Second
	masto, sky, hook := mastodontest.AllFaults(late), blueskytest.AllFaults(late), webhooktest.AllFaults(late)
	for i := range max(len(masto), len(sky), len(hook)) {
		h.masto.Plan(mastodontest.Rule{Times: 3, Action: masto[i%len(masto)].Action})
		h.sky.Plan(blueskytest.Rule{Times: 3, Action: sky[i%len(sky)].Action})
		h.hook.Plan(webhooktest.Rule{Times: 3, Action: hook[i%len(hook)].Action})
		h.publish(1)
		h.wait(2 * time.Minute)
	}
	h.masto.Plan()
	h.sky.Plan()
	h.hook.Plan()
	h.wait(10 * time.Minute)
}

// echoes has servers answer with those statuses and all that they were sent: to
// posts, edits and withdrawals, to the commands, and to a login.
func (h *hush) echoes(statuses ...int) {
	for _, status := range statuses {
		h.publish(1)
		h.wait(2 * time.Minute)
		all := h.room.Articles("city")
		live := all[len(all)-1]
		for i, e := range []echo{
			{status: status, kind: "application/json", pad: 168}, {status: status, kind: "application/json"},
			{status: status, kind: "application/json", writes: true}, {status: status, kind: "text/plain", pad: 176, writes: true},
			{status: status, kind: "application/json", pad: 140, writes: true},
		} {
			h.wire.set(&e)
			if i == 0 {
				h.signIn(&e)
				out, _ := h.command(hushToken+"\n", "login", "newcomer", "--token")
				h.see("login", out)
				h.run(fmt.Sprintf("check --online, %d", status), "check", "--online")
			}
			switch i {
			case 2:
				h.room.Edit("city", live.GUID, func(a *feedstest.Article) { a.Title += ", corrected" })
			case 3:
				h.run("items takedown", "items", "takedown", live.Link, "--yes", "--as", "desk")
			}
			h.publish(1)
			h.wait(time.Minute)
			h.wire.set(nil)
			h.wait(time.Minute)
		}
	}
}

// signInAnew has the server tell back the password with that status, when the
// account of Bluesky signs in.
func (h *hush) signInAnew(status int) {
	h.sky.EndSessions(ensembleHandle)
	for _, pad := range []int{0, 168} {
		h.wire.set(&echo{status: status, kind: "application/json", pad: pad, only: "createSession"})
		h.publish(1)
		h.wait(3 * time.Minute)
	}
	h.wire.set(nil)
	h.wait(20 * time.Minute)
}

// run keeps what a command printed, in both formats of the log.
func (h *hush) run(line string, args ...string) {
	h.t.Helper()
	for _, format := range []string{"text", "json"} {
		out, _ := h.command("\n", append([]string{"--log-format", format}, args...)...)
		h.see("output of commands", "spool "+line, out)
	}
}

// signIn runs "spool login newcomer" with a person who opens the address that it
// prints and pastes the code that the page shows. The instance answers the
// request with the code as e says.
func (h *hush) signIn(e *echo) {
	h.t.Helper()
	h.wire.set(nil)
	out := &lockedBuffer{}
	p := &program{
		world: world{in: &codeReader{h: h, out: out, then: e}, out: out, err: out, getenv: h.prog.getenv},
		now:   h.prog.now, feedTransport: h.prog.feedTransport, apiTransport: h.prog.apiTransport,
	}
	code := p.run(h.t.Context(), []string{"--config", h.prog.configPath, "--log-level", "debug", "login", "newcomer"})
	if e == nil && code != exitDone {
		h.t.Fatalf("login: status %d\n%s", code, out.String())
	}
	h.see("login", out.String())
}

// later lets time pass, slowly looked at, in which sessions are renewed.
func (h *hush) later(d time.Duration) {
	h.t.Helper()
	h.end()
	h.prog.tick = time.Minute
	h.start()
	h.wait(d)
}

// commands runs all that tell of posts, accounts and feeds.
func (h *hush) commands() {
	seen := map[string]bool{}
	for _, p := range h.posts() {
		key := p.Account + " " + string(p.State)
		if seen[key] {
			continue
		}
		seen[key] = true
		h.run("posts show", "posts", "show", p.ID)
		h.run("posts show --json", "posts", "show", "--json", p.ID)
		h.run("why", "why", p.ID)
	}
	for _, line := range []string{
		"posts list", "posts list --json", "items list", "items list --json", "why Story", "accounts list", "accounts list --json",
		"accounts pause slack", "accounts resume slack", "feeds list --json", "feeds show city", "check", "check --online",
		"preview city --payload", "preview city --json --payload", "preview city --last 5 --json", "login bluesky", "login slack", "login mastodon", "login nobody", "run",
	} {
		h.run(line, strings.Fields(line)...)
	}
	for _, line := range []string{"export", "export --csv"} {
		h.see("export", h.must("", strings.Fields(line)...))
	}
}

func (h *hush) pages() {
	for _, path := range []string{"/", "/healthz", "/readyz", "/metrics", "/feeds", "/feeds/city", "/feeds?show=attention", "/nowhere"} {
		w := httptest.NewRecorder()
		r := httptest.NewRequest(http.MethodGet, path, nil).WithContext(h.t.Context())
		r.Host, r.RemoteAddr = "localhost", "127.0.0.1:40000" // whom the pages about feeds are shown
		h.d.pages.Handler().ServeHTTP(w, r)
		h.see("pages", path, w.Body.String(), fmt.Sprint(w.Header()))
	}
}

// database keeps what the tables hold, but for the one that tokens belong to, and
// the posts with their histories.
func (h *hush) database() {
	h.t.Helper()
	for _, p := range h.posts() {
		history, err := h.d.db.History(h.t.Context(), p.ID)
		if err != nil {
			h.t.Fatal(err)
		}
		h.see("posts and their histories", fmt.Sprintf("%+v %+v", p, history))
	}
	db, err := sql.Open("sqlite", "file:"+filepath.Join(h.dir, "spool.db")+"?mode=ro")
	if err != nil {
		h.t.Fatal(err)
	}
	defer db.Close()
	for _, table := range textRows(h.t, db, "SELECT name FROM sqlite_master WHERE type = 'table'") {
		rows := textRows(h.t, db, "SELECT * FROM "+table)
		if table != "tokens" {
			h.see("table "+table, rows...)
			continue
		}
		for what, secret := range map[string]string{"session of Bluesky": h.wire.last("refreshJwt"), "token of the login": h.wire.last("access_token")} {
			if all := strings.Join(rows, "\n"); secret == "" || !strings.Contains(all, secret) || strings.Contains(all, hushPassword) {
				h.t.Errorf("the %s is not where it belongs, or more is", what)
			}
		}
	}
}

// structs prints what holds secrets, as a careless line of a log would.
func (h *hush) structs() {
	h.t.Helper()
	cfg, err := h.prog.loadConfig()
	if err != nil {
		h.t.Fatal(err)
	}
	things := []any{
		mastodon.App{ID: "1", Secret: h.wire.last("client_secret")}, mastodon.Token{Value: hushToken},
		bluesky.Options{Handle: ensembleHandle, AppPassword: hushPassword}, cfg.Accounts["bluesky"].AppPassword, cfg.Accounts["webhook"].Secret, cfg.Accounts["mastodon"].Token,
	}
	for _, thing := range things {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
			h.see("printed structs", fmt.Sprintf(verb, thing))
		}
	}
}

// reload has the program read configurations that are changed, and wrong ones.
func (h *hush) reload() {
	h.configure(strings.NewReplacer(hushToken, hushToken+"2", hushPassword, hushPassword+"2", lastSegment(h.hook.Path("slack")), lastSegment(h.hook.Path("slack"))+"2").Replace(h.config))
	h.d.reload(h.t.Context(), "a test")
	for i, wrong := range [][2]string{
		{"https://hooks.example/services", "htps://hooks.example/services"}, {"https://hooks.example/services", "https://hooks.example:x/services"}, {"https://hooks.example/services", "https://hooks.example/ services"},
		{"whsec_", "wsec_"}, {"secret: ", "secrets: "}, {"app_password: ", "handle: "}, {"app_password: ", "password: "}, {"network: webhook", "network: whook"}, {hushPassword, "[" + hushPassword + "]"},
	} {
		h.configure(strings.ReplaceAll(h.config, wrong[0], wrong[1]))
		h.d.reload(h.t.Context(), "a test")
		h.run(fmt.Sprintf("check of mistake %d", i), "check")
	}
	h.configure(h.config)
}

// wantOrdeal fails when the run was none.
func (h *hush) wantOrdeal() {
	h.t.Helper()
	for _, want := range []string{"mastodon refused", "bluesky refused", "webhook refused", "mastodon request failed", "bluesky request failed", "cannot post until somebody acts", "configuration reloaded", "is refused", "<removed>"} {
		if !strings.Contains(h.logs.String(), want) || !strings.Contains(h.json.(*lockedBuffer).String(), want) && want != "<removed>" {
			h.t.Errorf("the ordeal was none: the log has no %q", want)
		}
	}
	for _, host := range []string{"newsie.example", "bsky.social", "hooks.example"} {
		if h.wire.echoed[host] < 20 {
			h.t.Errorf("%s has told back what it was sent %d times only", host, h.wire.echoed[host])
		}
	}
	for _, request := range []string{"POST statuses", "POST token", "POST com.atproto.repo.putRecord", "POST com.atproto.server.createSession", "POST desk"} {
		if h.wire.echoed[request] == 0 {
			h.t.Errorf("no %s was told back: %v", request, h.wire.echoed)
		}
	}
	for _, name := range []string{"accessJwt", "refreshJwt", "client_secret", "access_token"} {
		if h.wire.last(name) == "" {
			h.t.Errorf("nobody was granted a %s", name)
		}
	}
	maps.Copy(h.secrets, h.wire.granted)
}
