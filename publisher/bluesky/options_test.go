package bluesky

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestOptions: what is wrong is named, and no secret with it.
func TestOptions(t *testing.T) {
	good := func() Options {
		return Options{Account: "city-desk", Handle: "paper.example.org", AppPassword: testPassword, Tokens: &memTokens{}, Now: time.Now}
	}
	cases := []struct {
		change func(*Options)
		want   string // in the error; empty: none
	}{
		{func(*Options) {}, ""},
		{func(o *Options) { o.Account = "" }, "Account"},
		{func(o *Options) { o.Handle = "" }, "Handle"},
		{func(o *Options) { o.Handle = "paper" }, "Handle"},
		{func(o *Options) { o.Handle = "paper.example.org/../x" }, "Handle"},
		{func(o *Options) { o.Handle = " @Paper.Example.org " }, ""},
		{func(o *Options) { o.Tokens = nil }, "Tokens"},
		{func(o *Options) { o.Now = nil }, "Now"},
		{func(o *Options) { o.Replies = "friends" }, "Replies"},
		{func(o *Options) { o.BaseURL = "ftp://a.example" }, "BaseURL"},
		{func(o *Options) { o.BaseURL = "https://a:b@a.example" }, "BaseURL"},
		{func(o *Options) { o.BaseURL = "https://a.example?x=1" }, "BaseURL"},
		{func(o *Options) { o.AppURL = "a.example" }, "AppURL"},
	}
	for _, c := range cases {
		o := good()
		c.change(&o)
		_, err := New(o)
		if (err != nil) != (c.want != "") || err != nil && (!strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), testPassword)) {
			t.Errorf("%v, want something about %q", err, c.want)
		}
		if text := fmt.Sprintf("%v %+v %#v %s %d", o, o, o, o, o); strings.Contains(text, testPassword) {
			t.Errorf("printing the options shows the password: %s", text)
		}
	}
}

// TestWhereReadersSee: posts on a stand-in are at the stand-in.
func TestWhereReadersSee(t *testing.T) {
	for base, want := range map[string]string{"": DefaultApp, "https://pds.example": DefaultApp, "http://127.0.0.1:8098/": "http://127.0.0.1:8098"} {
		c, err := New(Options{Account: "a", Handle: "a.example", Tokens: &memTokens{}, Now: time.Now, BaseURL: base})
		if err != nil {
			t.Fatal(err)
		}
		if got := c.receipt("a.example", "did:plc:a", "3k2aaaaaaaaaa", "x", "").URL; got != want+"/profile/a.example/post/3k2aaaaaaaaaa" {
			t.Errorf("%q: %s", base, got)
		}
	}
}
