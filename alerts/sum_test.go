package alerts_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"spool"
	"spool/alerts"
)

// A storm is a book whose announcements are recorded as a scheduler would.
type storm struct {
	t     *testing.T
	p     alerts.Policy
	now   time.Time
	book  []spool.Tracked
	posts map[string][]spool.Post
}

func newStorm(t *testing.T, above int) *storm {
	return &storm{t: t, now: noon, posts: map[string][]spool.Post{}, p: alerts.Policy{
		Feed: "lines", Accounts: []string{"riders"}, DigestAbove: above, DigestWithin: 30 * time.Minute, UpdateEvery: 10 * time.Minute, Planned: alerts.Planned{Ahead: 24 * time.Hour},
	}}
}

// begins enters an alert of a line.
func (s *storm) begins(line string, effect spool.Effect) {
	a := slow("Line " + line + ": something is not as usual")
	a.ID, a.Effect, a.Severity, a.Affected = line, effect, spool.Warning, []spool.Affected{{Route: line}}
	if effect == spool.NoService {
		a.Severity = spool.Severe
	}
	s.book = append(s.book, spool.Tracked{Feed: "lines", Item: line, Open: true, Alert: a, First: s.now, Last: s.now})
}

func (s *storm) entry(item string) *spool.Tracked {
	i := slices.IndexFunc(s.book, func(t spool.Tracked) bool { return t.Item == item })
	if i < 0 {
		s.t.Fatalf("no %s", item)
	}
	return &s.book[i]
}

func (s *storm) ends(item string, ending spool.Ending) {
	t := s.entry(item)
	t.Open, t.Closed, t.Ending = false, s.now, ending
}

// reads sums up, and makes live what is announced. It returns what changed, by item.
func (s *storm) reads() []string {
	var changed []string
	for _, t := range s.p.Sum(s.book, s.posts, s.now) {
		if i := slices.IndexFunc(s.book, func(o spool.Tracked) bool { return o.Item == t.Item }); i >= 0 {
			s.book[i] = t
		} else {
			s.book = append(s.book, t)
		}
		changed = append(changed, t.Item)
	}
	for _, t := range s.book {
		account := "riders"
		if t.Account != "" {
			account = t.Account
		}
		d := s.p.Decide(t, alerts.TellingOf(t.Alert, spool.Begins, ""), s.posts[t.Item], alerts.Abilities{Account: account}, s.now)
		for _, deed := range d.Deeds {
			if deed.Do != alerts.DoAnnounce && deed.Do != alerts.DoRenew {
				continue
			}
			told := alerts.TellingOf(t.Alert, deed.Phase, "")
			s.posts[t.Item] = append(s.posts[t.Item], spool.Post{
				ID: fmt.Sprintf("%s-%d", t.Item, len(s.posts[t.Item])), Item: t.Item, Account: account, Purpose: spool.Announce,
				State: spool.Live, Created: s.now, LiveAt: s.now, Content: spool.Content{Told: &told},
			})
		}
	}
	return changed
}

// digest is the account's digest; nil: there is none that is open.
func (s *storm) digest() *spool.Tracked {
	for i, t := range s.book {
		if t.Account != "" && t.Open {
			return &s.book[i]
		}
	}
	return nil
}

// told says what was announced by itself, and what the digest tells.
func (s *storm) told() string {
	var alone []string
	for item := range maps.Keys(s.posts) {
		if s.entry(item).Account == "" {
			alone = append(alone, item)
		}
	}
	slices.Sort(alone)
	if d := s.digest(); d != nil {
		return strings.Join(alone, " ") + " | " + strings.Join(d.Alert.Members, " ")
	}
	return strings.Join(alone, " ")
}

func (s *storm) want(want string) {
	s.t.Helper()
	if got := s.told(); got != want {
		s.t.Fatalf("%s is told, want %s", got, want)
	}
}

