package dedupe

import (
	"strings"
	"testing"
	"time"

	"spool"
)

// TestSimilarTitles reads pairs of titles, and whether they say the same.
func TestSimilarTitles(t *testing.T) {
	tests := []struct {
		rule string
		a, b string
		same bool
	}{
		{"equal", "Council votes on the harbour plan", "Council votes on the harbour plan", true},
		{"case and punctuation", "Council votes on the harbour plan!", "COUNCIL VOTES: On the Harbour Plan", true},
		{"full width and ligatures", "Ｃouncil votes on the ﬁrst harbour plan", "Council votes on the first harbour plan", true},
		{"curly apostrophe", "City’s council votes on harbour plan", "City's council votes on harbour plan", true},
		{"one word more of nine", "Council votes on the harbour plan after long debate", "Council votes on the harbour plan after a long debate", true},
		{"one word replaced of ten", "The council votes on the harbour plan after a long debate", "The council votes on the harbour plan after a heated debate", true},
		{"one word replaced of six", "Council votes on the harbour plan", "Council votes on the airport plan", false},
		{"too short", "Council votes on harbour", "Council votes on harbour", false},
		{"no letters", "??? !!!", "??? !!!", false},
		{"empty", "", "", false},
		{"other words", "Council votes on the harbour plan", "Storm floods the old town again", false},

		{"update", "UPDATE: Council votes on the harbour plan", "Council votes on the harbour plan", true},
		{"breaking", "Breaking News | Council votes on the harbour plan", "Council votes on the harbour plan", true},
		{"live", "Live: council votes on the harbour plan", "Council votes on the harbour plan – live updates", true},
		{"brackets", "[Video] Council votes on the harbour plan (photos)", "Council votes on the harbour plan", true},
		{"two of them", "BREAKING - UPDATED: Council votes on the harbour plan", "Council votes on the harbour plan", true},
		{"eil", "+++ EIL +++ Stadtrat stimmt über den Hafen ab", "Stadtrat stimmt über den Hafen ab", true},
		{"Eilmeldung", "Eilmeldung: Stadtrat stimmt über den Hafen ab", "Stadtrat stimmt über den Hafen ab", true},
		{"en direct", "EN DIRECT - Le conseil vote sur le plan du port", "Le conseil vote sur le plan du port", true},
		{"última hora", "ÚLTIMA HORA | El consejo vota el plan del puerto", "El consejo vota el plan del puerto", true},
		{"ultim'ora", "Ultim'ora: il consiglio vota sul piano del porto", "Il consiglio vota sul piano del porto", true},
		{"срочно", "Срочно: совет голосует за новый план порта", "Совет голосует за новый план порта", true},
		{"a marker that is a word", "Live music returns to the old harbour", "Music returns to the old harbour town", false},
		{"a colon that is no marker", "Harbour: council votes on the new plan today", "Airport: council rejects the old plan for good", false},

		{"parts in figures", "The long history of the old harbour, part 1", "The long history of the old harbour, part 2", false},
		{"parts in words", "The long history of the old harbour, part one", "The long history of the old harbour, part two", false},
		{"words and figures", "The long history of the old harbour, part two", "The long history of the old harbour, part 2", true},
		{"parts in Roman figures", "The long history of the old harbour, part II", "The long history of the old harbour, part III", false},
		{"German numbers", "Die lange Geschichte des alten Hafens, Teil zwei", "Die lange Geschichte des alten Hafens, Teil drei", false},
		{"French numbers", "La longue histoire du vieux port, chapitre deux", "La longue histoire du vieux port, chapitre trois", false},
		{"versions", "Release of the harbour planning tool 2.1.3 is out", "Release of the harbour planning tool 2.1.4 is out", false},
		{"leading noughts", "Bulletin of the harbour office at 09 hours today", "Bulletin of the harbour office at 9 hours today", true},
		{"days", "Morning briefing for Monday: what you need to know today", "Morning briefing for Tuesday: what you need to know today", false},
		{"months", "Harbour statistics of the city for March are published now", "Harbour statistics of the city for April are published now", false},
		{"letters", "World Cup draw: who plays whom in Group B this summer", "World Cup draw: who plays whom in Group F this summer", false},
		{"an article", "A storm floods the old town of the port again", "Storm floods the old town of the port again", true},

		{"Chinese", "市议会今天就新港口计划进行投票表决", "市议会今天就新港口计划进行投票表决！", true},
		{"Chinese, a marker", "快讯：市议会今天就新港口计划进行投票表决", "市议会今天就新港口计划进行投票表决", true},
		{"Chinese, other words", "市议会今天就新港口计划进行投票表决", "暴风雨再次淹没了老城区的许多街道", false},
		{"Chinese, figures", "市议会今天就新港口计划3进行投票表决", "市议会今天就新港口计划4进行投票表决", false},
		{"Japanese", "市議会が新しい港の計画について採決を行った", "【速報】市議会が新しい港の計画について採決を行った", true},
		{"Thai", "สภาเมืองลงมติเรื่องแผนท่าเรือใหม่วันนี้", "สภาเมืองลงมติเรื่องแผนท่าเรือใหม่วันนี้", true},
		{"too short in Chinese", "港口计划", "港口计划", false},
		{"Korean has spaces", "시의회 오늘 새 항만 계획 표결 진행", "속보: 시의회 오늘 새 항만 계획 표결 진행", true},
		{"Arabic", "مجلس المدينة يصوت على خطة الميناء الجديدة", "مجلس المدينة يصوت على خطة الميناء الجديدة", true},
		{"two scripts", "COBET HA CTPAHE BCE TYT", "СОВЕТ НА СТРАНЕ ВСЕ ТУТ", false},
	}
	for _, tt := range tests {
		a, b := newTitle(tt.a), newTitle(tt.b)
		if a.like(b) != tt.same || b.like(a) != tt.same {
			t.Errorf("%s: %q and %q: %v, want %v", tt.rule, tt.a, tt.b, a.like(b), tt.same)
		}
	}
}

