package mastodontest

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"spool/publisher/standin"
)

// keyLife is how long an instance remembers an idempotency key.
const keyLife = time.Hour

// keyEntry is the status that a key has made.
type keyEntry struct {
	Status string    `json:"status"`
	Made   time.Time `json:"made"`
}

// keyOf is the name under which a key is kept: accounts have keys of their own.
func (c *call) keyOf() string {
	key := c.header.Get("Idempotency-Key")
	if key == "" || c.op != OpPost || c.owner == "" {
		return ""
	}
	return c.owner + "\x00" + key
}

// arrive is what happens to a request before anything is done for it: the key
// is looked up, long before the status is stored under it. That gap is real.
// s.mu is held.
func (s *Server) arrive(c *call, at time.Time) (turnedAway standin.Reply, final bool) {
	key, how := c.keyOf(), s.knobs.idempotency()
	if key == "" || how == KeyIgnored {
		return standin.Reply{}, false
	}
	if k := s.state.Keys[key]; k != nil && at.Sub(k.Made) < keyLife {
		c.known = k
	}
	if how == KeyLocked {
		if s.locks[key] {
			return failure(http.StatusServiceUnavailable, "There was a temporary problem serving your request, please try again").reply(), true
		}
		s.locks[key], c.lock = true, key
	}
	return standin.Reply{}, false
}

// replayed answers for a key that has made a status.
func (s *Server) replayed(c *call) (r standin.Reply, done bool, err error) {
	if c.known == nil {
		return standin.Reply{}, false, nil
	}
	if s.knobs.idempotency() == KeyBroken {
		return standin.Reply{}, true, failure(http.StatusInternalServerError, "An unexpected error occurred")
	}
	p := s.find(c.known.Status)
	if p == nil && s.knobs.KeyOfDeleted == DeletedNewPost {
		return standin.Reply{}, false, nil
	}
	if p == nil {
		return standin.Reply{}, true, missing()
	}
	return standin.JSON(http.StatusOK, s.statusView(p)), true, nil
}

// post makes a status.
func (s *Server) post(c *call, u *User, at time.Time) (standin.Reply, error) {
	if r, done, err := s.replayed(c); done {
		return r, err
	}
	p := status{
		Text: c.form.Get("status"), Warning: c.form.Get("spoiler_text"), Sensitive: truthy(c.form.Get("sensitive")),
		Visibility: c.form.Get("visibility"), Language: c.form.Get("language"), ReplyTo: c.form.Get("in_reply_to_id"),
		Media: c.form.Values["media_ids[]"], Key: c.header.Get("Idempotency-Key"),
	}
	if err := s.check(&p, u, "", at); err != nil {
		return standin.Reply{}, err
	}
	if c.form.has("scheduled_at") {
		s.desk.Violation("a scheduled status: its id is of another kind")
	}
	s.checkSibling(u, p)
	made := s.append(u, p, at)
	s.attach(made)
	if key := c.keyOf(); key != "" {
		s.state.Keys[key] = &keyEntry{Status: made.ID, Made: at}
	}
	s.log.Info("mastodontest: a status is live", "user", u.Name, "status", made.ID)
	s.save()
	return standin.JSON(http.StatusOK, s.statusView(made)), nil
}

func truthy(v string) bool { return v == "true" || v == "1" }

func (s *Server) attach(p *status) {
	for _, id := range p.Media {
		s.state.Media[id].Status = p.ID
	}
}

// check judges a status as it would be. Of an edit, its own media are its own.
func (s *Server) check(p *status, u *User, id string, at time.Time) error {
	p.Text = strings.ReplaceAll(p.Text, "\r\n", "\n")
	if err := s.checkMedia(p, u, id, at); err != nil {
		return err
	}
	if strings.TrimSpace(p.Text) == "" && len(p.Media) == 0 {
		return invalid("Text can't be blank")
	}
	if n := count(p, s.knobs); n > s.knobs.maxCharacters() {
		s.desk.Violation("a status of %d characters, %d are allowed: %.60q", n, s.knobs.maxCharacters(), p.Text)
		return invalid("Text character limit of " + itoa(s.knobs.maxCharacters()) + " exceeded")
	}
	switch p.Visibility {
	case "":
		p.Visibility = "public"
	case "public", "unlisted", "private", "direct":
	default:
		return invalid("Visibility is not included in the list")
	}
	if p.ReplyTo != "" && id == "" && s.find(p.ReplyTo) == nil {
		return missing()
	}
	return nil
}

