package compose

import (
	"strings"
	"testing"

	"spool"
)

func TestCheckAlert(t *testing.T) {
	for _, tt := range []struct{ phase, text, want string }{
		{"announce", "{{ .Line }}: {{ .Effect }} {{ .When }} {{ .Description | fit }}", ""},
		{"digest", "{{ .Count }}: {{ range .Members }}{{ . }}, {{ end }}", ""},
		{"close", "{{ .Mark }}{{ .Header }}{{ if eq .Ending \"gone\" }} ({{ .Sender }}){{ end }}{{ .Resumed }}", ""},
		{"update", "{{ range .Lines }}{{ hashtag . }} {{ end }}{{ .Until | clock }} {{ day .From }} {{ .Changed | join \" \" }}", ""},
		{"announce", "{{ .Lne }}", "line 1: there is no .Lne (did you mean .Line?); there are .Line, .Lines"},
		{"announce", "{{ .Title }}", "there is no .Title"},
		{"announce", "{{ .Words }}", "there is no .Words"},
		{"announce", "{{ range .Categories }}x{{ end }}", "range can only go over .Lines, .Changed, .Members"},
		{"announce", "{{ shout .Line }}", "there is no helper shout"},
		{"announce", "{{ .Line", "line 1: unclosed action"},
		{"announce", "{{ . }}", "name a field, for example .Line"},
		{"begin", "{{ .Line }}", `there is no phase "begin" of an alert; there are ["announce" "update" "close" "planned" "digest"]`},
		{"", "{{ .Line }}", "there is no phase"},
	} {
		err := CheckAlert(tt.phase, tt.text)
		if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("%s %q: %v", tt.phase, tt.text, err)
		}
	}
	if _, err := New(Settings{Alerts: map[spool.Phase]string{spool.Begins: "{{ .Lne }}", "x": ""}}); err == nil || !strings.Contains(err.Error(), "alerts announce: line 1") || !strings.Contains(err.Error(), "alerts x: there is no phase") {
		t.Error(err)
	}
	if err := Check("{{ .Line }}"); err == nil {
		t.Error("an article has a line")
	}
}

func TestOwnTemplates(t *testing.T) {
	own := func(phase spool.Phase, text string) Settings {
		return Settings{Language: "en", Link: LinkText, Alerts: map[spool.Phase]string{phase: text}}
	}
	changed := News{Phase: spool.Changes, At: clockOn(0, 14, 20), Changed: []string{"lines"}, Before: spool.Telling{Lines: []string{"r-Blue Line"}}}
	digest := News{Phase: spool.Sums, At: noon(), Members: []spool.Item{delays(), delays(func(a *spool.Alert) { a.Affected = lineNamed("Blue Line", "3") })}}
	updated := digest
	updated.Phase = spool.Changes
	for _, tt := range []struct {
		name string
		s    Settings
		n    News
		want string
	}{
		{"fields", own(spool.Begins, "{{ .Line }}|{{ .Effect }}|{{ .Cause }}|{{ .Where }}|{{ .When }}|{{ .Until | clock }}|{{ .From | date \"15.04\" }}|{{ .Time | clock }}|{{ .Sender }}|{{ .Phase }}|{{ .Account }}|{{ .Network }}|{{ .Feed }}|{{ .Language }} {{ .Link }}"),
			begins(), "Red Line|delays|due to a technical problem||until 15:05|15:05|11.40|12:00|City Transit|announce|riders|mastodon|city alerts|en https://transit.example.org/alerts/17"},
		{"link below", own(spool.Begins, "{{ .Header }}"), begins(), "Signal fault at Mill Lane\n\nhttps://transit.example.org/alerts/17"},
		{"tags", own(spool.Begins, "{{ hashtag .Lines }} {{ .Instruction }}"), begins(), "#RedLine Use bus 5 between Mill Lane and Harbour.\n\nhttps://transit.example.org/alerts/17"},
		{"mark", own(spool.Changes, "{{ .Mark }}{{ .Line }}"), changed, "Update 14:20: Red Line"},
		{"a time is put in front", own(spool.Changes, "{{ .Line }} has news"), changed, "Update 14:20: Red Line has news"},
		{"unless there is one", own(spool.Changes, "{{ .Time | clock }} {{ .Line }}"), changed, "14:20 Red Line"},
		{"of another phase", own(spool.Begins, "x"), ending(clockOn(0, 15, 5), spool.ByTime), "Ended 15:05: Red Line: Signal fault at Mill Lane\nIt ended as announced."},
		{"ending", own(spool.Ends, "{{ .Mark }}{{ if eq .Ending \"time\" }}on time{{ end }}{{ with .Resumed }} {{ . }}{{ end }}"), ending(clockOn(0, 15, 5), spool.ByTime), "Ended 15:05: on time"},
		{"digest", own(spool.Sums, "{{ .Count }} {{ .Line }}: {{ range .Members }}{{ . }}; {{ end }}"), digest,
			"3 3 lines: Red Line: Signal fault at Mill Lane; 3 and Blue Line: Signal fault at Mill Lane;\n\nhttps://transit.example.org/alerts/17"},
		{"an update of a digest is none of an alert", own(spool.Changes, "{{ .Line }}: {{ .Header }}"), updated, "Update 12:00: 3 lines have disruptions\nDelays: Red Line, 3 and Blue Line"},
		{"unless it names what a digest has", own(spool.Changes, "{{ .Mark }}{{ .Count }}"), updated, "Update 12:00: 3"},
		{"nothing", own(spool.Begins, "{{ .Where }}"), begins(), "Red Line: delays until 15:05 due to a technical problem.\nSignal fault at Mill Lane\n\nUse bus 5 between Mill Lane and Harbour.\n\nTrains run every 20 minutes.\n\nhttps://transit.example.org/alerts/17"},
	} {
		it := delays()
		if tt.n.Members != nil {
			it = alertItem(spool.Alert{Members: []string{"1", "2"}})
		}
		if c := wordIn(t, tt.s, it, tt.n); c.Text != tt.want {
			t.Errorf("%s:\n got %q\nwant %q", tt.name, c.Text, tt.want)
		}
	}
}