// FuzzTitle: any title is like itself unless it is too short, and being like is
// mutual.
func FuzzTitle(f *testing.F) {
	f.Add("Update: Council votes", "[EIL] ++ | – ")
	f.Add("\xff\xfe 市议会", strings.Repeat("x ", 2000))
	f.Fuzz(func(t *testing.T, s, other string) {
		a, b := newTitle(s), newTitle(other)
		if a.like(a) == a.short {
			t.Errorf("%q is like itself: %v, short: %v", s, a.like(a), a.short)
		}
		if a.like(b) != b.like(a) {
			t.Errorf("%q and %q are like each other one way", s, other)
		}
	})
}

// TestLook is about which items are compared, and which of two wins.
func TestLook(t *testing.T) {
	const words = "Council votes on the harbour plan"
	at := func(d time.Duration) time.Time { return noon.Add(d) }
	tests := []struct {
		name   string
		recent []spool.Item
		doc    []spool.Item
		want   map[string]string // guid → guid of what it is like
	}{
		{"nothing recent", nil, []spool.Item{story("1", "https://e.org/1", words, noon)}, nil},
		{"a recent one", []spool.Item{story("0", "https://e.org/0", words, at(-time.Hour))},
			[]spool.Item{story("1", "https://e.org/1", "Update: "+words, noon)}, map[string]string{"1": "0"}},
		{"a day and a bit ago", []spool.Item{story("0", "https://e.org/0", words, at(-25*time.Hour))},
			[]spool.Item{story("1", "https://e.org/1", words, noon)}, nil},
		{"just within a day", []spool.Item{story("0", "https://e.org/0", words, at(-24*time.Hour))},
			[]spool.Item{story("1", "https://e.org/1", words, noon)}, map[string]string{"1": "0"}},
		{"the older of two wins, though it is on top", nil,
			[]spool.Item{story("1", "https://e.org/1", words, at(-2*time.Hour)), story("2", "https://e.org/2", words, at(-time.Hour))}, map[string]string{"2": "1"}},
		{"of one date, the lower", nil,
			[]spool.Item{story("2", "https://e.org/2", words, noon), story("1", "https://e.org/1", words, noon)}, map[string]string{"2": "1"}},
		{"three alike have one original", nil,
			[]spool.Item{story("3", "https://e.org/3", words, noon), story("2", "https://e.org/2", words, noon), story("1", "https://e.org/1", words, noon)}, map[string]string{"2": "1", "3": "1"}},
		{"without a title", []spool.Item{story("0", "https://e.org/0", "", noon)}, []spool.Item{story("1", "https://e.org/1", "", noon)}, nil},
	}
	for _, tt := range tests {
		for i := range tt.recent {
			tt.recent[i].ID, tt.recent[i].Feed, tt.recent[i].Seen = "recent", "f", noon.Add(-time.Hour)
		}
		r := Review{Policy: Policy{Feed: "f"}, Similar: true, Read: noon.Add(-time.Hour), Before: 5}
		verdicts := Decide(r.Policy, tt.doc, nil, noon)
		r.Look(verdicts, tt.recent, noon)
		got := map[string]string{}
		for _, v := range verdicts {
			if v.Like != nil {
				got[v.Item.GUID] = v.Like.GUID
			}
		}
		if len(got) != len(tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
		for guid, other := range tt.want {
			if got[guid] != other {
				t.Errorf("%s: %s is like %q, want %q", tt.name, guid, got[guid], other)
			}
		}
	}
}

func TestSameness(t *testing.T) {
	it := spool.Item{Title: "Council votes", Link: "https://e.org/1"}
	if got, want := Sameness(it), `nearly the same title as "Council votes" https://e.org/1`; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	it.Link = ""
	if got, want := Sameness(it), `nearly the same title as "Council votes"`; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
