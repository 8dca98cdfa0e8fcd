package alerts

import (
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"spool"
)

var rewrite = flag.Bool("rewrite", false, "write what came out into the scenarios of testdata/track")

// The scenarios are series of readings, each with what came of it. "> 10:00" is a
// reading, with its entities below; "=" lines are what Track made of it, and can be
// read by eye. Each is also run with its entities, and its book, in other orders.
func TestTrackScenarios(t *testing.T) {
	files, err := filepath.Glob("testdata/track/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("there are no scenarios", err)
	}
	for _, name := range files {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txt"), func(t *testing.T) {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			var out strings.Builder
			for _, s := range strings.SplitAfter(string(data), "\n\n") {
				got := runScenario(t, s, nil)
				for seed := range uint64(4) {
					shuffled := runScenario(t, s, rand.New(rand.NewPCG(seed, 1)))
					if shuffled != got {
						t.Errorf("in another order it is\n%s\nand not\n%s", shuffled, got)
					}
				}
				out.WriteString(got)
			}
			if *rewrite {
				if err := os.WriteFile(name, []byte(out.String()), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if got, want := out.String(), string(data); got != want {
				t.Errorf("what comes out differs:\n%s", differing(got, want))
			}
		})
	}
}

func differing(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			return fmt.Sprintf("line %d:\n got %s\nwant %s", i+1, g[i], w[i])
		}
	}
	return fmt.Sprintf("%d lines, not %d", len(g), len(w))
}

// A play is one scenario under way.
type play struct {
	t     testing.TB
	p     Policy
	book  []spool.Tracked
	notes json.RawMessage
	last  time.Time
	alias map[string]string
	rnd   *rand.Rand
}

func runScenario(t testing.TB, text string, rnd *rand.Rand) string {
	pl := &play{t: t, alias: map[string]string{}, rnd: rnd, p: Policy{
		Feed: "lines", GoneFetches: 3, GoneTime: 10 * time.Minute, ReopenWithin: time.Hour, Inhibit: true,
		Planned: Planned{Ahead: 24 * time.Hour}, SevereAtStart: true,
	}}
	var out strings.Builder
	var step []string
	flush := func() {
		if len(step) > 0 {
			out.WriteString(pl.step(step))
			step = nil
		}
	}
	for _, line := range strings.Split(text, "\n") {
		switch {
		case strings.HasPrefix(line, "= "):
		case strings.HasPrefix(line, "> "):
			flush()
			step = []string{line}
		case strings.HasPrefix(line, "  ") && step != nil:
			step = append(step, line)
		default:
			flush()
			if set, ok := strings.CutPrefix(line, "policy "); ok {
				pl.policy(set)
			}
			out.WriteString(line + "\n")
		}
	}
	flush()
	return strings.TrimSuffix(out.String(), "\n")
}

func (pl *play) policy(set string) {
	for _, f := range strings.Fields(set) {
		key, value, _ := strings.Cut(f, "=")
		d, _ := time.ParseDuration(value)
		switch key {
		case "debounce":
			pl.p.Debounce = d
		case "reopen":
			pl.p.ReopenWithin = d
		case "stale":
			pl.p.Stale = d
		case "minleft":
			pl.p.MinLeft = d
		case "log":
			pl.p.Log = true
		case "planned":
			pl.p.Planned = Planned{Never: value == "skip", Listed: value == "publish", Ahead: d}
		case "first":
			n, _ := strconv.Atoi(value)
			pl.p.FirstRun = FirstRun{All: value == "all", Latest: n}
		case "severe":
			pl.p.SevereAtStart = value == "tell"
		case "exclude":
			pl.p.Exclude = []Match{{Effect: []spool.Effect{spool.Effect(value)}}}
		case "resumed":
			pl.p.Resumed = []*regexp.Regexp{regexp.MustCompile(value)}
		default:
			pl.t.Fatalf("unknown policy %s", f)
		}
	}
}

// at reads a moment: "10:00" is of the first day, "2d10:00" of the third.
func at(t testing.TB, s string) time.Time {
	days, clock, ok := strings.Cut(s, "d")
	n := 0
	if ok {
		n, _ = strconv.Atoi(days)
	} else {
		clock = s
	}
	m, err := time.Parse("15:04", clock)
	if err != nil {
		t.Fatal(err)
	}
	return time.Date(2026, 3, 2+n, m.Hour(), m.Minute(), 0, 0, time.UTC)
}

func showAt(m time.Time) string {
	days := int(m.Sub(time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)) / (24 * time.Hour))
	s := m.UTC().Format("15:04")
	if m.Second() != 0 {
		s = m.UTC().Format("15:04:05")
	}
	if days > 0 {
		s = fmt.Sprintf("%dd%s", days, s)
	}
	return s
}

func (pl *play) step(lines []string) string {
	fields := strings.Fields(lines[0])
	now := at(pl.t, fields[1])
	r := &Reading{}
	for _, f := range fields[2:] {
		key, value, _ := strings.Cut(f, "=")
		switch key {
		case "fail":
			r = nil
		case "same":
			r.Same = true
		case "partial":
			r.Partial = true
		case "stamp":
			r.Stamp = at(pl.t, value)
		case "withdrew":
			r.Withdrew = strings.Split(value, "|")
		default:
			pl.t.Fatalf("unknown word %s in %s", f, lines[0])
		}
	}
	for _, line := range lines[1:] {
		r.Alerts = append(r.Alerts, alertOf(pl.t, line))
	}
	if pl.rnd != nil && r != nil {
		pl.rnd.Shuffle(len(r.Alerts), func(i, j int) { r.Alerts[i], r.Alerts[j] = r.Alerts[j], r.Alerts[i] })
		pl.rnd.Shuffle(len(pl.book), func(i, j int) { pl.book[i], pl.book[j] = pl.book[j], pl.book[i] })
	}
	pl.book = stored(pl.t, pl.book)
	got := pl.p.Track(pl.book, pl.notes, r, pl.last, now)
	pl.book, pl.notes = got.Book, got.Notes
	if r != nil && !got.Ignored {
		pl.last = now
	}
	return strings.Join(lines, "\n") + "\n" + pl.show(got, now)
}

