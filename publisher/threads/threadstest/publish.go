package threadstest

import (
	"net/http"
	"time"
)

// statusOf is the state that a container's status shows.
func (s *Server) statusOf(box *container, at time.Time) string {
	switch {
	case !box.Published.IsZero():
		return "PUBLISHED"
	case at.Sub(box.Created) >= containerIn:
		return "EXPIRED"
	case at.Sub(box.Created) < s.knobs.Processing || box.Polls < s.knobs.ProcessingPolls:
		return "IN_PROGRESS"
	case box.Error != "":
		return "ERROR"
	}
	return "FINISHED"
}

// forgotten reports whether a published container cannot be read any more.
func (s *Server) forgotten(box *container, at time.Time) bool {
	if box.Published.IsZero() {
		return false
	}
	switch s.knobs.PublishedStatusTTL {
	case StatusGone:
		return true
	case StatusOneDay:
		return at.Sub(box.Published) >= 24*time.Hour
	}
	return false
}

// status answers for a container. It never tells the id of the post.
func (s *Server) status(c *call, u *User, at time.Time) (object, error) {
	box := s.state.Containers[c.id]
	if box == nil || box.Owner != u.Name || s.forgotten(box, at) {
		return nil, missingObject(c.id)
	}
	status := s.statusOf(box, at)
	box.Polls++
	box.Ready = box.Ready || status == "FINISHED"
	box.Told = box.Told || status == "PUBLISHED"
	all := object{"id": box.ID, "status": status}
	if status == "ERROR" {
		all["error_message"] = box.Error
	}
	return pick(c.form.Get("fields"), "id,status", all, containerFields)
}

// publish makes a finished container visible.
func (s *Server) publish(c *call, u *User, at time.Time) (object, error) {
	if u.Restricted {
		return nil, failure(10, 4279013, "The user is restricted")
	}
	id := c.form.Get("creation_id")
	if id == "" {
		return nil, badParameter("Param creation_id is required.")
	}
	box := s.state.Containers[id]
	if box != nil && box.Child {
		s.desk.Violation("container %s was to be published: it is a child of a carousel", id)
	}
	if box == nil || box.Owner != u.Name || box.Child {
		return nil, missingContainer(id)
	}
	if !box.Published.IsZero() {
		return s.publishAgain(box, u, at)
	}
	if s.statusOf(box, at) != "FINISHED" {
		return nil, missingContainer(id)
	}
	box.Tries++
	if box.Tries <= s.knobs.FinishedButMissing {
		return nil, missingContainer(id)
	}
	if err := s.checkQuota(u, box.Content.ReplyTo != "", at); err != nil {
		return nil, err
	}
	if err := s.checkParent(box, at); err != nil {
		return nil, err
	}
	s.checkSibling(box)
	return s.published(s.goLive(box, u, at))
}

// checkParent looks at the post that a reply answers, as it is when the reply
// is published.
func (s *Server) checkParent(box *container, at time.Time) error {
	k := &box.Content
	if k.ReplyTo == "" {
		return nil
	}
	if s.find(k.ReplyTo) == nil {
		return missingObject(k.ReplyTo)
	}
	if !s.early(*k, at) {
		return nil
	}
	s.desk.Violation("container %s answers %s, which was not live for long enough: such replies fail, or become posts of their own", box.ID, k.ReplyTo)
	switch s.knobs.EarlyReply {
	case EarlyRefused:
		return missingContainer(box.ID)
	case EarlyTopLevel:
		k.ReplyTo = ""
	}
	return nil
}

// early reports whether a reply's parent has not been live for long enough.
func (s *Server) early(k content, at time.Time) bool {
	p := s.find(k.ReplyTo)
	if k.ReplyTo == "" || p == nil {
		return false
	}
	age := EarlyText
	if k.MediaType != "TEXT" {
		age = EarlyMedia
	}
	return at.Sub(p.Time) < age
}

// published is the answer to a publish that took effect.
func (s *Server) published(p *post) (object, error) {
	if s.knobs.Code10ButLive {
		e := failure(10, 0, "Application does not have permission for this action")
		e.http = http.StatusInternalServerError
		return nil, e
	}
	return object{"id": p.ID}, nil
}

func (s *Server) publishAgain(box *container, u *User, at time.Time) (object, error) {
	if box.Told {
		s.desk.Violation("container %s was published again after its status was read as PUBLISHED", box.ID)
	}
	switch s.knobs.DoublePublish {
	case DoubleInvalid:
		return nil, badParameter("Param creation_id names a container that was published already.")
	case DoubleSameID:
		return object{"id": box.Media}, nil
	case DoublePosts:
		return s.published(s.append(u, box.Content, box.ID, at))
	}
	return nil, missingContainer(box.ID)
}

// goLive makes a container's post visible.
func (s *Server) goLive(box *container, u *User, at time.Time) *post {
	p := s.append(u, box.Content, box.ID, at)
	box.Published, box.Media = at, p.ID
	s.log.Info("threadstest: a post is live", "user", u.Name, "post", p.ID, "container", box.ID)
	s.save()
	return p
}

// checkSibling complains when a container goes live whose words and link are
// already live from another container: two containers for one intention.
func (s *Server) checkSibling(box *container) {
	for _, p := range s.state.Posts {
		if !p.Deleted && p.Owner == box.Owner && p.Container != "" && p.Container != box.ID && same(p.Content, box.Content) {
			s.desk.Violation("container %s was published with the words and the link of container %s, which is live", box.ID, p.Container)
			return
		}
	}
}

func same(a, b content) bool {
	return a.Text == b.Text && a.Link == b.Link && a.Image == b.Image && a.ReplyTo == b.ReplyTo
}
