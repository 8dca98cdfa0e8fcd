package cap

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"unicode/utf8"

	"spool/alerts"
)

// TestRefused names what is wrong with documents that are made to do harm.
func TestRefused(t *testing.T) {
	for name, c := range map[string]struct{ body, want string }{
		"billion laughs":   {`<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><sender>&b;</sender></alert>`, "(DTD)"},
		"external entity":  {`<!DOCTYPE alert [<!ENTITY x SYSTEM "file:///etc/passwd">]><alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><sender>&x;</sender></alert>`, "(DTD)"},
		"external subset":  {`<!DOCTYPE alert SYSTEM "http://127.0.0.1/x.dtd"><alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"/>`, "(DTD)"},
		"a DTD inside":     {`<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><!ENTITY x "y"></alert>`, "(DTD)"},
		"unknown entity":   {`<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><sender>&xxe;</sender></alert>`, "line 1: invalid character entity &xxe;"},
		"long entity":      {`<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><sender>&` + strings.Repeat("x", 1<<20) + `;</sender></alert>`, "not well-formed"},
		"depth":            {`<alerts>` + strings.Repeat("<x>", 500) + strings.Repeat("</x>", 500) + `</alerts>`, "nested more than 100 deep"},
		"depth of skipped": {`<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">` + strings.Repeat("<x>", 1_000_000), "nested more than 100 deep"},
		"elements":         {`<alerts>` + strings.Repeat("<x/>", maxElements+1) + `</alerts>`, "more than 400000 elements"},
		"messages":         {`<alerts>` + strings.Repeat(`<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"/>`, maxMessages+1) + `</alerts>`, "more than 5000 messages"},
		"entries":          {`<feed xmlns:c="urn:oasis:names:tc:emergency:cap:1.2">` + strings.Repeat("<entry/>", maxMessages+1) + `</feed>`, "more than 5000 messages"},
		"size":             {`<alert>` + strings.Repeat(" ", maxBody) + `</alert>`, "bytes, more than the 16777216"},
		"cut off":          {sample{}.String()[:120], "ends in the middle"},
		"wrong end":        {`<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><sender></alert>`, "not well-formed XML: line 1"},
		"a bare ampersand": {`<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><sender>a & b</sender></alert>`, "not well-formed XML: line 1"},
		"something after":  {sample{}.String() + "<html/>", "not a CAP message"},
		"open tag":         {`<alert xmlns="` + strings.Repeat("u", 1<<20), "ends in the middle"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Read(alerts.Document{Body: []byte(c.body), URL: home})
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "cap: ") {
				t.Fatalf("%v", err)
			}
			if len(err.Error()) > 300 {
				t.Errorf("a long error: %.400s", err)
			}
		})
	}
}

// TestBounded cuts what is only too much of something that is good.
func TestBounded(t *testing.T) {
	long := strings.Repeat("word ", 200_000) // a million characters
	a := one(t, sample{infos: []string{"<event>" + long + "</event><headline>" + long + "</headline><description>" + long + "</description><instruction>" + long +
		"</instruction><senderName>" + long + "</senderName><web>https://example.org/" + strings.Repeat("x", 5000) + "</web><area><areaDesc>" + long + "</areaDesc></area>"}}.String())
	for name, c := range map[string]struct {
		text  string
		limit int
	}{
		"header": {a.Header[0].Text, maxLine}, "description": {a.Description[0].Text, maxWords}, "instruction": {a.Instruction[0].Text, maxWords},
		"sender": {a.Sender, maxLine}, "area": {a.Area[0].Text, maxArea}, "event": {a.EffectText[0].Text, maxLine},
	} {
		if n := utf8.RuneCountInString(c.text); n > c.limit || n < c.limit/2 {
			t.Errorf("%s: %d characters", name, n)
		}
	}
	if len(a.URL) != 0 {
		t.Errorf("url %v", a.URL)
	}

	var b strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&b, "<area><areaDesc>Place %d</areaDesc></area><eventCode><value>x</value></eventCode><parameter><valueName>VTEC</valueName><value>/O.NEW.KEXA.HW.W.%04d.260301T1000Z-260301T1800Z/</value></parameter>", i, i%10_000)
	}
	a = one(t, sample{infos: []string{"<event>x</event>" + b.String()}}.String())
	if n := utf8.RuneCountInString(a.Area[0].Text); n > maxArea {
		t.Errorf("area of %d characters", n)
	}
	for _, n := range a.Names {
		if len(n) > 1000 {
			t.Errorf("a name of %d bytes", len(n))
		}
	}
	a = one(t, sample{identifier: strings.Repeat("i", 60_000), sent: "tomorrow"}.String())
	for _, n := range append(a.Names, a.ID) {
		if len(n) > 700 {
			t.Errorf("a name of %d bytes", len(n))
		}
	}
}

// TestCutIsNoted says so when a text was longer than is kept.
func TestCutIsNoted(t *testing.T) {
	r := mustRead(t, alerts.Document{Body: []byte(sample{infos: []string{"<event>x</event><description>" + strings.Repeat("y ", maxText) + "</description>"}}.String())})
	if len(r.Notes) != 1 || !strings.Contains(r.Notes[0], "were cut") {
		t.Errorf("notes %q", r.Notes)
	}
}

// TestManySkipped keeps the list for people short.
func TestManySkipped(t *testing.T) {
	var list []sample
	for i := range 3_000 {
		list = append(list, sample{identifier: fmt.Sprint(i), status: "Test"})
	}
	r := mustRead(t, alerts.Document{Body: []byte(several(list...))})
	if len(r.Skipped) != maxSays+1 || r.Skipped[maxSays] != "and 2950 more could not be used" {
		t.Errorf("%d lines, the last %q", len(r.Skipped), r.Skipped[len(r.Skipped)-1])
	}
}

// TestMemory reads a document as large as they come without needing much more.
func TestMemory(t *testing.T) {
	body := []byte(sample{infos: []string{"<event>x</event><description>" + strings.Repeat("word ", 1<<20) + "</description><area><polygon>" + strings.Repeat("1,2 ", 1<<20) + "</polygon></area>"}}.String())
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	mustRead(t, alerts.Document{Body: body})
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > uint64(8*len(body)) {
		t.Errorf("%d bytes for a document of %d", used, len(body))
	}
}
