package threadstest

import (
	"encoding/json"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// The limits of what a container holds.
const (
	maxAlt      = 1000
	maxTopic    = 50
	maxLinks    = 5
	maxChildren = 20
	containerIn = 24 * time.Hour // a container's life
)

// create makes a container.
func (s *Server) create(c *call, u *User, at time.Time) (object, error) {
	if u.Restricted {
		return nil, failure(10, 4279013, "The user is restricted")
	}
	k := content{
		MediaType: c.form.Get("media_type"), Text: c.form.Get("text"), Link: c.form.Get("link_attachment"),
		Alt: c.form.Get("alt_text"), Topic: c.form.Get("topic_tag"), ReplyTo: c.form.Get("reply_to_id"),
		Quotes: c.form.Get("quote_post_id"), Audience: c.form.Get("reply_control"),
	}
	child := c.form.Get("is_carousel_item") == "true"
	if err := s.check(c, &k, child, at); err != nil {
		return nil, err
	}
	box := &container{ID: next(&s.state.LastBox), Owner: u.Name, Content: k, Child: child, Created: at}
	if k.Image != "" && s.opts.ImageStatus != nil {
		box.Error = s.opts.ImageStatus(k.Image)
	}
	if child {
		u.Children++
		if u.Children <= s.knobs.ChildFailures {
			box.Error = "UNKNOWN"
		}
	}
	s.prune(at)
	s.state.Containers[box.ID] = box
	if c.form.Get("auto_publish_text") == "true" {
		return s.autoPublish(box, u, at)
	}
	s.save()
	return object{"id": box.ID}, nil
}

// autoPublish publishes in the same call; the id is the post's.
func (s *Server) autoPublish(box *container, u *User, at time.Time) (object, error) {
	s.desk.Violation("auto_publish_text leaves no container to ask after a lost answer")
	if box.Content.MediaType != "TEXT" {
		return nil, badParameter("Param auto_publish_text is only supported for text posts")
	}
	if err := s.checkQuota(u, box.Content.ReplyTo != "", at); err != nil {
		return nil, err
	}
	return object{"id": s.goLive(box, u, at).ID}, nil
}

// check reads and judges the parameters in the order in which they depend on
// one another.
func (s *Server) check(c *call, k *content, child bool, at time.Time) error {
	steps := []func() error{
		func() error { return s.checkText(k) },
		func() error { return s.checkKind(c, k, child, at) },
		func() error { return s.checkLinks(k) },
		func() error { return s.checkReply(c, k, child, at) },
		func() error { return checkTopic(k) },
		func() error { return checkExtras(c, k) },
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func (s *Server) checkText(k *content) error {
	if !utf8.ValidString(k.Text) || strings.ContainsRune(k.Text, 0) {
		return badParameter("Param text must be a valid UTF-8 string.")
	}
	if s.knobs.LengthRule.Length(k.Text) > maxText {
		return badParameter("Param text must be at most 500 characters long.")
	}
	return nil
}

func (s *Server) checkKind(c *call, k *content, child bool, at time.Time) error {
	if utf8.RuneCountInString(k.Alt) > maxAlt {
		return badParameter("Param alt_text must be at most 1000 characters long.")
	}
	switch k.MediaType {
	case "TEXT":
		if strings.TrimSpace(k.Text) == "" {
			return badParameter("Param text is required for media type TEXT.")
		}
		if child || k.Alt != "" || c.form.Has("image_url") || c.form.Has("video_url") {
			return badParameter("Param media_type TEXT takes no media and no alt_text.")
		}
		return nil
	case "IMAGE", "VIDEO":
		k.Image = c.form.Get(strings.ToLower(k.MediaType) + "_url")
		if !isWeb(k.Image) {
			return badParameter("Param " + strings.ToLower(k.MediaType) + "_url must be a public URL.")
		}
	case "CAROUSEL":
		if err := s.adopt(c, k, at); err != nil {
			return err
		}
	default:
		return badParameter("Param media_type must be one of {TEXT, IMAGE, VIDEO, CAROUSEL}.")
	}
	if k.Link != "" {
		return badParameter("Param link_attachment is only supported for text posts.")
	}
	return nil
}

// adopt takes the children of a carousel, which must be finished.
func (s *Server) adopt(c *call, k *content, at time.Time) error {
	ids := strings.Split(c.form.Get("children"), ",")
	if len(ids) < 2 || len(ids) > maxChildren {
		return badParameter("Param children must have 2 to 20 items.")
	}
	for _, id := range ids {
		box := s.state.Containers[strings.TrimSpace(id)]
		if box == nil || !box.Child || s.statusOf(box, at) != "FINISHED" {
			return failure(-1, 4279004, "The children of the carousel are invalid or expired")
		}
		if !box.Ready {
			s.desk.Violation("a carousel was made of container %s before its status was read as FINISHED", id)
		}
		k.Children = append(k.Children, box.Content)
	}
	return nil
}

var webAddress = regexp.MustCompile(`https?://[^\s<>"]+`)

func isWeb(address string) bool {
	u, err := url.Parse(address)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}

func (s *Server) checkLinks(k *content) error {
	if k.Link != "" && (!isWeb(k.Link) || (s.opts.LinkStatus != nil && !s.opts.LinkStatus(k.Link))) {
		return failure(-1, 4279047, "The link attachment is invalid")
	}
	distinct := map[string]bool{}
	if k.Link != "" {
		distinct[k.Link] = true
	}
	for _, link := range webAddress.FindAllString(k.Text, -1) {
		distinct[strings.TrimRight(link, ".,;:!?)")] = true
	}
	if len(distinct) > maxLinks {
		e := badParameter("Too many links: THREADS_API__LINK_LIMIT_EXCEEDED")
		e.title, e.text = "THREADS_API__LINK_LIMIT_EXCEEDED", "A post can have 5 links."
		return e
	}
	return nil
}

func (s *Server) checkReply(c *call, k *content, child bool, at time.Time) error {
	if k.ReplyTo != "" {
		if err := s.state.Tokens[c.token].may("threads_manage_replies"); err != nil {
			return err
		}
		if child {
			return badParameter("Param reply_to_id belongs to the carousel, not to its items.")
		}
		if s.state.Containers[k.ReplyTo] != nil {
			s.desk.Violation("reply_to_id %s names a container, not a post", k.ReplyTo)
		}
	}
	for _, id := range []string{k.ReplyTo, k.Quotes} {
		if id != "" && s.find(id) == nil {
			return missingObject(id)
		}
	}
	if s.knobs.EarlyReply == EarlyRefused && s.early(*k, at) {
		return missingObject(k.ReplyTo)
	}
	switch k.Audience {
	case "", "everyone", "accounts_you_follow", "mentioned_only", "parent_post_author_only", "followers_only":
		return nil
	}
	return badParameter("Param reply_control is invalid.")
}

func checkTopic(k *content) error {
	if k.Topic == "" {
		k.Topic = hashtag(k.Text)
		return nil
	}
	if utf8.RuneCountInString(k.Topic) > maxTopic || strings.ContainsAny(k.Topic, ".&") {
		return badParameter("Param topic_tag must have 1 to 50 characters and neither a period nor an ampersand.")
	}
	return nil
}

// checkExtras takes what Spool does not use: it is judged roughly and read back.
func checkExtras(c *call, k *content) error {
	for _, name := range []string{"poll_attachment", "gif_attachment", "text_attachment", "text_entities"} {
		if !c.form.Has(name) {
			continue
		}
		var v any
		if json.Unmarshal([]byte(c.form.Get(name)), &v) != nil {
			return badParameter("Param " + name + " must be JSON.")
		}
		if name != "text_entities" && (k.MediaType != "TEXT" || (name == "poll_attachment" && k.Link != "")) {
			return badParameter("Param " + name + " cannot be combined with media or a link attachment.")
		}
		if name == "text_entities" {
			v = object{"data": v}
		}
		if k.Extra == nil {
			k.Extra = map[string]any{}
		}
		k.Extra[name] = v
	}
	for _, name := range []string{"is_spoiler_media", "is_ghost_post", "enable_reply_approvals"} {
		if on, err := strconv.ParseBool(c.form.Get(name)); err == nil && on {
			if k.Flags == nil {
				k.Flags = map[string]bool{}
			}
			k.Flags[name] = true
		}
	}
	return nil
}

// prune forgets containers that are long dead, so that memory stays bounded.
func (s *Server) prune(at time.Time) {
	for id, box := range s.state.Containers {
		if at.Sub(box.Created) > 30*containerIn {
			delete(s.state.Containers, id)
		}
	}
}
