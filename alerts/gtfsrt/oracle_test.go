package gtfsrt

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"spool"
	"spool/alerts"
)

// A node is a message in the text form of protobuf: its fields in order, by name.
type node struct {
	fields map[string][]string
	subs   map[string][]*node
}

// parseText reads as much of the text form as the corpus has: one field a line.
func parseText(t *testing.T, text string) *node {
	t.Helper()
	stack := []*node{{map[string][]string{}, map[string][]*node{}}}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		top := stack[len(stack)-1]
		switch name, value, ok := strings.Cut(line, ": "); {
		case line == "" || line[0] == '#':
		case line == "}":
			stack = stack[:len(stack)-1]
		case strings.HasSuffix(line, " {"):
			name = strings.TrimSuffix(line, " {")
			n := &node{map[string][]string{}, map[string][]*node{}}
			top.subs[name] = append(top.subs[name], n)
			stack = append(stack, n)
		case !ok:
			t.Fatalf("not understood: %q", line)
		default:
			if value[0] == '"' {
				s, err := strconv.Unquote(strings.ReplaceAll(value, `\'`, `'`))
				if err != nil {
					t.Fatalf("%v: %s", err, value)
				}
				value = s
			}
			top.fields[name] = append(top.fields[name], value)
		}
	}
	if len(stack) != 1 {
		t.Fatalf("%d messages do not end", len(stack)-1)
	}
	return stack[0]
}

func (n *node) first(name string) string {
	if v := n.fields[name]; len(v) > 0 {
		return v[0]
	}
	return ""
}

// TestAgainstTextForm compares what is read of a document with the same document in
// the text form, which protobuf's own tools made.
func TestAgainstTextForm(t *testing.T) {
	dir := filepath.Join(corpus(t), "mbta")
	text, err := os.ReadFile(filepath.Join(dir, "alerts.txtpb"))
	if err != nil {
		t.Fatal(err)
	}
	body, err := os.ReadFile(filepath.Join(dir, "alerts.pb"))
	if err != nil {
		t.Fatal(err)
	}
	root := parseText(t, string(text))
	r, err := Read(alerts.Document{Body: body})
	if err != nil || len(r.Alerts) != len(root.subs["entity"]) || len(r.Alerts) != 51 || r.Partial {
		t.Fatalf("%v, %d alerts of %d", err, len(r.Alerts), len(root.subs["entity"]))
	}
	if got := strconv.FormatInt(r.Stamp.Unix(), 10); got != root.subs["header"][0].first("timestamp") {
		t.Errorf("stamp %s", got)
	}
	for i, e := range root.subs["entity"] {
		sameAlert(t, r.Alerts[i], e.first("id"), e.subs["alert"][0])
	}
}

func sameAlert(t *testing.T, a spool.Alert, id string, want *node) {
	t.Helper()
	known := func(s string) string {
		if strings.HasPrefix(s, "UNKNOWN") {
			return ""
		}
		return s
	}
	if a.ID != id || string(a.Cause) != known(want.first("cause")) || string(a.Effect) != known(want.first("effect")) {
		t.Errorf("%s: got %s, %s, %s", id, a.ID, a.Cause, a.Effect)
	}
	seconds := func(s string) time.Time {
		if s == "" {
			return time.Time{}
		}
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		return time.Unix(n, 0).UTC()
	}
	var periods []spool.Period
	for _, p := range want.subs["active_period"] {
		periods = append(periods, spool.Period{Start: seconds(p.first("start")), End: seconds(p.first("end"))})
	}
	whole := spool.Alert{Periods: periods}
	if !a.Start().Equal(whole.Start()) || !a.End().Equal(whole.End()) || len(periods) <= maxPeriods && !slices.Equal(a.Periods, periods) {
		t.Errorf("%s: periods differ: got %v to %v, want %v to %v", id, a.Start(), a.End(), whole.Start(), whole.End())
	}
	var affected []spool.Affected
	for _, e := range want.subs["informed_entity"] {
		n, err := strconv.ParseInt(e.first("route_type"), 10, 32)
		f := spool.Affected{Agency: e.first("agency_id"), Route: e.first("route_id"), Stop: e.first("stop_id"), Direction: e.first("direction_id")}
		if err == nil {
			f.Mode = alerts.ModeOf(n)
		}
		for _, trip := range e.subs["trip"] {
			f.Trip = trip.first("trip_id")
			if f.Route == "" {
				f.Route = trip.first("route_id")
			}
			f.Direction += trip.first("direction_id")
		}
		if !slices.Contains(affected, f) {
			affected = append(affected, f)
		}
	}
	if !slices.Equal(a.Affected, affected) {
		t.Errorf("%s: affected:\ngot  %+v\nwant %+v", id, a.Affected, affected)
	}
	sameTexts(t, id, a.Header, want.subs["header_text"], false)
	sameTexts(t, id, a.Description, want.subs["description_text"], true)
	sameTexts(t, id, a.URL, want.subs["url"], false)
}

func sameTexts(t *testing.T, id string, got spool.Texts, want []*node, lines bool) {
	t.Helper()
	var texts spool.Texts
	for _, w := range want {
		for _, x := range w.subs["translation"] {
			if s := clean(x.first("text"), lines); s != "" {
				texts = append(texts, spool.Text{Language: x.first("language"), Text: s})
			}
		}
	}
	if !slices.Equal(got, texts) {
		t.Errorf("%s:\ngot  %q\nwant %q", id, got, texts)
	}
}
