package discover

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"spool/feeds"
)

// visit asks for an address and judges what is there. It never asks a host
// again that wants to be left alone, or that cannot be reached.
func (s *search) visit(ctx context.Context, l lead) outcome {
	s.asked[key(l.url)] = true
	if s.silent(l.url) {
		return outcome{url: l.url, err: errors.New("not asked")}
	}
	p, at, err := s.get(ctx, l.url)
	if err != nil {
		s.try(l.url, message(err))
		return outcome{url: at, err: err}
	}
	s.asked[key(at)] = true
	got, err := feeds.Read(p.Body, feeds.Source{}, feeds.Input{ContentType: p.ContentType, Base: p.URL, Now: s.Now()})
	doc := got.Document
	switch {
	case err == nil && got.Raw != nil && got.Raw.Kind == feeds.AnyKind && doc.Format == "":
		s.try(l.url, "service alerts in a form that is not read")
		return outcome{url: at}
	case err == nil && got.Raw != nil:
		s.keepAlerts(l, at, got)
		s.try(l.url, "a list of service alerts")
		return outcome{url: at, feed: true}
	case err == nil && p.Cut:
		s.try(l.url, fmt.Sprintf("a feed of more than %d MiB, which is not read", maxDocument>>20))
		return outcome{url: at}
	case err == nil:
		s.keep(l, at, doc, p.Header)
		s.try(l.url, fmt.Sprintf("%s, %s", doc.Format, count(len(doc.Items), "item", "items")))
		return outcome{url: at, feed: true}
	case !markup(p):
		s.try(l.url, message(err))
		return outcome{url: at}
	}
	found := readPage(p.Body, at)
	announced, wordpress := headerLinks(p.Header, at)
	found.announced = append(announced, found.announced...)
	found.wordpress = found.wordpress || wordpress
	s.try(l.url, says(found))
	return outcome{url: at, page: &found}
}

// get makes the request. An answer that says no is an error.
func (s *search) get(ctx context.Context, u *url.URL) (feeds.Page, *url.URL, error) {
	p, err := s.Web.Get(ctx, feeds.Source{Name: "discover", URL: u.String()}, maxDocument)
	if err == nil {
		err = p.Err()
	}
	s.heed(u, err)
	if err != nil {
		return p, u, err
	}
	at, err := address(p.URL)
	if err != nil {
		return p, u, nil //nolint:nilerr // the answer is good all the same
	}
	return p, at, nil
}

// heed notices when a host is not to be asked any more: at once when it says
// so, and at the second sign that it does not answer or shuts robots out.
func (s *search) heed(u *url.URL, err error) {
	var e *feeds.Error
	if !errors.As(err, &e) {
		return
	}
	switch {
	case e.Kind == feeds.KindThrottled || e.Status == http.StatusServiceUnavailable:
		s.trouble[u.Host] = patience
	case e.Kind == feeds.KindChallenge || slices.Contains(unanswered, e.Kind):
		s.trouble[u.Host]++
	default:
		return
	}
	if s.silent(u) {
		s.note("%s is not asked any more: %s", u.Host, e.Message)
	}
}

// patience is how often a host may fail.
const patience = 2

func (s *search) silent(u *url.URL) bool { return s.trouble[u.Host] >= patience }

// unanswered are the kinds of trouble in which there was no answer.
var unanswered = []feeds.Kind{feeds.KindConnect, feeds.KindTLS, feeds.KindDNS, feeds.KindTimeout}

// message is what happened, without the advice that is for feeds that are
// configured.
func message(err error) string {
	var e *feeds.Error
	if errors.As(err, &e) {
		return e.Message
	}
	return err.Error()
}

func (s *search) try(u *url.URL, result string) {
	s.tried = append(s.tried, Try{URL: u.String(), Result: result})
}

// markup reports whether it is worth looking for links in an answer.
func markup(p feeds.Page) bool {
	kind := strings.ToLower(p.ContentType)
	head := strings.ToLower(string(p.Body[:min(len(p.Body), 2048)]))
	return strings.Contains(kind, "html") || strings.Contains(head, "<html") || strings.Contains(head, "<!doctype html")
}

// says is what a page has for a search.
func says(p page) string {
	switch {
	case len(p.announced) > 0:
		return "a page that announces " + count(len(p.announced), "feed", "feeds")
	case len(p.linked) > 0:
		return "a page with " + count(len(p.linked), "link that may be a feed", "links that may be feeds")
	}
	return "a page that names no feed"
}

// count is "1 feed" or "3 feeds".
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
