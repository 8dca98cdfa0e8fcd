package feeds

import (
	"bytes"
	"encoding/json"
	"strings"
	"time"
)

// What a publication date means that lies ahead.
const (
	clockSlack = time.Minute          // publishers' clocks are not ours
	farAhead   = 366 * 24 * time.Hour // a date beyond is no date at which anything is published
)

// embargo is the moment before which the item is not to be shown, as the feed says;
// zero: it says nothing, or the moment has passed. The moment is what an element
// made for it names, or a publication date that lies ahead; the later of the two.
func (p *parsing) embargo(s source, n int, published time.Time, language string) time.Time {
	if p.now.IsZero() {
		return time.Time{} // nobody can tell what lies ahead
	}
	with := p.dating(language)
	with.ahead = true
	var until time.Time
	for _, text := range p.embargoTexts(s, n) {
		if t, ok := parseDate(beginning(text), with); ok && t.After(until) {
			until = t
		}
	}
	if ahead := p.ahead(published); ahead.After(until) {
		until = ahead
	}
	if !until.After(p.now) {
		return time.Time{}
	}
	return until
}

// ahead is a publication date that lies ahead; zero: it does not, or so far that it
// cannot be meant.
func (p *parsing) ahead(published time.Time) time.Time {
	if p.now.IsZero() || !published.After(p.now.Add(clockSlack)) || !published.Before(p.now.Add(farAhead)) {
		return time.Time{}
	}
	return published
}

// embargoTexts are what the item has in places that are made for it: dcterms of the
// Dublin Core, the embargo and availability of PRISM, an element without a
// vocabulary, and what JSON Feed and ninjs have in extensions.
func (p *parsing) embargoTexts(s source, n int) []string {
	known, e := p.survey.aliases, s.item.Extensions
	var texts []string
	for vocabulary, names := range map[string][]string{
		"dcterms": {"available", "valid"},
		"prism":   {"embargoDate", "embargodate", "availabilityDate"},
		"pur":     {"embargoDate"},
	} {
		for _, name := range names {
			texts = append(texts, known.values(e, vocabulary, name)...)
		}
	}
	for _, name := range []string{"embargo", "embargoed", "embargoDate", "embargoed_until"} {
		if text := s.item.Custom[name]; text != "" {
			texts = append(texts, text)
		}
	}
	return append(texts, p.embargoes[n]...)
}

// beginning is the first moment of what may be a stretch of time: "start=…; end=…"
// as the Dublin Core has it, or two dates with a slash between.
func beginning(text string) string {
	const longest = 200
	text = strings.TrimSpace(text[:min(len(text), longest)])
	for part := range strings.SplitSeq(text, ";") {
		if name, value, ok := strings.Cut(part, "="); ok {
			if strings.EqualFold(strings.TrimSpace(name), "start") {
				return strings.TrimSpace(value)
			}
			if strings.EqualFold(strings.TrimSpace(name), "end") && !strings.Contains(strings.ToLower(text), "start") {
				return "" // it only says when it ends
			}
		}
	}
	if from, _, ok := strings.Cut(text, "/"); ok && strings.Count(text, "/") == 1 && len(from) >= len("2026-01-01") {
		return strings.TrimSpace(from)
	}
	return text
}

// jsonEmbargoes are the embargoes that items of a JSON feed have in extensions, by
// the items' number from 1. Most documents have none, and are not read again.
func jsonEmbargoes(text []byte, items [][2]int) map[int][]string {
	if !bytes.Contains(text, []byte("embargo")) {
		return nil
	}
	found := map[int][]string{}
	for n, b := range items {
		if !bytes.Contains(text[b[0]:b[1]], []byte("embargo")) {
			continue
		}
		var fields map[string]json.RawMessage
		if json.Unmarshal(text[b[0]:b[1]], &fields) == nil {
			if texts := embargoFields(fields, 0); len(texts) > 0 {
				found[n+1] = texts
			}
		}
	}
	return found
}

// embargoFields looks for embargoes among the fields of an object, and in the
// extensions among them, whose names begin with an underscore.
func embargoFields(fields map[string]json.RawMessage, depth int) []string {
	var texts []string
	for name, raw := range fields {
		folded := strings.ToLower(strings.TrimLeft(name, "_"))
		says := folded == "embargo" || folded == "embargoed" || folded == "embargo_until" || folded == "embargoed_until" || folded == "embargo_date"
		if text := jsonText(raw); says && text != "" {
			texts = append(texts, text)
			continue
		}
		var inner map[string]json.RawMessage
		if depth > 0 || !says && !strings.HasPrefix(name, "_") || json.Unmarshal(raw, &inner) != nil {
			continue
		}
		texts = append(texts, embargoFields(inner, depth+1)...)
		if until := jsonText(inner["until"]); says && until != "" {
			texts = append(texts, until)
		}
	}
	return texts
}
