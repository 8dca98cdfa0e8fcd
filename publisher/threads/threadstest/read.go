package threadstest

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// timeLayout is how timestamps are written: to the second, with a zone that
// has no colon.
const timeLayout = "2006-01-02T15:04:05-0700"

var containerFields = []string{"id", "status", "error_message"}

// mediaFields are all that a post can be asked for.
var mediaFields = strings.Fields(`id media_product_type media_type media_url permalink owner username text timestamp
	shortcode thumbnail_url children is_quote_post quoted_post reposted_post has_replies alt_text link_attachment_url
	gif_url gif_attachment poll_attachment topic_tag location_id is_verified profile_picture_url is_reply root_post replied_to
	is_reply_owned_by_me reply_audience hide_status is_spoiler_media text_entities text_attachment ghost_post_status
	ghost_post_expiration_timestamp reply_approval_status allowlisted_country_codes`)

var profileFields = []string{"id", "username", "name", "threads_profile_picture_url", "threads_biography", "is_verified", "is_eligible_for_geo_gating"}

func keys(o object) []string { return slices.Collect(maps.Keys(o)) }

// pick returns the fields that were asked for, and always the id. A field that
// does not exist fails the whole request.
func pick(fields, standard string, all object, known []string) (object, error) {
	if fields == "" {
		fields = standard
	}
	out := object{}
	if id, ok := all["id"]; ok {
		out["id"] = id
	}
	for name := range strings.SplitSeq(fields, ",") {
		name, _, _ = strings.Cut(strings.TrimSpace(name), "{")
		if !slices.Contains(known, name) {
			return nil, badParameter("Tried accessing nonexisting field (" + name + ")")
		}
		if v, ok := all[name]; ok {
			out[name] = v
		}
	}
	return out, nil
}

func (s *Server) me(c *call, u *User) (object, error) {
	all := object{
		"id": u.ID, "username": u.Name, "name": u.Name, "threads_biography": "",
		"threads_profile_picture_url": "https://www.threads.com/picture/" + u.ID + ".jpg",
		"is_verified":                 false, "is_eligible_for_geo_gating": false,
	}
	return pick(c.form.Get("fields"), "id", all, profileFields)
}

// media answers for a post, and for ids that nothing has.
func (s *Server) media(c *call, u *User) (object, error) {
	if u.ID == c.id {
		return s.me(c, u)
	}
	p := s.find(c.id)
	if p == nil {
		return nil, missingObject(c.id)
	}
	return s.fieldsOf(c, p)
}

func (s *Server) fieldsOf(c *call, p *post) (object, error) {
	return pick(c.form.Get("fields"), "id", s.readable(p), mediaFields)
}

// readable is a post as it reads back, with all fields that it has.
func (s *Server) readable(p *post) object {
	k := p.Content
	o := object{
		"id": p.ID, "media_product_type": "THREADS", "media_type": readType(k.MediaType), "permalink": s.permalink(p),
		"owner": object{"id": s.state.Users[p.Owner].ID}, "username": p.Owner, "timestamp": p.Time.UTC().Format(timeLayout),
		"shortcode": shortcode(p.ID), "is_quote_post": k.Quotes != "", "has_replies": s.hasReplies(p.ID),
		"is_verified": false, "is_reply": k.ReplyTo != "", "reply_audience": strings.ToUpper(k.audience()), "hide_status": "NOT_HUSHED",
		"is_spoiler_media": k.Flags["is_spoiler_media"],
	}
	put := func(name, value string) {
		if value != "" {
			o[name] = value
		}
	}
	put("text", s.knobs.TextReadback.read(k))
	put("link_attachment_url", s.knobs.LinkReadback.read(k.Link))
	put("media_url", k.Image)
	put("alt_text", k.Alt)
	put("topic_tag", k.Topic)
	s.relations(o, p)
	maps.Copy(o, k.Extra)
	return o
}

// relations adds the other posts that a post points to.
func (s *Server) relations(o object, p *post) {
	k := p.Content
	if k.Quotes != "" {
		o["quoted_post"] = object{"id": k.Quotes}
	}
	if k.ReplyTo != "" {
		o["replied_to"] = object{"id": k.ReplyTo}
		o["root_post"] = object{"id": s.root(p)}
		o["is_reply_owned_by_me"] = true
	}
	if len(k.Children) == 0 {
		return
	}
	id, _ := strconv.ParseInt(p.ID, 10, 64) // ids are of our own making
	var children []object
	for i := range k.Children {
		children = append(children, object{"id": strconv.FormatInt(id+int64(i)+1, 10)})
	}
	o["children"] = object{"data": children}
}

func (k content) audience() string {
	if k.Audience == "" {
		return "everyone"
	}
	return k.Audience
}

func (r TextReadback) read(k content) string {
	switch r {
	case TextTrimmed:
		return strings.TrimSpace(k.Text)
	case TextNoTag:
		return strings.Replace(k.Text, "#"+k.Topic, k.Topic, 1)
	case TextCollapsed:
		return strings.Join(strings.Fields(k.Text), " ")
	}
	return k.Text
}

func (r LinkReadback) read(link string) string {
	if link == "" {
		return ""
	}
	switch r {
	case LinkAbsent:
		return ""
	case LinkWrapped:
		return "https://l.threads.com/?u=" + url.QueryEscape(link) + "&e=AT0standin"
	case LinkSlashed:
		return slashed(link)
	}
	return link
}

// slashed adds a slash to the path of an address.
func slashed(link string) string {
	u, err := url.Parse(link)
	if err != nil || strings.HasSuffix(u.Path, "/") {
		return link
	}
	return u.JoinPath("/").String()
}

func (s *Server) hasReplies(id string) bool {
	return slices.ContainsFunc(s.state.Posts, func(p *post) bool { return !p.Deleted && p.Content.ReplyTo == id })
}

// root is the id of the post that a chain of replies began with.
func (s *Server) root(p *post) string {
	for p.Content.ReplyTo != "" {
		parent := s.find(p.Content.ReplyTo)
		if parent == nil {
			return p.Content.ReplyTo
		}
		p = parent
	}
	return p.ID
}

// erase takes a post away, and its replies where the network does that.
func (s *Server) erase(p *post) {
	p.Deleted = true
	for _, r := range s.state.Posts {
		if s.knobs.OrphanedReplies == OrphansGo && !r.Deleted && r.Content.ReplyTo == p.ID {
			s.erase(r)
		}
	}
}

// remove deletes a post of the account.
func (s *Server) remove(c *call, u *User, at time.Time) (object, error) {
	p := s.find(c.id)
	if p == nil || p.Owner != u.Name {
		return nil, missingObject(c.id)
	}
	if p.Container == "" {
		s.desk.Violation("post %s was deleted, which a person wrote by hand", p.ID)
	}
	u.Deletes = slices.DeleteFunc(u.Deletes, func(q quotum) bool { return at.Sub(q.At) >= quotaWindow })
	if len(u.Deletes) >= orDefault(s.knobs.DeleteQuota, 100) {
		return nil, s.quotaError()
	}
	u.Deletes = append(u.Deletes, quotum{At: at})
	s.erase(p)
	s.save()
	return object{"success": true, "deleted_id": p.ID}, nil
}