// stored is a book as it is after it was written down and read again.
func stored(t testing.TB, book []spool.Tracked) []spool.Tracked {
	var all []spool.Tracked
	for _, b := range book {
		data, err := json.Marshal(b)
		if err != nil {
			t.Fatal(err)
		}
		c := spool.Tracked{Feed: b.Feed, Item: b.Item, Open: b.Open}
		if err := json.Unmarshal(data, &c); err != nil {
			t.Fatal(err)
		}
		all = append(all, c)
	}
	return all
}

var token = regexp.MustCompile(`"[^"]*"|\S+`)

// alertOf reads an entity: ID key=value … "header" "description".
func alertOf(t testing.TB, line string) spool.Alert {
	var a spool.Alert
	texts := 0
	for i, f := range token.FindAllString(line, -1) {
		key, value, _ := strings.Cut(f, "=")
		switch {
		case i == 0:
			a.ID = f
		case strings.HasPrefix(f, `"`):
			texts++
			text := spool.Texts{{Language: "en", Text: strings.Trim(f, `"`)}}
			if texts == 1 {
				a.Header = text
			} else {
				a.Description = text
			}
		case key == "line":
			for _, l := range strings.Split(value, ",") {
				route, stop, _ := strings.Cut(l, "@")
				a.Affected = append(a.Affected, spool.Affected{Route: route, Stop: stop})
			}
		case key == "names":
			a.Names = strings.Split(value, "|")
		case key == "replaces":
			a.Replaces = strings.Split(value, "|")
		case key == "effect":
			a.Effect = spool.Effect(value)
		case key == "severity":
			a.Severity = spool.Severity(value)
		case key == "created":
			a.Created = at(t, value)
		case key == "updated":
			a.Updated = at(t, value)
		case key == "ended":
			a.Ended = at(t, value)
		case key == "period":
			for _, p := range strings.Split(value, ",") {
				from, to, _ := strings.Cut(p, "-")
				var q spool.Period
				if from != "" {
					q.Start = at(t, from)
				}
				if to != "" {
					q.End = at(t, to)
				}
				a.Periods = append(a.Periods, q)
			}
		case f == "guess":
			a.Guess = true
		case f == "planned":
			a.Planned = true
		case f == "resumed":
			a.Resumed = true
		default:
			t.Fatalf("unknown word %s in %s", f, line)
		}
	}
	return a
}

// show is what Track made of a step, for people. Items are called #1, #2 and so on.
func (pl *play) show(got Tracking, now time.Time) string {
	var out strings.Builder
	var lines []string
	known := slices.Clone(got.Book)
	slices.SortFunc(known, func(a, b spool.Tracked) int {
		return strings.Compare(a.First.Format(time.RFC3339)+a.Names[0]+a.Alert.ID, b.First.Format(time.RFC3339)+b.Names[0]+b.Alert.ID)
	})
	for _, b := range known {
		if pl.alias[b.Item] == "" {
			pl.alias[b.Item] = fmt.Sprintf("#%d", len(pl.alias)+1)
		}
		if slices.Contains(got.Changed, b.Item) {
			line := pl.alias[b.Item] + " " + showTracked(b)
			if news := got.News[b.Item]; len(news) > 0 {
				line += " news=" + strings.Join(news, ",")
			}
			lines = append(lines, line)
		}
	}
	slices.Sort(lines)
	for _, l := range lines {
		out.WriteString("= " + l + "\n")
	}
	if got.Doubt != "" {
		out.WriteString("= doubt " + got.Doubt + "\n")
	}
	if got.Ignored {
		out.WriteString("= ignored\n")
	}
	if !got.Next.IsZero() {
		out.WriteString("= next " + showAt(got.Next) + "\n")
	}
	if !got.Next.IsZero() && !got.Next.After(now) {
		pl.t.Errorf("next is %s, which is not after %s", got.Next, now)
	}
	return out.String()
}

func showTracked(b spool.Tracked) string {
	var words []string
	add := func(format string, args ...any) { words = append(words, fmt.Sprintf(format, args...)) }
	switch {
	case b.Open:
		add("open")
	default:
		add("closed")
		if b.Ending == "" {
			add("silently")
		} else {
			add("by %s", b.Ending)
		}
	}
	add("%q", Pick(b.Alert.Header).Text)
	if ls := lines(b.Alert); len(ls) > 0 {
		add("lines=%s", strings.Join(ls, ","))
	}
	if b.Known {
		add("known")
	}
	if !b.Due.IsZero() {
		add("due=%s", showAt(b.Due))
	}
	if b.Muted != "" {
		add("muted=%q", b.Muted)
	}
	if !b.Since.IsZero() {
		add("missing=%d since=%s", b.Missing, showAt(b.Since))
	}
	if b.Reopened > 0 {
		add("reopened=%d", b.Reopened)
	}
	if len(b.Names) > 2 {
		add("names=%d", len(b.Names))
	}
	return strings.Join(words, " ")
}
