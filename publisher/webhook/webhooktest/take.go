package webhooktest

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"spool/publisher/standin"
)

// take carries a good message out. s.mu is held.
func (s *Server) take(c *call, at time.Time) standin.Reply {
	switch c.op {
	case OpEdit:
		return s.edit(c)
	case OpWithdraw:
		return s.withdraw(c)
	}
	m := c.message
	p := &post{Post: m.post, Key: m.key}
	p.User, p.Time = c.hook.Name, at
	if m.parent != "" || m.parentKey != "" {
		above := s.find(p.User, m.parent, m.parentKey)
		if above == nil || above.Gone {
			return standin.Words(http.StatusUnprocessableEntity, "the post that this one answers is not there")
		}
		p.ReplyTo = above.ID
	}
	if m.root != "" || m.rootKey != "" {
		if root := s.find(p.User, m.root, m.rootKey); root != nil {
			p.Root = root.ID
		}
	}
	s.state.Last++
	number := strconv.Itoa(1000 + s.state.Last)
	out := s.answerTo(c, p, number)
	p.Permalink = s.address(p)
	s.state.Posts = append(s.state.Posts, p)
	s.log.Info("webhooktest: a post has arrived", "user", p.User, "post", p.ID)
	return out
}

// answerTo gives the post the id that the answer names, or that of the message
// when it names none.
func (s *Server) answerTo(c *call, p *post, number string) standin.Reply {
	p.ID = c.id
	switch {
	case c.hook.Format == Slack:
		return standin.Words(http.StatusOK, "ok")
	case c.hook.Format == Discord && c.wait:
		p.ID = "10000000000000" + number
		return standin.JSON(http.StatusOK, map[string]string{"id": p.ID, "channel_id": "200"})
	case c.hook.Format == Discord:
		return standin.Reply{Status: http.StatusNoContent}
	}
	switch s.knobs.Answer {
	case AnswerEmpty:
		return standin.Reply{Status: http.StatusNoContent}
	case AnswerWords:
		return standin.Words(http.StatusAccepted, "Thanks, it is in the queue.")
	case AnswerStrange:
		return standin.JSON(http.StatusOK, map[string]any{"id": strings.Repeat("x", 5000), "url": "javascript:alert(1)"})
	case AnswerNumber:
		p.ID = number
		return standin.Reply{Status: http.StatusCreated, Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte(`{"id":` + number + `}`)}
	}
	p.ID = "r-" + number
	if s.knobs.Answer == AnswerID {
		return standin.JSON(http.StatusOK, map[string]string{"id": p.ID})
	}
	return standin.JSON(http.StatusOK, map[string]string{"id": p.ID, "url": s.address(p)})
}

func (s *Server) address(p *post) string {
	base := s.opts.PublicURL
	if base == "" {
		base = "https://reader.example"
	}
	return base + "/@" + p.User + "/post/" + p.ID
}

// edit gives a post what the message says, and nothing of what it said before.
func (s *Server) edit(c *call) standin.Reply {
	m := c.message
	p := s.find(c.hook.Name, m.receiverID, m.key)
	if p == nil {
		s.desk.Violation("%s: an edit of %q, which was never published", c.hook.Name, m.key)
		return standin.Words(http.StatusAccepted, "no such post")
	}
	was := p.Post
	p.Post = m.post
	p.ID, p.User, p.Time, p.Permalink = was.ID, was.User, was.Time, was.Permalink
	p.ReplyTo, p.Root, p.Purpose, p.Edited = was.ReplyTo, was.Root, was.Purpose, true
	return standin.Words(http.StatusOK, "edited")
}

// withdraw takes a post away. That there is none is no failure.
func (s *Server) withdraw(c *call) standin.Reply {
	if p := s.find(c.hook.Name, c.message.receiverID, c.message.key); p != nil {
		p.Gone = true
	}
	return standin.Words(http.StatusOK, "withdrawn")
}
