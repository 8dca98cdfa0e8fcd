package mastodontest

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"time"
)

// state is what the snapshot keeps.
type state struct {
	Users    map[string]*User     `json:"users"` // by name
	Tokens   map[string]*token    `json:"tokens"`
	Apps     map[string]*app      `json:"apps"` // by client id
	Media    map[string]*medium   `json:"media"`
	Statuses []*status            `json:"statuses"` // oldest first
	Keys     map[string]*keyEntry `json:"keys"`     // by account and idempotency key
	Serial   int64                `json:"serial"`   // of ids
	IDs      Software             `json:"ids"`      // whose ids they look like, from the first one on
}

func newState() state {
	return state{
		Users: map[string]*User{}, Tokens: map[string]*token{}, Apps: map[string]*app{},
		Media: map[string]*medium{}, Keys: map[string]*keyEntry{},
	}
}

// A User is an account on the instance.
type User struct {
	ID         string    `json:"id"`
	Name       string    `json:"name"`
	Restricted bool      `json:"restricted,omitempty"` // its login is disabled
	Joined     time.Time `json:"joined"`
}

// status is what an account has posted.
type status struct {
	ID         string    `json:"id"`
	Owner      string    `json:"owner"`
	Text       string    `json:"text"`
	Warning    string    `json:"warning,omitempty"`
	Sensitive  bool      `json:"sensitive,omitempty"`
	Visibility string    `json:"visibility"`
	Language   string    `json:"language,omitempty"`
	ReplyTo    string    `json:"reply_to,omitempty"`
	Media      []string  `json:"media,omitempty"`
	Key        string    `json:"key,omitempty"` // empty: written by hand
	Time       time.Time `json:"time"`
	Edited     time.Time `json:"edited,omitzero"`
	Versions   []version `json:"versions,omitempty"` // what it said before
	Deleted    bool      `json:"deleted,omitempty"`
}

// version is what a status said at a time.
type version struct {
	Text    string    `json:"text"`
	Warning string    `json:"warning,omitempty"`
	Time    time.Time `json:"time"`
}

// medium is an upload.
type medium struct {
	ID          string    `json:"id"`
	Owner       string    `json:"owner"`
	Kind        string    `json:"kind"` // MIME type
	Description string    `json:"description,omitempty"`
	Focus       string    `json:"focus,omitempty"`
	Size        int       `json:"size"`
	Width       int       `json:"width,omitempty"`
	Height      int       `json:"height,omitempty"`
	Made        time.Time `json:"made"`
	Status      string    `json:"status,omitempty"` // that it is attached to
}

// next makes an id: on Mastodon a number made of the time and a serial, beyond
// 2^53 so that a client which reads it as a float loses it; on GoToSocial a ULID.
// A server's ids stay of one kind whatever becomes of the settings.
func (s *Server) next(at time.Time) string {
	s.state.Serial++
	if s.state.IDs == "" {
		s.state.IDs = cmp.Or(s.knobs.Software, Mastodon)
	}
	if s.state.IDs == GoToSocial {
		return ulid(at, s.state.Serial)
	}
	return strconv.FormatInt(at.UnixMilli()<<16|s.state.Serial&0xffff, 10)
}

func ulid(at time.Time, serial int64) string {
	const digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	out := make([]byte, 26)
	for i, n := 9, at.UnixMilli(); i >= 0; i, n = i-1, n>>5 {
		out[i] = digits[n&31]
	}
	for i, n := 25, serial; i >= 10; i, n = i-1, n>>5 {
		out[i] = digits[n&31]
	}
	return string(out)
}

// after reports whether one id is newer than another.
func after(a, b string) bool {
	if len(a) != len(b) {
		return len(a) > len(b)
	}
	return a > b
}

