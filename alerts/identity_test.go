package alerts

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"spool"
)

// Every field of an alert but Updated makes two alerts different.
func TestAppendAlertHasEveryField(t *testing.T) {
	var a spool.Alert
	fill(reflect.ValueOf(&a).Elem())
	var walk func(path string, v reflect.Value)
	check := func(path string, v reflect.Value, change func()) {
		was := reflect.New(v.Type()).Elem()
		was.Set(v)
		before := appendAlert(nil, &a)
		change()
		same := slices.Equal(before, appendAlert(nil, &a))
		v.Set(was)
		if want := path == ".Updated"; same != want {
			t.Errorf("after a change of %s alerts count as the same: %v", path, same)
		}
	}
	walk = func(path string, v reflect.Value) {
		switch {
		case v.Type() == reflect.TypeFor[time.Time]():
			check(path, v, func() { v.Set(reflect.ValueOf(time.Unix(9, 9))) })
		case v.Kind() == reflect.Struct:
			for i := range v.NumField() {
				walk(path+"."+v.Type().Field(i).Name, v.Field(i))
			}
		case v.Kind() == reflect.Slice:
			check(path, v, func() { v.Set(reflect.Append(v, v.Index(0))) })
			walk(path, v.Index(0))
		case v.Kind() == reflect.String:
			check(path, v, func() { v.SetString(v.String() + "!") })
		case v.Kind() == reflect.Bool:
			check(path, v, func() { v.SetBool(!v.Bool()) })
		case v.CanInt():
			check(path, v, func() { v.SetInt(v.Int() + 1) })
		default:
			t.Fatalf("%s is of a kind that nothing here knows", path)
		}
	}
	walk("", reflect.ValueOf(&a).Elem())
}

// Every field of a policy that alerts are judged by makes its imprint another.
func TestPrintHasEveryField(t *testing.T) {
	var m Match
	fill(reflect.ValueOf(&m).Elem())
	if n := reflect.TypeFor[Match]().NumField(); n != 11 {
		t.Errorf("a match has %d fields, and the imprint knows of 11", n)
	}
	if n := reflect.TypeFor[Rule]().NumField(); n != 6 {
		t.Errorf("a rule has %d fields, and the imprint knows of 6", n)
	}
	seen := map[string]string{}
	see := func(name string, p Policy) {
		if other, ok := seen[p.imprint()]; ok {
			t.Errorf("policies %s and %s look the same", name, other)
		}
		seen[p.imprint()] = name
	}
	see("none", Policy{})
	for i := range reflect.TypeFor[Match]().NumField() {
		var one Match
		f := reflect.ValueOf(&one).Elem().Field(i)
		if f.Type() == reflect.TypeFor[[]*regexp.Regexp]() {
			f.Set(reflect.ValueOf([]*regexp.Regexp{regexp.MustCompile("x")}))
		} else {
			f.Set(reflect.ValueOf(&m).Elem().Field(i))
		}
		name := reflect.TypeFor[Match]().Field(i).Name
		see("include "+name, Policy{Include: one})
		see("exclude "+name, Policy{Exclude: []Match{one}})
		see("rule "+name, Policy{Rules: []Rule{{Match: one}}})
	}
	yes := true
	see("effect", Policy{Rules: []Rule{{Effect: "x"}}})
	see("cause", Policy{Rules: []Rule{{Cause: "x"}}})
	see("severity", Policy{Rules: []Rule{{Severity: "x"}}})
	see("planned", Policy{Rules: []Rule{{Planned: &yes}}})
	see("always", Policy{Rules: []Rule{{Always: true}}})
	see("resumed", Policy{Resumed: []*regexp.Regexp{regexp.MustCompile("x")}})
	see("log", Policy{Log: true})
	see("names", Policy{Directory: noNames("")})
	see("other names", Policy{Directory: noNames("2")})
}

// noNames is a directory that knows nothing, of some version.
type noNames string

func (n noNames) Version() string                    { return string(n) }
func (noNames) Route(_, _ string) (r Route, ok bool) { return }
func (noNames) Stop(string) (name string, ok bool)   { return }
func (noNames) Agency(string) (name string, ok bool) { return }

