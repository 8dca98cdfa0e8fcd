package scheduler

import (
	"sync/atomic"
	"testing"

	"spool"
	"spool/alerts"
)

// A lateDirectory knows nothing until it has names.
type lateDirectory struct {
	names atomic.Pointer[map[string]string]
}

func (d *lateDirectory) Version() string {
	if d.names.Load() == nil {
		return ""
	}
	return (*d.names.Load())["version"]
}

func (d *lateDirectory) Route(_, id string) (alerts.Route, bool) {
	if d.names.Load() == nil {
		return alerts.Route{}, false
	}
	name, ok := (*d.names.Load())[id]
	return alerts.Route{Name: name, Mode: spool.Bus}, ok
}

func (*lateDirectory) Stop(string) (string, bool)   { return "", false }
func (*lateDirectory) Agency(string) (string, bool) { return "", false }

// Names that arrive when alerts are tracked already reach them, although the source
// says the same as before, and nobody is told anything anew for that.
func TestNamesThatComeLater(t *testing.T) {
	d := new(lateDirectory)
	onAgency(t, []string{"a"}, func(p *alerts.Policy) { p.Directory = d }, func(t *testing.T, a *agency) {
		a.list("1", stopped, severe, func(x *spool.Alert) { x.Affected = []spool.Affected{{Route: "r7"}} })
		a.minutes(15)
		name := func() string {
			book, err := a.db.TrackedAlerts(t.Context(), "line", a.now())
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range book {
				if e.Alert.ID == "1" {
					return e.Alert.Affected[0].RouteName
				}
			}
			t.Fatal("the alert is not tracked")
			return ""
		}
		if got := name(); got != "" {
			t.Errorf("named %q before there are names", got)
		}
		for _, v := range []string{"Harbour Line", "Port Line"} {
			d.names.Store(&map[string]string{"r7": v, "version": v})
			a.minutes(30)
			if got := name(); got != v {
				t.Errorf("named %q, want %q", got, v)
			}
		}
		a.sees("a", "announce: "+stopped)
	})
}
