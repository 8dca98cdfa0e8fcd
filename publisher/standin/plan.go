package standin

import (
	"math/rand/v2"
	"path"
)

// A Target is what of a request a [Rule] goes by.
type Target[O ~string] struct {
	Op     O
	Method string
	Path   string // without what only stands before it, such as a version
	User   string // the name of the account that asks; empty: none
}

// A Rule says which requests an [Action] befalls. A field left out matches all.
// The first rule of the plan that matches and is not used up decides.
type Rule[O ~string] struct {
	Op     O      `json:"op,omitempty"`
	Method string `json:"method,omitempty"`
	Path   string `json:"path,omitempty"` // pattern of path.Match: "/me/*"
	User   string `json:"user,omitempty"` // the account's name

	Nth   int `json:"nth,omitempty"`   // only the nth request that matches, from 1
	From  int `json:"from,omitempty"`  // only from the nth on
	Times int `json:"times,omitempty"` // at most so often

	Probability float64 `json:"probability,omitempty"` // 0: always; the dice are seeded by Options.Seed

	Action Action `json:"action"`
}

func (r Rule[O]) matches(t Target[O]) bool {
	if r.Path != "" {
		if ok, err := path.Match(r.Path, t.Path); err != nil || !ok {
			return false
		}
	}
	return (r.Op == "" || r.Op == t.Op) && (r.Method == "" || r.Method == t.Method) && (r.User == "" || r.User == t.User)
}

// armed is a rule with its counters.
type armed[O ~string] struct {
	Rule[O]
	seen, used int
}

func (a *armed[O]) fires(roll func() float64) bool {
	if a.Nth > 0 && a.seen != a.Nth || a.seen < a.From || a.Times > 0 && a.used >= a.Times {
		return false
	}
	return a.Probability <= 0 || roll() < a.Probability
}

// plan is what goes wrong with the requests to come.
type plan[O ~string] struct {
	rules []*armed[O]
	dice  *rand.Rand
}

func newPlan[O ~string](seed uint64) plan[O] {
	return plan[O]{dice: rand.New(rand.NewPCG(seed, 1))}
}

// replace begins a new plan; the dice go on.
func (p *plan[O]) replace(rules []Rule[O]) {
	p.rules = nil
	for _, r := range rules {
		p.rules = append(p.rules, &armed[O]{Rule: r})
	}
}

// pick says what befalls a request. Every rule that matches counts it, also when
// another one decides.
func (p *plan[O]) pick(t Target[O]) Action {
	var act Action
	for _, a := range p.rules {
		if !a.matches(t) {
			continue
		}
		a.seen++
		if act.Do == "" && a.fires(p.dice.Float64) {
			a.used++
			act = a.Action
		}
	}
	return act
}