// checkMedia judges the media of a status.
func (s *Server) checkMedia(p *status, u *User, id string, at time.Time) error {
	if len(p.Media) > 4 {
		return invalid("Cannot attach more than 4 files")
	}
	var kept []string
	films := 0
	for _, name := range p.Media {
		m := s.state.Media[name]
		switch {
		case m == nil, m.Owner != u.Name, m.Status != "" && m.Status != id:
			if m != nil && m.Owner == u.Name && s.state.keyOfStatus(m.Status) != p.Key {
				s.desk.Violation("medium %s is attached to status %s already", name, m.Status)
			}
			if s.knobs.AttachedMedia == AttachedDropped {
				continue
			}
			return invalid("Media " + name + " not found or already attached to another post")
		case at.Sub(m.Made) < s.knobs.MediaProcessing:
			return failure(http.StatusUnprocessableEntity, "Cannot attach files that have not finished processing. Try again in a moment!")
		}
		if !strings.HasPrefix(m.Kind, "image/") {
			films++
		}
		kept = append(kept, name)
	}
	if films > 0 && len(kept) > 1 {
		return invalid("Cannot attach a video to a post that already contains images")
	}
	p.Media = kept
	return nil
}

func (st *state) keyOfStatus(id string) string {
	for _, p := range st.Statuses {
		if p.ID == id {
			return p.Key
		}
	}
	return ""
}

// checkSibling complains when a status is made that says what another one says
// that is there, under another key: two statuses for one intention.
func (s *Server) checkSibling(u *User, p status) {
	for _, other := range s.state.Statuses {
		if other.Owner == u.Name && !other.Deleted && other.Key != "" && other.Key != p.Key &&
			other.Text == p.Text && other.Warning == p.Warning && other.ReplyTo == p.ReplyTo {
			s.desk.Violation("a status was made with the words of status %s, which is there: %.60q", other.ID, p.Text)
			return
		}
	}
}

// edit changes a status. What is left out is cleared, as the real thing does.
func (s *Server) edit(c *call, u *User, at time.Time) (standin.Reply, error) {
	p := s.find(c.id)
	if !s.knobs.edits() {
		return standin.Reply{}, failure(http.StatusNotFound, "Not Found")
	}
	if p == nil || p.Owner != u.Name {
		return standin.Reply{}, missing()
	}
	next := *p
	next.Text, next.Warning = c.form.Get("status"), c.form.Get("spoiler_text")
	next.Sensitive, next.Media = truthy(c.form.Get("sensitive")), c.form.Values["media_ids[]"]
	if c.form.has("language") {
		next.Language = c.form.Get("language")
	}
	if len(p.Media) > 0 && !c.form.has("media_ids") {
		s.desk.Violation("an edit of status %s without media_ids, which detaches its media", p.ID)
	}
	if p.Warning != "" && !c.form.has("spoiler_text") {
		s.desk.Violation("an edit of status %s without spoiler_text, which clears its warning", p.ID)
	}
	if err := s.check(&next, u, p.ID, at); err != nil {
		return standin.Reply{}, err
	}
	for _, a := range c.form.attributes {
		if m := s.state.Media[a.ID]; m != nil && slices.Contains(next.Media, a.ID) {
			m.Description = a.Description
		}
	}
	p.Versions = append(p.Versions, version{p.Text, p.Warning, lastChange(p)})
	next.Versions, next.Edited = p.Versions, at
	*p = next
	s.attach(p)
	s.save()
	return standin.JSON(http.StatusOK, s.statusView(p)), nil
}

func lastChange(p *status) time.Time {
	if p.Edited.IsZero() {
		return p.Time
	}
	return p.Edited
}

// remove deletes a status of the account.
func (s *Server) remove(c *call, u *User) (standin.Reply, error) {
	p := s.find(c.id)
	if p == nil || p.Owner != u.Name {
		return standin.Reply{}, missing()
	}
	p.Deleted = true
	s.save()
	v := s.statusView(p)
	v["text"] = p.Text
	return standin.JSON(http.StatusOK, v), nil
}
