// Package feedstest is a stand-in for a publisher: an HTTP server that keeps
// feeds and article pages, behaves well by default, can be told to behave in
// every way that real ones do, and remembers what it was asked.
//
// Begin with [New], [Publisher.Add] and [Publisher.Handler]. A feed named
// "city" is at /feeds/city.rss, /feeds/city.atom, /feeds/city.json and, as a
// news sitemap, at /feeds/city.xml; its articles have pages and pictures, and /
// lists them for readers. Add, Edit and Remove change a feed, and
// [Publisher.Notify] is told so, as a hub would be. [Publisher.Grow] and
// [Sample] make a newsroom that keeps writing.
//
// How a feed answers is said in two ways. [Manners] last: validators of every
// sort, Cache-Control, Age and Expires, Link headers, a login that is asked for,
// slowness, compression. A [Fault] takes the place of an answer: of the next
// ones, one each ([Publisher.Fail]), or of all until further notice
// ([Publisher.FailOn], which Recover ends): statuses with Retry-After, chains
// of redirects, challenges, pages, and bodies that break off, hang, drip, do not
// end or do not unpack. [Reply] is any answer at all.
//
// [Publisher.Requests] has every request with all its headers, and what was
// answered to it, so that a suite can tell how polite a reader is.
//
// The handler speaks whatever the server before it does. For TLS and HTTP/2:
//
//	s := httptest.NewUnstartedServer(p.Handler())
//	s.EnableHTTP2 = true
//	s.StartTLS()
package feedstest

import (
	"fmt"
	"slices"
	"sync"
	"time"
)

// Options for New.
type Options struct {
	Now func() time.Time // default time.Now
}

// An Article is one item of a feed. Add fills in what is left empty, other
// than words.
type Article struct {
	GUID       string // default: "story-1", "story-2", …
	Link       string // default: the article's page here; a path is made absolute
	Title      string // plain text
	Summary    string // HTML
	Author     string
	Categories []string
	Image      string // default none; a path is made absolute. [Picture] has one for any name
	Alt        string
	Published  time.Time // default now
	Updated    time.Time
}

// A Publisher is the stand-in. Its methods may be called from several
// goroutines.
type Publisher struct {
	now func() time.Time

	mu       sync.Mutex
	feeds    map[string]*feed
	added    int
	requests []Request
	notify   func(name string)
}

type feed struct {
	articles []Article // the oldest first
	changed  time.Time
	manners  Manners
	faults   []Fault // of the next answers
	fault    Fault   // of all others; nil: none
	answers  int     // so far, but for faults
}

// New returns a Publisher without feeds.
func New(o Options) *Publisher {
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Publisher{now: o.Now, feeds: make(map[string]*feed)}
}

// feed returns the feed of a name, which need not exist yet. The caller holds mu.
func (p *Publisher) feed(name string) *feed {
	f := p.feeds[name]
	if f == nil {
		f = &feed{changed: p.now()}
		p.feeds[name] = f
	}
	return f
}

// Add puts an article at the top of a feed, which is made if need be, and
// returns the article as it is there.
func (p *Publisher) Add(name string, a Article) Article {
	a = p.add(name, a)
	p.changed(name)
	return a
}

func (p *Publisher) add(name string, a Article) Article {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.added++
	if a.GUID == "" {
		a.GUID = fmt.Sprintf("story-%d", p.added)
	}
	if a.Link == "" {
		a.Link = pagePath(a.GUID)
	}
	if a.Published.IsZero() {
		a.Published = p.now()
	}
	f := p.feed(name)
	f.articles = append(f.articles, a)
	f.changed = p.now()
	return a
}

// Edit changes an article in place and reports whether it is there.
func (p *Publisher) Edit(name, guid string, change func(*Article)) bool {
	found := p.edit(name, guid, change)
	if found {
		p.changed(name)
	}
	return found
}

func (p *Publisher) edit(name, guid string, change func(*Article)) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	f := p.feed(name)
	for i := range f.articles {
		if f.articles[i].GUID == guid {
			change(&f.articles[i])
			f.changed = p.now()
			return true
		}
	}
	return false
}

// Remove takes an article off a feed and reports whether it was there.
func (p *Publisher) Remove(name, guid string) bool {
	found := p.remove(name, guid)
	if found {
		p.changed(name)
	}
	return found
}

func (p *Publisher) remove(name, guid string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	f := p.feed(name)
	before := len(f.articles)
	f.articles = slices.DeleteFunc(f.articles, func(a Article) bool { return a.GUID == guid })
	if len(f.articles) == before {
		return false
	}
	f.changed = p.now()
	return true
}

// Notify has a function called with the name of each feed that has changed,
// after the change, as a publisher pings a hub. It replaces the one before;
// nil ends it.
func (p *Publisher) Notify(changed func(name string)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.notify = changed
}

func (p *Publisher) changed(name string) {
	p.mu.Lock()
	notify := p.notify
	p.mu.Unlock()
	if notify != nil {
		notify(name)
	}
}

// Behave says how a feed answers from now on.
func (p *Publisher) Behave(name string, m Manners) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.feed(name).manners = m
}

// Fail makes the next answers of a feed go wrong, one per fault, in order.
// Faults that were not used yet come first.
func (p *Publisher) Fail(name string, faults ...Fault) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f := p.feed(name)
	f.faults = append(f.faults, faults...)
}

// FailOn makes all answers of a feed go wrong until Recover. Faults given to
// Fail come first.
func (p *Publisher) FailOn(name string, fault Fault) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.feed(name).fault = fault
}

// Recover lets a feed answer as it should again: faults that were not used yet
// are forgotten.
func (p *Publisher) Recover(name string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.feed(name).faults, p.feed(name).fault = nil, nil
}

// Articles returns a feed's articles, the oldest first.
func (p *Publisher) Articles(name string) []Article {
	p.mu.Lock()
	defer p.mu.Unlock()
	if f := p.feeds[name]; f != nil {
		return slices.Clone(f.articles)
	}
	return nil
}

// find returns the article of a GUID in any feed.
func (p *Publisher) find(guid string) (Article, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, f := range p.feeds {
		for _, a := range f.articles {
			if a.GUID == guid {
				return a, true
			}
		}
	}
	return Article{}, false
}
