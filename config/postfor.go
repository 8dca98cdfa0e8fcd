package config

import (
	"fmt"
	"maps"
	"reflect"
	"sync"
)

// PostFor is what posts of a feed look like on an account. What the feed says
// itself goes before what stands in defaults; in each of the two, accounts goes
// before networks and that before the keys of post themselves. Keys are taken one
// by one, and so are the entries of query, hashtags and handles.
//
// Equal answers are one and the same pointer, so that whatever is made of one
// can be kept by it: a thousand feeds may have a handful of answers. They must
// not be changed. It may be called by several goroutines.
func (c *Config) PostFor(feed, account string) *PostOptions {
	if c.posts == nil {
		return c.resolvePost(feed, account) // not made by Load
	}
	c.posts.Lock()
	defer c.posts.Unlock()
	if !c.plainPost(feed) {
		return c.posts.shared(c.resolvePost(feed, account))
	}
	key := c.Accounts[account].Network + " " // which no account is called
	if _, own := c.Defaults.Post.Accounts[account]; own {
		key = account
	}
	if c.posts.common[key] == nil {
		c.posts.common[key] = c.posts.shared(c.resolvePost(feed, account))
	}
	return c.posts.common[key]
}

// plainPost reports whether a feed says nothing of its own about its posts.
func (c *Config) plainPost(feed string) bool {
	_, own := c.places[Path("feeds", feed, "post")]
	return !own
}

func (c *Config) resolvePost(feed, account string) *PostOptions {
	network := c.Accounts[account].Network
	o := c.Defaults.Post.clone()
	c.overlay(&o, c.Defaults.Post, "defaults.post", network, account)
	if f, ok := c.Feeds[feed]; ok && !c.plainPost(feed) {
		path := Path("feeds", feed, "post")
		c.override(&o, f.Post.PostOptions, path)
		c.overlay(&o, f.Post, path, network, account)
	}
	return &o
}

// overlay takes over what differs on a network, and then on an account.
func (c *Config) overlay(o *PostOptions, p Post, path, network, account string) {
	if other, ok := p.Networks[network]; ok {
		c.override(o, other, join(join(path, "networks"), network))
	}
	if other, ok := p.Accounts[account]; ok {
		c.override(o, other, join(join(path, "accounts"), account))
	}
}

// override takes over the keys that the file has at a path.
func (c *Config) override(o *PostOptions, other PostOptions, path string) {
	to, from := reflect.ValueOf(o).Elem(), reflect.ValueOf(other)
	for _, f := range c.posts.keys() {
		here := join(path, f.key)
		if _, given := c.places[here]; !given {
			continue
		}
		if f.typ.Kind() != reflect.Map {
			to.FieldByIndex(f.index).Set(from.FieldByIndex(f.index))
			continue
		}
		entries := to.FieldByIndex(f.index)
		if entries.IsNil() {
			entries.Set(reflect.MakeMap(f.typ))
		}
		for key, value := range from.FieldByIndex(f.index).Seq2() {
			if _, given := c.places[join(here, key.String())]; given {
				entries.SetMapIndex(key, value)
			}
		}
	}
}

// clone copies the maps too.
func (o PostOptions) clone() PostOptions {
	o.Query, o.Hashtags, o.Handles = maps.Clone(o.Query), maps.Clone(o.Hashtags), maps.Clone(o.Handles)
	o.Alerts = maps.Clone(o.Alerts)
	return o
}

// A postCache has the answers of PostFor.
type postCache struct {
	sync.Mutex
	common map[string]*PostOptions // of feeds without words of their own, by account or network
	equal  map[string]*PostOptions // each answer, by what it says
	known  []field                 // the keys of PostOptions: to read the tags takes its time
}

// keys are the keys of PostOptions.
func (p *postCache) keys() []field {
	if p != nil && p.known != nil {
		return p.known
	}
	known, _ := fields(reflect.TypeFor[PostOptions]())
	if p != nil {
		p.known = known
	}
	return known
}

func newPostCache() *postCache {
	return &postCache{common: map[string]*PostOptions{}, equal: map[string]*PostOptions{}}
}

// shared is the answer that says the same, which may be o itself.
func (p *postCache) shared(o *PostOptions) *PostOptions {
	key := fmt.Sprintf("%#v", *o) // sorts the keys of maps
	if known, ok := p.equal[key]; ok {
		return known
	}
	p.equal[key] = o
	return o
}