func TestSumOfAStorm(t *testing.T) {
	s := newStorm(t, 3)
	for _, line := range []string{"1", "2", "3", "4", "5"} {
		s.begins(line, spool.Detour)
	}
	s.begins("6", spool.NoService)
	s.reads()
	s.want("1 2 6 | 3 4 5") // two besides the severe one
	d := s.digest()
	if d.Item != d.Alert.ID || d.Feed != "lines" || d.Account != "riders" || !d.First.Equal(noon) || d.Alert.Planned || len(d.Alert.Periods) > 0 ||
		d.Alert.Effect != spool.Detour || d.Alert.Severity != spool.Warning || len(d.Alert.Affected) != 3 {
		t.Errorf("the digest is %+v", d)
	}
	if m := s.entry("4"); m.Digest != d.Item || m.Digests["riders"] != d.Item {
		t.Errorf("a member is %+v", m)
	}
	if again := s.reads(); len(again) > 0 {
		t.Errorf("nothing has changed, and %v differ", again)
	}

	s.now = at(20)
	s.begins("7", spool.SignificantDelays)
	s.begins("8", spool.NoService)
	s.reads()
	s.want("1 2 6 8 | 3 4 5 7")

	s.now = at(25)
	s.entry("4").Alert.Effect, s.entry("4").Alert.Severity = spool.NoService, spool.Severe
	s.reads()
	s.want("1 2 4 6 8 | 3 5 7")

	s.now = at(40)
	s.ends("3", spool.ByTime)
	s.ends("5", spool.ByTime)
	s.reads()
	s.want("1 2 4 6 8 | 7")
	item := s.digest().Item
	s.now = at(50)
	s.ends("7", spool.ByTime)
	s.reads()
	s.want("1 2 4 6 8")
	if d := s.entry(item); d.Open || !d.Closed.Equal(s.now) || d.Ending != spool.ByTime || len(d.Alert.Members) != 1 {
		t.Errorf("the digest that is over: %+v", d)
	}
	if again := s.reads(); len(again) > 0 {
		t.Errorf("nothing has changed, and %v differ", again)
	}

	s.now = at(200) // a member is back, and another day has begun for the account
	m := s.entry("5")
	m.Open, m.Closed, m.Ending = true, time.Time{}, ""
	s.reads()
	s.want("1 2 4 5 6 8")
}

func TestSumOrder(t *testing.T) {
	s := newStorm(t, 1)
	for _, line := range []string{"1", "100", "9", "B", "46", "A"} {
		s.begins(line, spool.Detour)
	}
	s.entry("B").Alert.Effect = spool.ReducedService
	s.entry("9").Alert.Severity = spool.Info
	s.reads()
	s.want("B | 1 46 100 A 9")
}

func TestSumEndings(t *testing.T) {
	for _, c := range []struct {
		endings []spool.Ending
		want    spool.Ending
	}{
		{[]spool.Ending{spool.BySource, spool.BySource, spool.BySource}, spool.BySource},
		{[]spool.Ending{spool.BySource, spool.ByTime, spool.BySource}, spool.ByGone},
		{[]spool.Ending{spool.ByTime, spool.ByTime, spool.ByTime}, spool.ByTime},
		{[]spool.Ending{spool.ByGone, spool.ByTime, spool.ByTime}, spool.ByGone},
	} {
		s := newStorm(t, 1)
		for _, line := range []string{"0", "1", "2", "3"} {
			s.begins(line, spool.Detour)
		}
		s.reads()
		s.want("0 | 1 2 3")
		item := s.digest().Item
		for i, ending := range c.endings {
			s.ends(fmt.Sprint(i+1), ending)
		}
		s.reads()
		if d := s.entry(item); d.Open || d.Ending != c.want || len(d.Alert.Members) != 3 {
			t.Errorf("%v: %+v", c.endings, d)
		}
	}
}

func TestSumOnlyWhatIsTooMuch(t *testing.T) {
	s := newStorm(t, 3)
	for _, line := range []string{"1", "2", "3"} {
		s.begins(line, spool.Detour)
	}
	s.reads()
	s.want("1 2 3")
	s.now = at(5)
	s.begins("4", spool.Detour) // a digest of one would be no post less
	s.reads()
	s.want("1 2 3 4")
	s.now = at(6)
	s.begins("5", spool.Detour)
	s.reads()
	s.want("1 2 3 4 | 5")
	s.now = at(120) // long after the storm
	s.begins("6", spool.Detour)
	s.reads()
	s.want("1 2 3 4 6 | 5")
	s.now = at(125)
	s.entry("5").Muted = "inhibit: the whole line"
	s.reads()
	s.want("1 2 3 4 6")
	if d := s.entry(s.entry("5").Digest); d.Open || d.Ending != spool.ByGone {
		t.Errorf("a digest of nothing: %+v", d)
	}
}