func fill(v reflect.Value) {
	switch {
	case v.Type() == reflect.TypeFor[time.Time]():
		v.Set(reflect.ValueOf(time.Unix(1, 0)))
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i))
		}
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() != reflect.Pointer:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0))
	case v.Kind() == reflect.Pointer && v.Type().Elem().Kind() == reflect.Bool:
		v.Set(reflect.New(v.Type().Elem()))
	case v.Kind() == reflect.String:
		v.SetString("x")
	}
}

func TestByPosition(t *testing.T) {
	for _, c := range []struct {
		ids  string
		want bool
	}{
		{"0", true}, {"1", true}, {"0 1 2", true}, {"2 1 3", true}, {"alert_1 alert_2", true}, {"a 1", false},
		{"2 3", false}, {"0 2", false}, {"alert_1 note_2", false}, {"116292 116293", false}, {"", false}, {"4561 4560 4559", false},
	} {
		var all []*entity
		for _, id := range strings.Fields(c.ids) {
			all = append(all, newEntity(&spool.Alert{ID: id}))
		}
		if got := byPosition(all); got != c.want {
			t.Errorf("%q are numbers by place: %v", c.ids, got)
		}
	}
}

func TestNamesOfAnAlertWithoutAny(t *testing.T) {
	for id, want := range map[string]string{
		"lmm:alert:263406:31":    "id:lmm:alert:263406:31 id~:lmm:alert:263406",
		"AlertFeedItem_4561":     "id:AlertFeedItem_4561 id~:AlertFeedItem_4561",
		"12345-v2":               "id:12345-v2 id~:12345",
		"line-12-3":              "id:line-12-3 id~:line-12-3",
		strings.Repeat("é", 200): "",
	} {
		got := newEntity(&spool.Alert{ID: id}).names
		if want == "" {
			if len(got[0]) > maxNameSize || !strings.HasPrefix(got[0], "id:") {
				t.Errorf("a long id gives the names %v", got)
			}
			continue
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s has the names %v", id, got)
		}
	}
}

func TestGists(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"Red Line: delays of 20 minutes", "Red Line: delays of 45 minutes", true},
		{"Red Line: delays of 20 min", "Red Line: delays of 1 hour", true},
		{"Red Line: delays until 14:30 at the harbour", "Red Line: delays until 15:10 at the harbour", true},
		{"Red Line: delays until 2 pm at the harbour", "Red Line: delays until 3 pm at the harbour", true},
		{"Train 1514 is late at Auburn today", "Train 1516 is late at Auburn today", false},
		{"Lift 3 at Central is out of order", "Lift 4 at Central is out of order", false},
		{"Delays after an accident at the zoo", "Detour because of a parade in town", false},
		{"Ligne 3 : métro arrêté à Bercy", "Ligne 3 : metro arrete a Bercy", true},
		{"红线延误", "红线延误了", true},
		{"", "", false},
	} {
		a := spool.Alert{Affected: []spool.Affected{{Route: "R"}}, Header: spool.Texts{{Text: c.a}}}
		b := spool.Alert{Affected: []spool.Affected{{Route: "R"}}, Header: spool.Texts{{Text: c.b}}}
		if got := gistOf(&a).same(gistOf(&b)) > 0; got != c.want {
			t.Errorf("%q and %q are one incident: %v", c.a, c.b, got)
		}
		b.Effect = spool.Detour
		if gistOf(&a).same(gistOf(&b)) > 0 {
			t.Errorf("%q and %q are one incident with other effects", c.a, c.b)
		}
	}
}

