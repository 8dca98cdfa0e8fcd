package cap

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"spool"
	"spool/alerts"
)

// ref is a reference to a message of the sample's sender.
func ref(ids ...string) string {
	for i, id := range ids {
		name, hour, _ := strings.Cut(id, "@")
		ids[i] = fmt.Sprintf("warn@example.org,%s,2026-03-01T%02s:00:00+00:00", name, hour)
	}
	return strings.Join(ids, " ")
}

func sentAt(id, hour, msgType string, refs ...string) sample {
	return sample{identifier: id, sent: fmt.Sprintf("2026-03-01T%02s:00:00+00:00", hour), msgType: msgType, references: ref(refs...)}
}

// TestChains lists the ids of what holds when messages of one document take the places
// of others, and the pairs that are taken back.
func TestChains(t *testing.T) {
	for name, c := range map[string]struct {
		list           []sample
		held, withdrew string
	}{
		"an update":                        {[]sample{sentAt("a", "1", "Alert"), sentAt("b", "2", "Update", "a@1")}, "b<a", ""},
		"an update before what it updates": {[]sample{sentAt("b", "2", "Update", "a@1"), sentAt("a", "1", "Alert")}, "b<a", ""},
		"a chain":                          {[]sample{sentAt("a", "1", "Alert"), sentAt("b", "2", "Update", "a@1"), sentAt("c", "3", "Update", "b@2")}, "c<b,a", ""},
		"an update of what is not there":   {[]sample{sentAt("b", "2", "Update", "a@1")}, "b<a", ""},
		"two of one":                       {[]sample{sentAt("c", "3", "Update", "a@1", "b@2"), sentAt("a", "1", "Alert"), sentAt("b", "2", "Alert")}, "c<a,b", ""},
		"two updates of one":               {[]sample{sentAt("a", "1", "Alert"), sentAt("b", "2", "Update", "a@1"), sentAt("c", "3", "Update", "a@1")}, "b<a c<a", ""},
		"an update of a cancel":            {[]sample{sentAt("b", "2", "Cancel", "a@1"), sentAt("c", "3", "Update", "b@2")}, "c<b,a", ""},
		"itself":                           {[]sample{sentAt("a", "1", "Update", "a@1")}, "a", ""},
		"one another":                      {[]sample{sentAt("a", "1", "Update", "b@2"), sentAt("b", "2", "Update", "a@1")}, "b<a", ""},
		"one another, at once":             {[]sample{sentAt("a", "1", "Update", "b@1"), sentAt("b", "1", "Update", "a@1")}, "b<a", ""},
		"a ring":                           {[]sample{sentAt("a", "1", "Update", "c@3"), sentAt("b", "2", "Update", "a@1"), sentAt("c", "3", "Update", "b@2")}, "c<b,a", ""},
		"the past refers to the future":    {[]sample{sentAt("a", "1", "Update", "b@2"), sentAt("b", "2", "Alert")}, "a b", ""},
		"sent again":                       {[]sample{sentAt("a", "1", "Alert"), sentAt("a", "2", "Alert")}, "a", ""},
		"listed twice":                     {[]sample{sentAt("a", "1", "Alert"), sentAt("a", "1", "Alert")}, "a", ""},
		"a cancel":                         {[]sample{sentAt("a", "1", "Alert"), sentAt("b", "2", "Cancel", "a@1")}, "", "a,b"},
		"a cancel of what is not there":    {[]sample{sentAt("b", "2", "Cancel", "a@1")}, "", "a,b"},
		"a cancel of a chain":              {[]sample{sentAt("a", "1", "Alert"), sentAt("b", "2", "Update", "a@1"), sentAt("c", "3", "Cancel", "b@2")}, "", "b,a,c"},
		"a cancel of what was updated later": {
			[]sample{sentAt("b", "2", "Cancel", "a@1"), sentAt("c", "3", "Update", "a@1")}, "c<a", "b",
		},
		"a cancel of itself":  {[]sample{sentAt("a", "1", "Cancel", "a@1")}, "", "a"},
		"a cancel of nothing": {[]sample{sentAt("a", "1", "Cancel")}, "", "a"},
	} {
		t.Run(name, func(t *testing.T) {
			r := mustRead(t, alerts.Document{Body: []byte(several(c.list...))})
			var held []string
			for _, a := range r.Alerts {
				line := a.ID
				if refs := pairsOf(a.Replaces); refs != "" {
					line += "<" + refs
				}
				held = append(held, line)
			}
			if got := strings.Join(held, " "); got != c.held {
				t.Errorf("holds %q, not %q", got, c.held)
			}
			if got := pairsOf(r.Withdrew); got != c.withdrew {
				t.Errorf("withdrew %q, not %q", got, c.withdrew)
			}
		})
	}
}

