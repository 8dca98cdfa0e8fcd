package main

import (
	"net/http"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"spool/feeds/feedstest"
)

// guard FEED USER PASSWORD: the feed asks for them from now on;
// guard FEED HEADER: for a header, written as "Name: value".
func scriptGuard(ts *testscript.TestScript, _ bool, args []string) {
	m := feedstest.Manners{}
	switch len(args) {
	case 3:
		m.User, m.Password = args[1], args[2]
	case 2:
		name, value, _ := strings.Cut(args[1], ": ")
		m.Wants = http.Header{name: {value}}
	default:
		ts.Fatalf("usage: guard FEED USER PASSWORD, or guard FEED 'Name: value'")
	}
	worldOf(ts).room.Behave(args[0], m)
}