func TestMergeIsTheSameInAnyOrder(t *testing.T) {
	at := func(h int) time.Time { return time.Date(2026, 3, 2, h, 0, 0, 0, time.UTC) }
	parts := []spool.Alert{
		{ID: "a", Severity: spool.Info, Effect: spool.Detour, Created: at(8), Planned: true, Header: spool.Texts{{Text: "A"}},
			Affected: []spool.Affected{{Route: "1"}, {Route: "2"}}, Periods: []spool.Period{{Start: at(9), End: at(12)}}},
		{ID: "b", Severity: spool.Severe, Effect: spool.NoService, Created: at(7), Notify: at(9), Header: spool.Texts{{Text: "B"}},
			Affected: []spool.Affected{{Route: "2"}, {Route: "3"}}, Periods: []spool.Period{{Start: at(9), End: at(14)}}, Guess: true},
		{ID: "b2", Severity: spool.Severe, Effect: spool.Detour, Created: at(7), Header: spool.Texts{{Text: "B2"}}, Guess: true,
			Affected: []spool.Affected{{Route: "3"}}, Periods: []spool.Period{{Start: at(9), End: at(14)}}},
		{ID: "c", Severity: spool.Severe, Ended: at(9), Header: spool.Texts{{Text: "C"}}, Affected: []spool.Affected{{Route: "9"}}},
	}
	var first spool.Alert
	for i, order := range [][]int{{0, 1, 2, 3}, {2, 1, 0, 3}, {3, 1, 2, 0}, {0, 2, 1, 3}, {2, 3, 0, 1}} {
		var ents []*entity
		for _, j := range order {
			ents = append(ents, newEntity(&parts[j]))
		}
		got := merge(ents, at(10))
		if i == 0 {
			first = got
		}
		if !reflect.DeepEqual(got, first) {
			t.Errorf("in order %v parts make\n%+v, not\n%+v", order, got, first)
		}
	}
	want := spool.Alert{
		ID: "b", Severity: spool.Severe, Effect: spool.NoService, Created: at(7), Notify: at(9), Guess: true,
		Names: []string{"id:a", "id:b", "id:b2", "id:c", "id~:a", "id~:b", "id~:b2", "id~:c"}, Header: spool.Texts{{Text: "B"}},
		Affected: []spool.Affected{{Route: "1"}, {Route: "2"}, {Route: "3"}},
		Periods:  []spool.Period{{Start: at(9), End: at(12)}, {Start: at(9), End: at(14)}},
	}
	if !reflect.DeepEqual(first, want) {
		t.Errorf("parts make\n%+v, not\n%+v", first, want)
	}
}

func TestResumes(t *testing.T) {
	for text, want := range map[string]bool{
		"Red Line: service has resumed":                      true,
		"U6: Betrieb wieder normal":                          true,
		"Ligne 4 : retour à la normale":                      true,
		"Línea 2: servicio restablecido":                     true,
		"CLEARED: Blue Line":                                 true,
		"Service is expected to be restored by 5 pm":         false,
		"The problem has not been resolved":                  false,
		"Retour à la normale prévu à 17 h":                   false,
		"Störung noch nicht behoben":                         false,
		"Red Line: delays":                                   false,
		"Resumed service with residual delays":               false,
		"Restablecimiento del servicio previsto a las 17:00": false,
	} {
		if got := (Policy{}).resumes(spool.Alert{Header: spool.Texts{{Text: text}}}); got != want {
			t.Errorf("%q says that service is as usual: %v", text, got)
		}
	}
	p := Policy{Resumed: []*regexp.Regexp{regexp.MustCompile("(?i)all clear")}}
	if !p.resumes(spool.Alert{Description: spool.Texts{{Text: "All clear on line 2"}}}) {
		t.Error("the policy's own words are not heard")
	}
}

// Chains of updates are followed in whatever order they are listed, and end.
func TestSupersedeFollowsChains(t *testing.T) {
	var all []*entity
	const n = 40
	for i := range n {
		a := &spool.Alert{ID: fmt.Sprint("m", i), Names: []string{fmt.Sprint("cap:", i)}}
		if i > 0 {
			a.Replaces = []string{fmt.Sprint("cap:", i-1)}
		}
		all = append(all, newEntity(a))
	}
	slices.Reverse(all[3:20])
	left := supersede(all)
	if len(left) != 1 || left[0].alert.ID != fmt.Sprint("m", n-1) {
		t.Fatalf("%d are left of a chain", len(left))
	}
	if len(left[0].instead) > maxReplaced {
		t.Errorf("the last has the place of %d", len(left[0].instead))
	}
}
