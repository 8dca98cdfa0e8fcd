package bench

import (
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"spool"
	"spool/store"

	"spool/publisher/threads/threadstest"
)

// A site is a folder with a configuration for the real program.
type site struct {
	b      *testing.B
	dir    string
	binary string
	feeds  int
}

// siteConfig is for one account on a network that nobody answers for: posts are
// recorded, and stay where they are.
const siteConfig = `
database: %s
server: {listen: "%s", public_url: "%s"}
fetch: {allow_networks: [127.0.0.0/8]}
accounts:
  desk:
    network: threads
    base_url: %s
    token: THQVJbenchmarktoken1234567890
%s
defaults:
  accounts: [desk]
  schedule: "@every %s"
%s
feeds:
`

// A setup is what the configurations of the benchmarks differ in.
type setup struct {
	feeds    int
	url      func(feed int) string
	listen   string
	public   string // the address at which hubs reach it; default: none
	network  string // the address of Threads; default: a stand-in of its own
	schedule string // default 15m
	account  string // more lines of the account
	defaults string // more lines of the feeds' defaults
}

func newSite(b *testing.B, s setup) *site {
	b.Helper()
	dir := b.TempDir()
	if s.network == "" {
		s.network = quietNetwork(b)
	}
	if s.schedule == "" {
		s.schedule = "15m"
	}
	var text strings.Builder
	fmt.Fprintf(&text, siteConfig, filepath.Join(dir, "spool.db"), s.listen, s.public, s.network, s.account, s.schedule, s.defaults)
	for i := range s.feeds {
		fmt.Fprintf(&text, "  %s:\n    url: %s\n", feedName(i), s.url(i))
	}
	if err := os.WriteFile(filepath.Join(dir, "config.yaml"), []byte(text.String()), 0o600); err != nil {
		b.Fatal(err)
	}
	return &site{b: b, dir: dir, binary: spoolBinary(b), feeds: s.feeds}
}

func feedName(i int) string { return fmt.Sprintf("section-%d", i) }

// quietNetwork is a stand-in of Threads on which nothing has been posted.
func quietNetwork(b *testing.B) string {
	b.Helper()
	network := threadstest.New(threadstest.Options{})
	network.AddUser("desk", "THQVJbenchmarktoken1234567890")
	api := httptest.NewServer(network)
	b.Cleanup(api.Close)
	return api.URL
}

func (s *site) command(args ...string) *exec.Cmd {
	args = append(args, "--config", filepath.Join(s.dir, "config.yaml"), "--log-format", "json")
	cmd := exec.CommandContext(s.b.Context(), s.binary, args...)
	cmd.Env = slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "GOGC=") || strings.HasPrefix(v, "GOMEMLIMIT=") })
	return cmd
}

func (s *site) once() cost {
	s.b.Helper()
	return spend(s.b, s.command("run", "--once"))
}

// open opens the program's database.
func (s *site) open(o store.Options) *store.DB {
	s.b.Helper()
	db, err := store.Open(s.b.Context(), filepath.Join(s.dir, "spool.db"), o)
	if err != nil {
		s.b.Fatal(err)
	}
	return db
}

// verify fails unless every feed was read well, and so many posts wait.
func (s *site) verify(waiting int) {
	s.b.Helper()
	db := s.open(store.Options{ReadOnly: true})
	defer db.Close()
	feeds, err := db.Feeds(s.b.Context())
	if err != nil {
		s.b.Fatal(err)
	}
	if len(feeds) != s.feeds {
		s.b.Fatalf("%d feeds, want %d", len(feeds), s.feeds)
	}
	for _, f := range feeds {
		if f.Failures > 0 || f.Items != listed || f.LastGood.IsZero() {
			s.b.Fatalf("feed %s: %d failures, %d items: %s", f.Name, f.Failures, f.Items, f.Problem)
		}
	}
	counts, err := db.Counts(s.b.Context())
	if err != nil {
		s.b.Fatal(err)
	}
	got := 0
	for _, c := range counts.Posts {
		if c.State == spool.Waiting {
			got += c.N
		}
	}
	if got != waiting {
		s.b.Fatalf("%d posts wait, want %d", got, waiting)
	}
}
