package cap

import (
	"fmt"
	"regexp"
	"strings"
)

// A verdict is what becomes of a message.
type verdict struct {
	why    string // it is not for the public; empty: it is
	broken bool   // it says too little to be used: what it was about is not known
}

// judge says why a message must not be told. What does not say that it is for the
// public is not. public is set for entries of an index, which leave that out, being
// published.
func judge(m message, public bool) verdict {
	is := strings.EqualFold
	switch {
	case m.identifier == "" && !public:
		return verdict{"it has no identifier", true}
	case m.status == "":
		return verdict{"it does not say whether it is real (no status)", true}
	case !is(m.status, "Actual"):
		return verdict{fmt.Sprintf("its status is %q, so it is not for the public", short(m.status)), false}
	case m.scope == "" && !public:
		return verdict{"it does not say that it is for the public (no scope)", true}
	case m.scope != "" && !is(m.scope, "Public"):
		return verdict{fmt.Sprintf("its scope is %q, so it is not for the public", short(m.scope)), false}
	case is(m.msgType, "Ack"), is(m.msgType, "Error"):
		return verdict{fmt.Sprintf("it answers another message (msgType %q)", short(m.msgType)), false}
	case m.msgType == "":
		return verdict{"it does not say what it does (no msgType)", true}
	case !is(m.msgType, "Alert") && !is(m.msgType, "Update") && !is(m.msgType, "Cancel"):
		return verdict{fmt.Sprintf("its msgType is %q, which CAP does not know", short(m.msgType)), true}
	}
	for _, in := range m.infos {
		if why := testOf(in); why != "" {
			return verdict{why, false}
		}
	}
	return verdict{}
}

// The codes of tests and demonstrations among the SAME event codes of the US (47 CFR
// 11.31) and the events of Canada's profile.
var testCodes = map[string]bool{
	"RWT": true, "RMT": true, "NPT": true, "DMO": true, "TESTMESSAGE": true, "TEST": true,
}

var (
	testEvent = regexp.MustCompile(`(?i)^\W*(required (weekly|monthly) test|national periodic test|practice/demo|(system |administrative |alerting |emergency |public )?(test|drill|exercise)( (message|alert|warning|only))?\W*$)`)
	testText  = regexp.MustCompile(`(?i)^\W*((this is )?(only )?(a )?test( message)?\s*($|[-:.,!*])|this is (only )?an? (system |routine |public )?(test|drill|exercise)\b|test message\b|ceci est un (test|exercice)\b|dies ist (nur )?(ein test|eine (übung|probewarnung))\b|(esto es|este es) (una prueba|un simulacro)\b)`)
)

// testOf says why a block belongs to a test; empty: it does not.
func testOf(in info) string {
	for _, c := range in.codes {
		if testCodes[strings.ToUpper(strings.TrimSpace(c))] {
			return fmt.Sprintf("it is a test (event code %s)", short(c))
		}
	}
	for _, v := range in.vtec {
		if strings.HasPrefix(strings.TrimSpace(v), "/T.") {
			return "it is a test (VTEC)"
		}
	}
	switch {
	case testEvent.MatchString(in.event):
		return fmt.Sprintf("it is a test (event %q)", short(in.event))
	case testText.MatchString(in.headline), testText.MatchString(in.description):
		return "its text says that it is a test"
	}
	return ""
}
