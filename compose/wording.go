package compose

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"spool"
)

// The ways to show a link and a picture, and where the language is taken from, as
// the configuration names them.
const (
	LinkCard = "card"
	LinkText = "text"
	LinkNone = "none"

	ImageAuto  = "auto"  // where there is no card
	ImageFirst = "first" // rather than a card
	ImageNone  = "none"

	VideoAuto = "auto"
	VideoNone = "none"

	LanguageFromItem   = "item"
	LanguageFromConfig = "config"
)

// DefaultText is the template of a feed that has none of its own.
const DefaultText = "{{ .Title }}\n\n{{ .Summary | fit }}"

// maxWarning is how long a content warning is at most, in code points.
const maxWarning = 100

// Settings are a wording, as under post in the configuration. The zero value of a
// field means its default.
type Settings struct {
	Text         string                 // template; default DefaultText
	Link         string                 // card, text or none; default card
	Image        string                 // auto, first or none; default auto
	Images       int                    // the most pictures in a post; default 1
	Video        string                 // auto or none; default auto
	Alt          spool.AltPolicy        // what becomes of pictures without a description; default AltPost
	Chain        int                    // how many posts a text may be spread over; 0: it is shortened
	Topic        string                 // template; default none
	Hashtags     map[string]string      // the hashtag of a category, in any case; empty: none
	Handles      map[string]string      // the handle of an author, in any case
	Warning      string                 // template of a content warning; default none
	Correction   string                 // template of a correction; default DefaultCorrection
	Query        map[string]string      // templates of parameters that the link gets
	Alerts       map[spool.Phase]string // templates of posts about alerts; default: the words that are built in
	Language     string                 // where the item and its feed name none
	LanguageFrom string                 // item or config: Language alone counts; default item
}

// Values are what a template can say beyond the item.
type Values struct {
	Account  string
	Network  string
	Feed     string
	Location *time.Location // for dates; nil means UTC

	// Of a correction: the item as the live post has it, as far as it is known,
	// and which correction of that post this is, counted from 1.
	Before   spool.Item
	Revision int
}

// A Report tells how a post came out.
type Report struct {
	Length int      // in the network's units
	Limit  int      // the longest allowed; 0: none
	Parts  []int    // the lengths of the posts that the text goes on in
	Notes  []string // for people: what was cut or left out, and why
}

func (r *Report) note(format string, args ...any) {
	r.Notes = append(r.Notes, fmt.Sprintf(format, args...))
}

// A Wording turns items into posts. It can be used by several goroutines.
type Wording struct {
	settings Settings
	text     *compiled
	topic    *compiled // nil: none
	query    []parameter

	warning *compiled // nil: none
	tags    map[string]string
	handles map[string]string

	correction *compiled // nil: DefaultCorrection, which is compiled when it is needed
	alerts     map[spool.Phase]*compiled
}

// A parameter is one that links get.
type parameter struct {
	name  string
	value *compiled
}

// New prepares a wording. The error lists every template that is wrong, and how.
func New(s Settings) (*Wording, error) {
	w := &Wording{settings: s}
	var errs []error
	prepare := func(what, text string) *compiled {
		c, err := compile(text)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", what, err))
		}
		return c
	}
	w.text = prepare("text", cmp.Or(s.Text, DefaultText))
	if s.Correction != "" {
		w.correction = prepare("correction", s.Correction)
	}
	if s.Topic != "" {
		w.topic = prepare("topic", s.Topic)
	}
	if s.Warning != "" {
		w.warning = prepare("warning", s.Warning)
	}
	w.tags, w.handles = folded(s.Hashtags), folded(s.Handles)
	for _, name := range slices.Sorted(maps.Keys(s.Query)) {
		w.query = append(w.query, parameter{name, prepare("query "+name, s.Query[name])})
	}
	for _, phase := range slices.Sorted(maps.Keys(s.Alerts)) {
		if err := w.prepareAlert(phase, s.Alerts[phase]); err != nil {
			errs = append(errs, fmt.Errorf("alerts %s: %w", phase, err))
		}
	}
	errs = append(errs, s.check()...)
	if err := errors.Join(errs...); err != nil {
		return nil, fmt.Errorf("wording: %w", err)
	}
	return w, nil
}

// check says what is wrong with settings that are no templates.
func (s Settings) check() []error {
	return []error{
		oneOf("link", s.Link, LinkCard, LinkText, LinkNone), oneOf("image", s.Image, ImageAuto, ImageFirst, ImageNone),
		oneOf("video", s.Video, VideoAuto, VideoNone), oneOf("language_from", s.LanguageFrom, LanguageFromItem, LanguageFromConfig),
		oneOf("alt", string(s.Alt), string(spool.AltPost), string(spool.AltWithout), string(spool.AltHold)),
	}
}

func oneOf(what, value string, allowed ...string) error {
	if value == "" || slices.Contains(allowed, value) {
		return nil
	}
	return fmt.Errorf("%s: %q is not one of %q", what, value, allowed)
}

// Compose words an item for one account. The text is within l by l's own count
// and never empty; the error, if there is nothing that could be said, names the
// item. Pictures and films are only chosen: where there are some, the content is
// Open, and has what is posted instead of it if none of them can be had.
func (w *Wording) Compose(it spool.Item, v Values, l spool.TextLimits) (spool.Content, Report, error) {
	report := Report{Limit: l.Max}
	c := w.composition(it, v, l, &report)
	content, err := c.compose()
	if err != nil {
		return spool.Content{}, report, err
	}
	return content, report, nil
}

// identity names an item for people.
func identity(it spool.Item) string {
	return cmp.Or(it.ID, it.GUID, it.Link, "without a name")
}
