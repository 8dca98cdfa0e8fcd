// Package alerts decides what a publisher's service alerts lead to: which are the
// same as those listed before, which have changed, begun or ended, and what is to be
// told of each on each account. It is pure: what a source said comes in as a
// [Reading], what is remembered as a book of [spool.Tracked], and the clock as an
// argument. Readers of the forms that sources use are the packages below this one.
//
// The way of a reading, for each feed: [Policy.Track] compares it with the book;
// [Policy.Sum] sums up what is too much for an account; [Policy.Decide] says, for one
// alert and one account, what is to be done, given the posts that there are. It goes
// by what readers know now and what is the case now, never by what happened between,
// so that whatever was missed or failed is made up for by the next reading.
package alerts

import (
	"regexp"
	"time"

	"spool"
)

// A Document is an answer of a source that is to be read.
type Document struct {
	Body      []byte         // as it came
	Mime      string         // as the server calls it
	URL       string         // where it came from, for addresses that are relative to it
	Items     []spool.Item   // of a document that is a feed too: its items; then Body may be an index of CAP messages
	Log       bool           // see Policy.Log
	Location  *time.Location // of moments that name no zone; nil: UTC
	Languages []string       // that are wanted, the dearest first; of a CAP message without texts by language

	// Messages are those that an index points to and that have been fetched, by URL.
	Messages map[string][]byte
}

// A Reading is what a source said at one moment.
type Reading struct {
	Format   string        // for people: "GTFS-Realtime", "CAP", "RSS" …
	Stamp    time.Time     // when the source made it; zero: it does not say
	Alerts   []spool.Alert // in the order of the document
	Withdrew []string      // names of alerts that the source takes back or says are over, and does not list
	Partial  bool          // something could not be read: that an alert is not listed says nothing
	Log      bool          // ended alerts stay listed, or leave without being over: absence never says anything
	Same     bool          // it is what the source said the last time: Alerts is empty
	Digest   string        // of everything but Stamp: equal ones say the same
	Print    Print         // of the document itself; zero: it is not known again without being read
	Missing  []Pointer     // of an index: messages that have to be fetched, and are not among Alerts yet
	Skipped  []string      // for people: entries that could not be used, and why
	Notes    []string      // for people: what had to be repaired
}

// A Pointer leads from an index to a message of its own.
type Pointer struct {
	URL     string
	Version string // another one means that the message has changed
}

// A Directory knows the public names of what alerts are about. Its answers are false
// where it knows nothing.
type Directory interface {
	Route(agency, id string) (Route, bool)
	Stop(id string) (name string, ok bool)
	Agency(id string) (name string, ok bool) // of "": the only one there is, if so
}

// A Route is a line as riders know it.
type Route struct {
	Name   string // "Red Line", "46"
	Mode   spool.Mode
	Colour string // in a word, in English: "red"; empty: none, or none that has a word
}

// A Policy is what the configuration says of a feed's alerts.
type Policy struct {
	Feed     string
	Group    string
	Accounts []string      // that alerts go to which no entry of Routing is about
	Routing  []Routing     // the first that matches says where an alert goes
	Include  Match         // only alerts that match are told; empty: all
	Exclude  []Match       // none that matches one of these is
	Rules    []Rule        // what alerts are, where the source does not say; all that match hold, the first for each field
	Planned  Planned       // when planned work is told
	MinLeft  time.Duration // an alert that will be over sooner is not announced
	Debounce time.Duration // a new alert, and a change, must last for so long before it is told

	UpdateEvery   time.Duration // between two updates of an alert at least; the newest state wins
	GoneFetches   int           // an alert is over when so many good readings in a row,
	GoneTime      time.Duration // and for so long, have not listed it
	ReopenWithin  time.Duration // an alert that comes back so soon after it was over is the same
	Stale         time.Duration // a reading older than this says nothing; 0: any age is good
	OnEnd         OnEnd
	OnEndPlanned  OnEnd            // of planned work
	Log           bool             // RSS: each item is an event; what is not listed any more is not over
	Resumed       []*regexp.Regexp // of texts that say that service is as usual again
	DigestAbove   int              // more announcements than this on an account,
	DigestWithin  time.Duration    // in so long, are summed up in one post; 0: never
	Inhibit       bool             // an alert about a whole line mutes those about its stops
	Fields        []Field          // what may be published; empty: every one
	FirstRun      FirstRun
	SevereAtStart bool // alerts found at the start that are severe, and hold now, are told all the same
	Priorities    Priorities
	Directory     Directory      // nil: no names are known
	Location      *time.Location // of the agency; nil: UTC
}

// OnEnd is what becomes of a thread when its alert is over.
type OnEnd string

// What can become of it.
const (
	EndReply   OnEnd = "reply"
	EndEdit    OnEnd = "edit"
	EndDelete  OnEnd = "delete"
	EndNothing OnEnd = "nothing"
)

// Planned says when planned work is told: never, as soon as it is listed, or so long
// before its first period begins.
type Planned struct {
	Never  bool
	Ahead  time.Duration // counted when Never and Listed are not set
	Listed bool
}

// FirstRun is which of the alerts are told that are there when a feed is read for the
// first time, or after so long a break that nobody can say when they began: none, all,
// or the newest.
type FirstRun struct {
	All    bool
	Latest int
}

// Priorities are those of posts, by what the alert is.
type Priorities struct{ Severe, Warning, Info, Planned spool.Priority }

// A Match says which alerts are meant. Each list that is not empty must have an entry
// that fits; an empty Match fits every alert.
type Match struct {
	Agency, Route, Stop, ID []string // to the letter; Route and Stop also by public name
	Mode                    []spool.Mode
	Effect                  []spool.Effect // "" is unknown
	Cause                   []spool.Cause
	Severity                []spool.Severity
	Planned                 *bool
	Text                    []*regexp.Regexp // on all texts, in all languages
	IDPattern               []*regexp.Regexp
}

// A Rule says what the alerts are that it matches. Empty fields say nothing.
type Rule struct {
	Match    Match
	Effect   spool.Effect
	Cause    spool.Cause
	Severity spool.Severity
	Planned  *bool
	Always   bool // it holds even where the source says something else
}

// A Routing says to which accounts the alerts go that it matches.
type Routing struct {
	Match    Match
	Accounts []string
}

// A Field is a part of an alert that can be published.
type Field string

// The fields.
const (
	FieldHeader      Field = "header"
	FieldDescription Field = "description"
	FieldInstruction Field = "instruction"
	FieldCause       Field = "cause"
	FieldEffect      Field = "effect"
	FieldPeriod      Field = "period"
	FieldArea        Field = "area"
	FieldSender      Field = "sender"
	FieldURL         Field = "url"
	FieldImage       Field = "image"
)