func TestSumLeavesAlone(t *testing.T) {
	for _, c := range []struct {
		name string
		with func(*spool.Tracked)
	}{
		{"what is filtered", func(t *spool.Tracked) { t.Muted = "exclude" }},
		{"what is known", func(t *spool.Tracked) { t.Known = true }},
		{"what is over", func(t *spool.Tracked) { t.Open, t.Closed = false, noon }},
		{"what has to last", func(t *spool.Tracked) { t.Due = at(5) }},
		{"what is still to come", func(t *spool.Tracked) {
			t.Alert.Planned, t.Alert.Periods = true, []spool.Period{{Start: at(60)}}
		}},
		{"what is not due", func(t *spool.Tracked) {
			t.Alert.Planned, t.Alert.Periods = true, []spool.Period{{Start: at(3000)}}
		}},
	} {
		s := newStorm(t, 1)
		for _, line := range []string{"1", "2", "3", "4"} {
			s.begins(line, spool.Detour)
		}
		for i := range s.book[1:] {
			c.with(&s.book[i+1])
		}
		want := "1"
		if c.name == "what is still to come" {
			want = "1 2 3 4"
		}
		if s.reads(); s.told() != want {
			t.Errorf("%s: %s", c.name, s.told())
		}
		if want != "1" { // it does not count either
			s.begins("5", spool.Detour)
			s.begins("6", spool.Detour)
			s.reads()
			s.want("1 2 3 4 | 5 6")
		}
	}
	s := newStorm(t, 0)
	for _, line := range []string{"1", "2", "3", "4"} {
		s.begins(line, spool.Detour)
	}
	s.reads()
	s.want("1 2 3 4")
}

func TestSumByAccount(t *testing.T) {
	s := newStorm(t, 2)
	s.p.Accounts = []string{"riders", "quiet"}
	s.p.Routing = []alerts.Routing{{Match: alerts.Match{Route: []string{"1", "2", "3", "4"}}, Accounts: []string{"riders"}}}
	for _, line := range []string{"1", "2", "3", "4", "5"} {
		s.begins(line, spool.Detour)
	}
	changed := s.p.Sum(s.book, s.posts, s.now)
	for _, c := range changed {
		if c.Account == "quiet" {
			t.Errorf("a digest for an account that has one alert: %+v", c)
		}
		if c.Item == "5" && (c.Digests["riders"] == "" || c.Digests["quiet"] != "") {
			t.Errorf("an alert for two accounts: %+v", c)
		}
	}
	if len(changed) != 4 {
		t.Errorf("%d entries changed", len(changed))
	}
}

func TestSumWaitsForNobody(t *testing.T) {
	s := newStorm(t, 2)
	s.begins("1", spool.Detour)
	s.begins("2", spool.Detour)
	s.reads()
	for _, line := range []string{"1", "2"} { // an account that cannot post for hours
		p := &s.posts[line][0]
		p.State, p.LiveAt = spool.Held, time.Time{}
	}
	s.now = at(300)
	for _, line := range []string{"3", "4", "5"} {
		s.begins(line, spool.Detour)
	}
	s.reads()
	s.want("1 2 | 3 4 5")
}

func TestDigestsGoOnWhenSwitchedOff(t *testing.T) {
	s := newStorm(t, 1)
	for _, line := range []string{"1", "2", "3"} {
		s.begins(line, spool.Detour)
	}
	s.reads()
	s.want("1 | 2 3")
	s.p.DigestAbove = 0
	s.begins("4", spool.Detour)
	s.ends("2", spool.ByGone)
	s.reads()
	s.want("1 4 | 3")
	s.ends("3", spool.ByGone)
	s.reads()
	s.want("1 4")
}
