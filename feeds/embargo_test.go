package feeds

import (
	"fmt"
	"testing"
	"time"
)

func TestEmbargo(t *testing.T) {
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	later := now.Add(3 * time.Hour)
	rss := func(elements string) string {
		return `<rss version="2.0" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:prism="http://prismstandard.org/namespaces/basic/2.0/"
			xmlns:rights="http://prismstandard.org/namespaces/prismusagerights/2.1/"><channel><title>Desk</title>
			<item><title>Report</title><link>https://www.example.org/1</link>` + elements + `</item></channel></rss>`
	}
	js := func(fields string) string {
		return `{"version":"https://jsonfeed.org/version/1.1","title":"Desk","items":[{"id":"0","title":"Other"},{"id":"1","title":"Report",` + fields + `}]}`
	}
	stamp := later.Format(time.RFC3339)
	for name, c := range map[string]struct {
		document string
		want     time.Time
	}{
		"nothing said":                {rss(""), time.Time{}},
		"published":                   {rss("<pubDate>" + now.Add(-time.Hour).Format(time.RFC1123Z) + "</pubDate>"), time.Time{}},
		"published in the future":     {rss("<pubDate>" + later.Format(time.RFC1123Z) + "</pubDate>"), later},
		"a clock that is ahead":       {rss("<pubDate>" + now.Add(50*time.Second).Format(time.RFC1123Z) + "</pubDate>"), time.Time{}},
		"a date that cannot be meant": {rss("<pubDate>" + now.AddDate(30, 0, 0).Format(time.RFC1123Z) + "</pubDate>"), time.Time{}},
		"available":                   {rss("<dcterms:available>" + stamp + "</dcterms:available>"), later},
		"available already":           {rss("<dcterms:available>2026-04-01T10:00:00Z</dcterms:available>"), time.Time{}},
		"valid from":                  {rss("<dcterms:valid>start=" + stamp + "; end=2027-01-01; scheme=W3C-DTF</dcterms:valid>"), later},
		"valid until":                 {rss("<dcterms:valid>end=2027-01-01</dcterms:valid>"), time.Time{}},
		"valid between":               {rss("<dcterms:valid>" + stamp + "/2027-01-01</dcterms:valid>"), later},
		"prism":                       {rss("<prism:embargoDate>" + stamp + "</prism:embargoDate>"), later},
		"prism's rights, renamed":     {rss("<rights:embargoDate>" + stamp + "</rights:embargoDate>"), later},
		"the later of two":            {rss("<pubDate>" + now.Add(time.Hour).Format(time.RFC1123Z) + "</pubDate><prism:embargoDate>" + stamp + "</prism:embargoDate>"), later},
		"day and month":               {rss("<prism:embargoDate>03/07/2026 18:00</prism:embargoDate>"), time.Date(2026, 7, 3, 18, 0, 0, 0, time.UTC)},
		"day and month, over":         {rss("<prism:embargoDate>03/02/2026 18:00</prism:embargoDate>"), time.Time{}},
		"day and month of a date":     {rss("<pubDate>03/04/2026 18:00</pubDate>"), time.Time{}},
		"no year":                     {rss("<prism:embargoDate>5 Dec 18:00</prism:embargoDate>"), time.Date(2026, 12, 5, 18, 0, 0, 0, time.UTC)},
		"no year, over":               {rss("<prism:embargoDate>3 Feb 18:00</prism:embargoDate>"), time.Time{}},
		"nonsense":                    {rss("<prism:embargoDate>when we say so</prism:embargoDate>"), time.Time{}},
		"a JSON extension":            {js(`"_embargo":"` + stamp + `"`), later},
		"in an object":                {js(`"_embargo":{"until":"` + stamp + `"}`), later},
		"in another extension":        {js(`"_paper":{"embargo":"` + stamp + `"}`), later},
		"as ninjs has it":             {js(`"embargoed":"` + stamp + `"`), later},
		"among broken types":          {js(`"tags":7,"date_published":{},"_embargo":"` + stamp + `"`), later},
		"a date in JSON":              {js(`"date_published":"` + stamp + `"`), later},
		"the word in a text":          {js(`"content_text":"The embargo ends on ` + stamp + `"`), time.Time{}},
	} {
		doc, err := Parse([]byte(c.document), Input{Now: now})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := doc.Items[len(doc.Items)-1].Embargo; !got.Equal(c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
		if len(doc.Items) > 1 && !doc.Items[0].Embargo.IsZero() {
			t.Errorf("%s: the other item has it too", name)
		}
	}
}

func FuzzEmbargo(f *testing.F) {
	f.Add(`"_embargo":"2026-05-01T15:00:00Z"`, "start=2026-05-01")
	f.Add(`"_embargo":{"until":{}}`, "/")
	f.Fuzz(func(t *testing.T, fields, text string) {
		_ = beginning(text)
		item := fmt.Sprintf(`{"id":"1","title":"embargo",%s}`, fields)
		for n := range jsonEmbargoes([]byte(item), [][2]int{{0, len(item)}}) {
			if n != 1 {
				t.Errorf("item %d of one", n)
			}
		}
	})
}
