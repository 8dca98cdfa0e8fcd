package mastodontest

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"spool/publisher/standin"
)

// timeLayout is how timestamps are written.
const timeLayout = "2006-01-02T15:04:05.000Z"

func itoa(n int) string { return strconv.Itoa(n) }

func stamp(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format(timeLayout)
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func (s *Server) accountView(u *User) object {
	return object{
		"id": u.ID, "username": u.Name, "acct": u.Name, "display_name": u.Name, "url": s.base() + "/@" + u.Name,
		"created_at": stamp(u.Joined), "locked": false, "bot": true, "source": object{"privacy": "public", "language": "en"},
	}
}

// statusView is a status as the API shows it.
func (s *Server) statusView(p *status) object {
	media := []object{}
	for _, id := range p.Media {
		if m := s.state.Media[id]; m != nil {
			media = append(media, s.mediumView(m, true))
		}
	}
	o := object{
		"id": p.ID, "created_at": stamp(p.Time), "edited_at": stamp(p.Edited), "in_reply_to_id": orNull(p.ReplyTo),
		"sensitive": p.Sensitive, "spoiler_text": p.Warning, "visibility": p.Visibility, "language": orNull(p.Language),
		"uri": s.base() + "/users/" + p.Owner + "/statuses/" + p.ID, "url": s.permalink(p),
		"content": s.html(p.Text), "account": s.accountView(s.state.Users[p.Owner]), "media_attachments": media,
		"reblog": nil, "card": nil, "mentions": []any{}, "tags": []any{},
	}
	return o
}

// read answers for one status.
func (s *Server) read(c *call, _ time.Time) (standin.Reply, error) {
	p := s.find(c.id)
	if p == nil || c.op != OpGet && !s.knobs.edits() {
		return standin.Reply{}, missing()
	}
	switch c.op {
	case OpSource:
		return standin.JSON(http.StatusOK, object{"id": p.ID, "text": p.Text, "spoiler_text": p.Warning}), nil
	case OpHistory:
		var all []object
		for _, v := range append(slices.Clone(p.Versions), version{p.Text, p.Warning, lastChange(p)}) {
			all = append(all, object{"content": s.html(v.Text), "spoiler_text": v.Warning, "created_at": stamp(v.Time)})
		}
		return standin.JSON(http.StatusOK, all), nil
	}
	return standin.JSON(http.StatusOK, s.statusView(p)), nil
}

// list is the statuses of an account, newest first. With min_id it is the page
// just after that id, with since_id the newest page after it.
func (s *Server) list(c *call, at time.Time) (standin.Reply, error) {
	limit, err := strconv.Atoi(c.form.Get("limit"))
	if err != nil || limit < 1 {
		limit = 20
	}
	limit = min(limit, 40)
	owner := s.accountByID(c.id)
	if owner == "" {
		return standin.Reply{}, missing()
	}
	var found []*status // oldest first
	minID := c.form.Get("min_id")
	if s.knobs.ListMinID == MinIDIgnored {
		minID = ""
	}
	for _, p := range s.state.Statuses {
		hidden := p.Deleted || p.Owner != owner || at.Sub(p.Time) < s.knobs.ListLag ||
			truthy(c.form.Get("exclude_replies")) && p.ReplyTo != ""
		if !hidden && s.between(c, p.ID, minID) {
			found = append(found, p)
		}
	}
	slices.SortStableFunc(found, func(a, b *status) int { return compareIDs(a.ID, b.ID) })
	if extra := len(found) - limit; extra > 0 && minID != "" {
		found = found[:limit]
	} else if extra > 0 {
		found = found[extra:]
	}
	out := []object{}
	for _, p := range slices.Backward(found) {
		out = append(out, s.statusView(p))
	}
	return standin.JSON(http.StatusOK, out), nil
}

func compareIDs(a, b string) int {
	switch {
	case a == b:
		return 0
	case after(a, b):
		return 1
	}
	return -1
}

func (s *Server) between(c *call, id, minID string) bool {
	for _, low := range []string{minID, c.form.Get("since_id")} {
		if low != "" && !after(id, low) {
			return false
		}
	}
	high := c.form.Get("max_id")
	return high == "" || after(high, id)
}

func (s *Server) accountByID(id string) string {
	for name, u := range s.state.Users {
		if u.ID == id {
			return name
		}
	}
	return ""
}

// imageKinds and filmKinds are the MIME types that the instance takes.
var (
	imageKinds = strings.Fields("image/jpeg image/png image/gif image/webp image/avif")
	filmKinds  = strings.Fields("video/webm video/mp4 video/quicktime")
)

// instance describes the instance, in one form or the other.
func (s *Server) instance(c *call) (standin.Reply, error) {
	k := s.knobs
	if c.op == OpInstance && k.API == API34 && k.Software != GoToSocial {
		return standin.Reply{}, failure(http.StatusNotFound, "Not Found")
	}
	attachments := object{
		"supported_mime_types": append(slices.Clone(imageKinds), filmKinds...),
		"image_size_limit":     16777216, "image_matrix_limit": 33177600,
		"video_size_limit": 103809024, "video_frame_rate_limit": 120, "video_matrix_limit": 8294400,
	}
	if k.API != API34 && k.API != API42 {
		attachments["description_limit"] = 1500
	}
	o := object{
		"version": k.version(), "title": "Newsie",
		"configuration": object{
			"statuses":          object{"max_characters": k.maxCharacters(), "max_media_attachments": 4, "characters_reserved_per_url": k.reserved()},
			"media_attachments": attachments,
		},
	}
	switch {
	case c.op == OpInstance1:
		o["uri"] = "newsie.example"
	case k.Software == GoToSocial:
		o["domain"], o["source_url"] = "newsie.example", "https://codeberg.org/superseriousbusiness/gotosocial"
	default:
		o["domain"], o["source_url"] = "newsie.example", "https://github.com/mastodon/mastodon"
		if k.API != API42 {
			o["api_versions"] = object{"mastodon": 7}
		}
	}
	return standin.JSON(http.StatusOK, o), nil
}
