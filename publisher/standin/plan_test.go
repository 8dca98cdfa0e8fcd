package standin_test

import (
	"net/http"
	"strings"
	"testing"

	"spool/publisher/standin"
)

func TestRulesCount(t *testing.T) {
	type rule = standin.Rule[op]
	tests := []struct {
		name string
		rule rule
		want string // of six posts: x failed, . went through
	}{
		{"all", rule{}, "xxxxxx"},
		{"third", rule{Nth: 3}, "..x..."},
		{"from the fourth", rule{From: 4}, "...xxx"},
		{"twice", rule{Times: 2}, "xx...."},
		{"twice from the second", rule{From: 2, Times: 2}, ".xx..."},
		{"op", rule{Op: opPost, Nth: 6}, ".....x"},
		{"other op", rule{Op: opList}, "......"},
		{"method", rule{Method: http.MethodPost}, "xxxxxx"},
		{"other method", rule{Method: http.MethodGet}, "......"},
		{"path", rule{Path: "/paper/posts", Times: 1}, "x....."},
		{"pattern", rule{Path: "/*/posts", Times: 1}, "x....."},
		{"other path", rule{Path: "/*"}, "......"},
		{"pattern that is none", rule{Path: "["}, "......"},
		{"user", rule{User: "paper", Nth: 1}, "x....."},
		{"other user", rule{User: "other"}, "......"},
		{"dice", rule{Probability: 0.5}, "x....."},
		{"dice that always fall", rule{Probability: 1}, "xxxxxx"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			g := begin()
			tt.rule.Action = standin.Status(500, "")
			g.Plan(tt.rule)
			got := ""
			for _, text := range []string{"1", "2", "3", "4", "5", "6"} {
				if mustSend(t, g, text).status == 500 {
					got += "x"
				} else {
					got += "."
				}
			}
			if got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
			if n := strings.Count(got, "."); len(g.Visible("")) != n {
				t.Errorf("%d visible, want %d", len(g.Visible("")), n)
			}
		})
	}
}

// Each rule counts the requests that match it, also those that another one decided.
func TestTheFirstRuleThatFiresDecides(t *testing.T) {
	g := begin()
	g.Plan(
		standin.Rule[op]{Nth: 2, Action: standin.Status(501, "")},
		standin.Rule[op]{From: 2, Times: 1, Action: standin.Status(502, "")},
	)
	for i, want := range []int{201, 501, 502, 201} {
		if a := mustSend(t, g, "x"); a.status != want {
			t.Errorf("request %d: %d, want %d", i+1, a.status, want)
		}
	}
	g.Plan(standin.Rule[op]{Times: 1, Action: standin.Status(503, "")})
	if a := mustSend(t, g, "x"); a.status != 503 {
		t.Errorf("a new plan: %d", a.status)
	}
}
