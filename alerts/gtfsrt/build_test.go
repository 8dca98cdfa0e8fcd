package gtfsrt

import (
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protowire"

	"spool"
	"spool/alerts"
)

// The builders of protobuf messages: a field is its bytes, a message its fields.

func num(field protowire.Number, v uint64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(nil, field, protowire.VarintType), v)
}

func sub(field protowire.Number, fields ...[]byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(nil, field, protowire.BytesType), slices.Concat(fields...))
}

func str(field protowire.Number, s string) []byte { return sub(field, []byte(s)) }

// tr is a text of an alert in languages: language, text, and so on.
func tr(field protowire.Number, pairs ...string) []byte {
	var all [][]byte
	for pair := range slices.Chunk(pairs, 2) {
		one := str(1, pair[1])
		if pair[0] != "" {
			one = append(one, str(2, pair[0])...)
		}
		all = append(all, sub(1, one))
	}
	return sub(field, all...)
}

const stamp = 1_760_000_000 // 9 October 2025

func head(fields ...[]byte) []byte {
	return sub(1, append([][]byte{str(1, "2.0"), num(2, 0), num(3, stamp)}, fields...)...)
}

// one is an entity with an alert.
func one(id string, alert ...[]byte) []byte { return sub(2, str(1, id), sub(5, alert...)) }

func doc(parts ...[]byte) []byte { return slices.Concat(append([][]byte{head()}, parts...)...) }

func read(t testing.TB, body []byte) alerts.Reading {
	t.Helper()
	r, err := Read(docOf(body))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// only is the alert of a document that has one.
func only(t testing.TB, body []byte) spool.Alert {
	t.Helper()
	r := read(t, body)
	if len(r.Alerts) != 1 {
		t.Fatalf("%d alerts, skipped %q", len(r.Alerts), r.Skipped)
	}
	return r.Alerts[0]
}

func at2025(sec int64) time.Time { return time.Unix(stamp+sec, 0).UTC() }

func mentions(lines []string, part string) bool {
	return slices.ContainsFunc(lines, func(l string) bool { return strings.Contains(l, part) })
}

func docOf(body []byte) alerts.Document {
	return alerts.Document{Body: body, URL: "https://agency.example/rt/alerts.pb"}
}