// A Medium is a picture or a film of a status, as a reader gets it.
type Medium struct {
	ID     string `json:"id"`
	Kind   string `json:"kind"` // MIME type
	Alt    string `json:"alt,omitempty"`
	Focus  string `json:"focus,omitempty"`
	Size   int    `json:"size"`
	Width  int    `json:"width,omitempty"`
	Height int    `json:"height,omitempty"`
}

// A Post is what a reader of a profile sees.
type Post struct {
	ID         string    `json:"id"`
	URL        string    `json:"url"`
	User       string    `json:"user"`
	Text       string    `json:"text"`
	Link       string    `json:"link,omitempty"` // the first address in the text: the instance makes a card of it
	Warning    string    `json:"warning,omitempty"`
	Visibility string    `json:"visibility"`
	Language   string    `json:"language,omitempty"`
	Media      []Medium  `json:"media,omitempty"`
	Time       time.Time `json:"time"`
	Edited     time.Time `json:"edited,omitzero"`
	Key        string    `json:"key,omitempty"` // empty: written by hand
	ReplyTo    string    `json:"reply_to,omitempty"`
}

// Visible returns what a reader of the user's profile sees, replies included,
// newest first. An empty name means all users.
func (s *Server) Visible(user string) []Post {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.desk.Settle(s.now())
	var out []Post
	for _, p := range s.state.Statuses {
		if !p.Deleted && (user == "" || p.Owner == user) {
			out = append(out, s.view(p))
		}
	}
	slices.Reverse(out)
	slices.SortStableFunc(out, func(a, b Post) int { return cmp.Compare(b.Time.UnixNano(), a.Time.UnixNano()) })
	return out
}

func (s *Server) view(p *status) Post {
	v := Post{
		ID: p.ID, URL: s.permalink(p), User: p.Owner, Text: p.Text, Warning: p.Warning, Visibility: p.Visibility,
		Language: p.Language, Time: p.Time, Edited: p.Edited, Key: p.Key, ReplyTo: p.ReplyTo,
	}
	if links := addresses(p.Text); len(links) > 0 {
		v.Link = links[0].text
	}
	for _, id := range p.Media {
		if m := s.state.Media[id]; m != nil {
			v.Media = append(v.Media, Medium{m.ID, m.Kind, m.Description, m.Focus, m.Size, m.Width, m.Height})
		}
	}
	return v
}

func (s *Server) base() string {
	if s.opts.PublicURL != "" {
		return s.opts.PublicURL
	}
	return "https://newsie.example"
}

func (s *Server) permalink(p *status) string {
	return fmt.Sprintf("%s/@%s/%s", s.base(), p.Owner, p.ID)
}

func (s *Server) find(id string) *status {
	for _, p := range s.state.Statuses {
		if p.ID == id && !p.Deleted {
			return p
		}
	}
	return nil
}

// AddManualPost is a person posting by hand. It returns the status's id.
func (s *Server) AddManualPost(user, text string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	s.desk.Settle(now)
	u := s.user(user)
	p := s.append(u, status{Text: text, Visibility: "public"}, now)
	s.save()
	return p.ID
}

// DeletePost is a person deleting a status by hand. It reports whether it was there.
func (s *Server) DeletePost(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.desk.Settle(s.now())
	p := s.find(id)
	if p == nil {
		return false
	}
	p.Deleted = true
	s.save()
	return true
}

func (s *Server) append(u *User, p status, at time.Time) *status {
	p.ID, p.Owner, p.Time = s.next(at), u.Name, at
	s.state.Statuses = append(s.state.Statuses, &p)
	return &p
}

// user finds an account or opens it.
func (s *Server) user(name string) *User {
	u := s.state.Users[name]
	if u == nil {
		u = &User{ID: s.next(s.now()), Name: name, Joined: s.now()}
		s.state.Users[name] = u
	}
	return u
}

// Restrict is a moderator disabling an account's login, or letting it in again.
func (s *Server) Restrict(user string, restricted bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.user(user).Restricted = restricted
	s.save()
}
