package compose

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
	"unicode/utf8"

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

// defaultImages is how many pictures a post has at most, unless the settings say.
const defaultImages = 4

// Settings are a wording, as under post in the configuration. The zero value of a
// field means its default.
type Settings struct {
	Text         string            // template; default DefaultText
	Link         string            // card, text or none; default card
	Image        string            // auto, first or none; default auto
	Images       int               // the most pictures in a post; default 4
	Video        string            // auto or none; default auto
	Alt          spool.AltPolicy   // what becomes of pictures without a description; default AltPost
	Chain        int               // how many posts a text may be spread over; 0: it is shortened
	Topic        string            // template; default none
	Hashtags     map[string]string // the hashtag of a category, in any case; empty: none
	Handles      map[string]string // the handle of an author, in any case
	Warning      string            // template of a content warning; default none
	Correction   string            // template of a correction; default DefaultCorrection
	Query        map[string]string // templates of parameters that the link gets
	Language     string            // where the item and its feed name none
	LanguageFrom string            // item or config: Language alone counts; default item
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
	Notes  []string // for people: what was cut or left out, and why
}

func (r *Report) note(format string, args ...any) {
	r.Notes = append(r.Notes, fmt.Sprintf(format, args...))
}

// A Wording turns items into posts. It can be used by several goroutines.
type Wording struct {
	settings Settings
	text     *compiled
	fallback *compiled
	topic    *compiled // nil: none
	query    []parameter

	correction         *compiled
	fallbackCorrection *compiled
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
	w.fallback = prepare("default text", DefaultText)
	w.correction = prepare("correction", cmp.Or(s.Correction, DefaultCorrection))
	w.fallbackCorrection = prepare("default correction", DefaultCorrection)
	if s.Topic != "" {
		w.topic = prepare("topic", s.Topic)
	}
	for _, name := range slices.Sorted(maps.Keys(s.Query)) {
		w.query = append(w.query, parameter{name, prepare("query "+name, s.Query[name])})
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
// item.
func (w *Wording) Compose(it spool.Item, v Values, l spool.TextLimits) (spool.Content, Report, error) {
	report := Report{Limit: l.Max}
	c := &composition{wording: w, item: it, values: v, limits: l, report: &report, text: w.text}
	content := spool.Content{Language: c.language()}
	link := c.link()
	inText := c.place(link, &content)
	c.image(&content)
	content.Topic = c.topic()
	if err := c.fill(&content, link, inText); err != nil {
		return spool.Content{}, report, err
	}
	return content, report, nil
}

// fill puts the words into a content.
func (c *composition) fill(content *spool.Content, link string, inText bool) error {
	text, ok := c.words(link, inText, c.fits)
	if !ok {
		return fmt.Errorf("item %s: nothing can be posted: it has no title, summary or link that fits in %d characters", identity(c.item), c.limits.Max)
	}
	content.Text = text
	c.report.Length = c.length(text)
	if l := c.limits; l.Bytes > 0 && len(text) > l.Bytes {
		quiet := *c // what is cut for the short version is no news
		quiet.report = new(Report)
		content.Short, _ = quiet.words(link, inText, func(s string) bool { return len(s) <= l.Bytes && c.fits(s) })
	}
	return nil
}

// language is the one that a post is in.
func (c *composition) language() string {
	if s := c.wording.settings; s.LanguageFrom == LanguageFromConfig {
		return s.Language
	}
	return cmp.Or(c.item.Language, c.wording.settings.Language)
}

// identity names an item for people.
func identity(it spool.Item) string {
	return cmp.Or(it.ID, it.GUID, it.Link, "without a name")
}

// A composition is the making of one post.
type composition struct {
	wording *Wording
	item    spool.Item
	values  Values
	limits  spool.TextLimits
	report  *Report

	text       *compiled // the template of what is said
	correcting bool      // it is a correction
}

func (c *composition) length(s string) int {
	if c.limits.Length != nil {
		return c.limits.Length(s)
	}
	return utf8.RuneCountInString(s)
}

func (c *composition) fits(s string) bool { return c.limits.Max <= 0 || c.length(s) <= c.limits.Max }

// place decides where the link is shown, and reports whether that is the text.
func (c *composition) place(link string, content *spool.Content) bool {
	switch how := cmp.Or(c.wording.settings.Link, LinkCard); {
	case link == "" || how == LinkNone:
		return false
	case how == LinkCard && c.limits.Card:
		content.Link = link
		return false
	case how == LinkCard:
		return true
	case !c.fits(link) && c.limits.Card:
		c.report.note("the link is longer than a whole post: it is shown as a card instead")
		content.Link = link
		return false
	}
	return true
}
