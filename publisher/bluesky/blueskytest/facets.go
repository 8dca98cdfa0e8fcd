package blueskytest

import (
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

type facet struct {
	Index struct {
		Start *int `json:"byteStart"`
		End   *int `json:"byteEnd"`
	} `json:"index"`
	Features []struct {
		Type string `json:"$type"`
		URI  string `json:"uri"`
		Tag  string `json:"tag"`
		DID  string `json:"did"`
	} `json:"features"`
}

// checkFacetShapes refuses what the lexicon does.
func checkFacetShapes(p post) error {
	for _, f := range p.Facets {
		if f.Index.Start == nil || f.Index.End == nil || *f.Index.Start < 0 || *f.Index.End < 0 || f.Features == nil {
			return bad(postCollection, "Record/facets must have index and features")
		}
		for _, x := range f.Features {
			if x.Type == tagFeature && (len(x.Tag) > 640 || uniseg.GraphemeClusterCount(x.Tag) > 64) {
				return bad(postCollection, "Record/facets/features/tag must not be longer than 64 graphemes")
			}
		}
	}
	return nil
}

const (
	linkFeature    = "app.bsky.richtext.facet#link"
	tagFeature     = "app.bsky.richtext.facet#tag"
	mentionFeature = "app.bsky.richtext.facet#mention"
)

// complain notes facets that do not fit the text. The network takes them and
// shows them wrong.
func (s *Server) complain(text string, facets []facet) {
	sorted := slices.Clone(facets)
	slices.SortFunc(sorted, func(a, b facet) int { return *a.Index.Start - *b.Index.Start })
	last := 0
	for _, f := range sorted {
		start, end := *f.Index.Start, *f.Index.End
		switch {
		case start >= end || end > len(text):
			s.desk.Violation("a facet from %d to %d in a text of %d bytes", start, end, len(text))
			return
		case start < last:
			s.desk.Violation("a facet that overlaps another at %d", start)
		case !boundary(text, start) || !boundary(text, end):
			s.desk.Violation("a facet from %d to %d within a character", start, end)
			return
		}
		last = end
		s.complainOf(text[start:end], f)
	}
}

func boundary(text string, at int) bool { return at == len(text) || utf8.RuneStart(text[at]) }

// complainOf compares the words that a facet covers with what it says.
func (s *Server) complainOf(words string, f facet) {
	if len(f.Features) == 0 {
		s.desk.Violation("a facet without a feature")
	}
	for _, x := range f.Features {
		switch x.Type {
		case linkFeature:
			u, err := url.Parse(x.URI)
			if err != nil || u.Host == "" || !ascii(x.URI) {
				s.desk.Violation("a facet with an address that is none: %s", x.URI)
			}
			if ascii(words) && words != x.URI && !strings.EqualFold(words, x.URI) {
				s.desk.Violation("a facet over %q leads to %s", words, x.URI)
			}
			if strings.ContainsAny(words, " \n\t") {
				s.desk.Violation("a link over a space: %q", words)
			}
		case tagFeature:
			if words != "#"+x.Tag && words != "＃"+x.Tag {
				s.desk.Violation("a facet over %q says #%s", words, x.Tag)
			}
		case mentionFeature:
			u := s.state.Users[strings.ToLower(strings.TrimPrefix(words, "@"))]
			if u == nil || u.DID != x.DID {
				s.desk.Violation("a facet over %q names another account", words)
			}
		default:
			s.desk.Violation("a facet of no known kind: %s", x.Type)
		}
	}
}