func pairsOf(names []string) string {
	var out []string
	for _, n := range names {
		if rest, ok := strings.CutPrefix(n, byPair+"warn@example.org,"); ok {
			out = append(out, rest)
		}
	}
	return strings.Join(out, ",")
}

func TestReferences(t *testing.T) {
	r := &reader{loc: at("2026-03-01T00:00:00Z").Location()}
	for in, want := range map[string]int{
		"": 0, "   \n ": 0, "a,b": 0, "abc": 0, "a,b,2026-03-01T10:00:00Z": 1, "a,b,c,2026-03-01T10:00:00Z": 1,
		",,": 0, "a,,2026-03-01T10:00:00Z": 0, "a,b,2026-03-01T10:00:00Z\n\ta,c,2026-03-01T10:00:00Z": 2, "a,b,whenever": 1,
	} {
		if got := r.references(message{references: in}); len(got) != want {
			t.Errorf("%q: %d references, not %d", in, len(got), want)
		}
	}
	got := r.references(message{references: "a,x,y,2026-03-01T10:00:00+01:00"})
	if want := []string{"cap:a,x,y,2026-03-01T09:00:00Z", "cap-id:a,x,y"}; !slices.Equal(got[0].names, want) {
		t.Errorf("%q", got[0].names)
	}
	self := message{sender: "a", identifier: "b", sent: "2026-03-01T11:00:00+01:00", references: "a,b,2026-03-01T10:00:00Z"}
	if got := r.references(self); len(got) != 0 {
		t.Errorf("a message refers to itself: %+v", got)
	}
	many := strings.Repeat("a,b,2026-03-01T10:00:00Z ", 3000)
	if got := r.references(message{references: many}); len(got) != maxReferences || len(r.notes.lines) == 0 {
		t.Errorf("%d references, notes %q", len(got), r.notes.lines)
	}
}

// TestLongChain is a document in which each message updates the one before.
func TestLongChain(t *testing.T) {
	var list []sample
	for i := range 2_000 {
		list = append(list, sample{identifier: fmt.Sprint("m", i), references: fmt.Sprintf("warn@example.org,m%d,2026-03-01T10:00:00+01:00", i-1)})
	}
	r := mustRead(t, alerts.Document{Body: []byte(several(list...))})
	if len(r.Alerts) != 1 || r.Alerts[0].ID != "m1999" || len(r.Alerts[0].Replaces) > maxReplaces {
		t.Errorf("%d alerts", len(r.Alerts))
	}
}

// TestNamesTellApart leaves out names that several alerts of a document have.
func TestNamesTellApart(t *testing.T) {
	a := spool.Alert{ID: "a", Names: []string{"id:a", "vtec:x"}}
	b := spool.Alert{ID: "b", Names: []string{"id:b", "vtec:x"}}
	held, _ := settle([]found{{alert: a}, {alert: b}})
	if len(held) != 2 || !slices.Equal(held[0].Names, []string{"id:a"}) || !slices.Equal(held[1].Names, []string{"id:b"}) {
		t.Errorf("%+v", held)
	}
}
