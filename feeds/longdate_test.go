package feeds

import (
	"bytes"
	"strings"
	"testing"
)

func TestOverlongDates(t *testing.T) {
	long := strings.Repeat("Tomorrow, 31 Feb ", 20)
	hollow := strings.Repeat(" ", len(long))
	dates := map[string]string{
		"<pubDate>" + long + "</pubDate>":                     "<pubDate>" + hollow + "</pubDate>",
		"<dc:date >" + long + "</dc:date>":                    "<dc:date >" + hollow + "</dc:date>",
		"<UPDATED>" + long + "</UPDATED>":                     "<UPDATED>" + hollow + "</UPDATED>",
		"<published>a<b>" + long + "</b></published>":         "<published>        " + hollow + "</published>",
		"<published><published/>" + long + "</published>":     "<published>            " + hollow + "</published>",
		"<issued><issued>a</issued>" + long + "</issued>":     "<issued>                  " + hollow + "</issued>",
		"<created><![CDATA[" + long + "]]></created>":         "<created>            " + hollow + "</created>",
		"<created><!--" + long + "--></created>":              "<created>       " + hollow + "</created>",
		"<lastBuildDate>" + long + "</lastBuildDate>":         "<lastBuildDate>" + hollow + "</lastBuildDate>",
		"<pubDate>" + hollow + "2026-03-01</pubDate>":         "",
		"<pubDate>2026-03-01</pubDate>":                       "",
		"<pubDate> <![CDATA[2026-03-01]]>\n</pubDate>":        "",
		"<pubDate>" + long + "</item>":                        "",
		"<pubDate>2026-03-01</item><item><p>" + long + "</p>": "",
		"<pubDate/><p>" + long + "</p>":                       "",
		"<guid>" + long + "</guid>":                           "",
	}
	for in, want := range dates {
		doc := "<rss><channel><item>" + in + "<title>T</title></item></channel></rss>"
		s, err := scanXML([]byte(doc))
		if err != nil {
			t.Fatal(err)
		}
		got := []byte(doc)
		if s.longDates {
			got = withoutLongDates(got)
		} else if want != "" {
			t.Errorf("%.40q is not seen by the scan", in)
		}
		if want == "" {
			want = in
		}
		if want = "<rss><channel><item>" + want + "<title>T</title></item></channel></rss>"; string(got) != want {
			t.Errorf("%.40q has become %q", in, got)
		}
	}
}

func TestBriefDatesAreNotGoneThrough(t *testing.T) {
	for _, in := range []string{"<pubDate>2026-03-01</pubDate>", "<dc:date> <![CDATA[2026-03-01]]>\n</dc:date>", "<updated/>", "<guid>" + strings.Repeat("x", 500) + "</guid>"} {
		if s, err := scanXML([]byte("<rss><channel><item>" + in + "</item></channel></rss>")); err != nil || s.longDates {
			t.Errorf("%.40q: a long date is seen, or %v", in, err)
		}
	}
}

func TestOverlongDatesOfJSON(t *testing.T) {
	long := strings.Repeat("x", 500)
	text := []byte(`{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"1","date_published":"` + long + `","Date_Modified" : "` + long + `","title":"` + long + `"}]}`)
	found, err := scanJSON(text)
	if err != nil {
		t.Fatal(err)
	}
	got := withoutLongText(text, found.longDates)
	if n := bytes.Count(got, []byte(long)); n != 1 || len(got) != len(text) {
		t.Errorf("%d long texts are left in %s", n, got)
	}
	doc, err := Parse(text, Input{Now: testNow})
	if err != nil || len(doc.Items) != 1 || doc.Items[0].Title != long || !doc.Items[0].Published.IsZero() {
		t.Errorf("%+v, %v", doc, err)
	}
}