// TestOwnTemplateIsShortened: its parts marked fit first, then the headline, and if
// that is not enough the built-in words have to do.
func TestOwnTemplateIsShortened(t *testing.T) {
	it := delays(func(a *spool.Alert) {
		a.Header = texts("en", sentences("Signal fault at the old mill", 300))
		a.Description = texts("en", numbered("Train %d runs every twenty minutes.", 9))
	})
	for _, tt := range []struct{ text, end, note string }{
		{"{{ .Description | fit }} {{ .Line }} {{ .Until | clock }}", "Red Line 15:05", "the description"},
		{"{{ .Header }} {{ .Line }} {{ .Until | clock }}", "Red Line 15:05", "the header is shortened"},
		{strings.Repeat("word ", 60) + "{{ .Line }}", "", "the template leaves no room"},
	} {
		w := wording(t, Settings{Language: "en", Link: LinkNone, Alerts: map[spool.Phase]string{spool.Begins: tt.text}})
		c, r, err := w.Alert(it, begins(), zoned(""), spool.TextLimits{Max: 150})
		if err != nil || len(c.Text) > 152 || !strings.HasSuffix(c.Text, tt.end) || !strings.Contains(c.Text, "Red Line") || !strings.Contains(strings.Join(r.Notes, "\n"), tt.note) {
			t.Errorf("%s: %q, %q, %v", tt.text, c.Text, r.Notes, err)
		}
	}
}

// FuzzCheckAlert: a template that can be saved can be filled in, within the limits.
func FuzzCheckAlert(f *testing.F) {
	for _, s := range []string{"{{ .Line }}: {{ .Effect }} {{ .When }}\n\n{{ .Description | fit }}", "{{ range .Members }}{{ . | quote }}{{ end }}{{ .Count }}", "{{ .Until | clock | fit }}{{ with .Resumed }}{{ . }}{{ end }}",
		"{{ $x := .Lines }}{{ join \", \" $x }}{{ .Link }}", "{{ if eq .Phase \"close\" }}{{ .Mark }}{{ end }}", "{{ .Time | in \"Europe/Paris\" | day }}", "\x00{{"} {
		f.Add(s, 1)
		f.Add(s, 4)
	}
	all, l := alertSamples(), blueskyLimits()
	f.Fuzz(func(t *testing.T, text string, pick int) {
		s := all[max(pick, -pick, 0)%len(all)]
		if CheckAlert(string(s.news.Phase), text) != nil {
			return
		}
		w, err := New(Settings{Language: s.language, Alerts: map[spool.Phase]string{s.news.Phase: text}})
		if err != nil {
			t.Fatalf("%q can be checked, but not used: %v", text, err)
		}
		c, _, err := w.Alert(s.item, s.news, zoned("bluesky"), l)
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		for _, flaw := range flaws(c, l) {
			t.Errorf("%q: %s: %q", text, flaw, c.Text)
		}
	})
}

// A template can name the colour of the lines, if they have one.
func TestTheColourOfALine(t *testing.T) {
	s := Settings{Link: LinkNone, Alerts: map[spool.Phase]string{spool.Begins: "The {{ with .Colour }}{{ . }}{{ else }}other{{ end }} line"}}
	for _, tt := range []struct {
		colours []string
		want    string
	}{
		{[]string{"red"}, "The red line"}, {[]string{"red", "", "red"}, "The red line"},
		{[]string{""}, "The other line"}, {[]string{"red", "blue"}, "The other line"},
	} {
		it := delays()
		a := *it.Alert
		a.Affected = nil
		for i, colour := range tt.colours {
			a.Affected = append(a.Affected, spool.Affected{Route: string(rune('A' + i)), RouteColour: colour})
		}
		it.Alert = &a
		if got := wordIn(t, s, it, begins()).Text; got != tt.want {
			t.Errorf("of lines that are %q: %q", tt.colours, got)
		}
	}
}
