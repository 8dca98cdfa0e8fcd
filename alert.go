package spool

import (
	"encoding/json"
	"slices"
	"time"
)

// An Alert is what a source says of one disturbance, whatever form it said it in:
// GTFS-Realtime, CAP or RSS. All text is plain, valid UTF-8 without NUL.
type Alert struct {
	ID       string    `json:"id"`                 // as the source calls it, in this document
	Names    []string  `json:"names,omitempty"`    // what else it may be known by, the surest first; each with its kind: see package alerts
	Replaces []string  `json:"replaces,omitempty"` // the names of alerts that it takes the place of, as CAP's references say
	Created  time.Time `json:"created,omitzero"`   // zero when the source does not say
	Updated  time.Time `json:"updated,omitzero"`
	Notify   time.Time `json:"notify,omitzero"`   // when the agency last wanted people told; a change of it is a change worth telling
	Ended    time.Time `json:"ended,omitzero"`    // the source says that it is over since; zero: it does not
	Resumed  bool      `json:"resumed,omitempty"` // the source's own words say that service is as usual again

	Periods  []Period   `json:"periods,omitempty"`  // when it holds; none: as long as it is listed
	Guess    bool       `json:"guess,omitempty"`    // the end is an estimate
	Affected []Affected `json:"affected,omitempty"` // any of these

	Cause    Cause    `json:"cause,omitempty"`    // empty: unknown
	Effect   Effect   `json:"effect,omitempty"`   // empty: unknown
	Severity Severity `json:"severity,omitempty"` // empty: the source does not say
	Planned  bool     `json:"planned,omitempty"`  // it was known before it began, or is work

	Header      Texts   `json:"header,omitempty"`
	Description Texts   `json:"description,omitempty"`
	Instruction Texts   `json:"instruction,omitempty"` // what to do instead
	Spoken      Texts   `json:"spoken,omitempty"`      // the header as it is to be read aloud
	CauseText   Texts   `json:"cause_text,omitempty"`  // the agency's own word for the cause
	EffectText  Texts   `json:"effect_text,omitempty"`
	Area        Texts   `json:"area,omitempty"`   // where, in words
	Sender      string  `json:"sender,omitempty"` // who warns, in words
	URL         Texts   `json:"url,omitempty"`
	Image       []Media `json:"image,omitempty"`

	// Of a digest: the items of the alerts that it sums up.
	Members []string `json:"members,omitempty"`
}

// A Period is a time in which an alert holds: from Start on, before End. A zero
// moment is not known: it has begun, or has no known end.
type Period struct {
	Start time.Time `json:"start,omitzero"`
	End   time.Time `json:"end,omitzero"`
}

// Affected is what an alert is about. Empty fields mean any; those that are given
// hold together: a stop with a route is that stop of that route.
type Affected struct {
	Agency    string `json:"agency,omitempty"`
	Route     string `json:"route,omitempty"`
	Mode      Mode   `json:"mode,omitempty"`
	Stop      string `json:"stop,omitempty"`
	Trip      string `json:"trip,omitempty"`
	Direction string `json:"direction,omitempty"` // "0" or "1"

	// The public names of the route, the stop and the agency, where they are known.
	RouteName  string `json:"route_name,omitempty"`
	StopName   string `json:"stop_name,omitempty"`
	AgencyName string `json:"agency_name,omitempty"`

	RouteColour string `json:"route_colour,omitempty"` // of the route, in a word
}

// A Mode is a kind of vehicle.
type Mode string

// The modes, after the route types of GTFS.
const (
	Tram       Mode = "tram"
	Metro      Mode = "metro"
	Rail       Mode = "rail"
	Bus        Mode = "bus"
	Ferry      Mode = "ferry"
	CableTram  Mode = "cable_tram"
	Lift       Mode = "aerial_lift"
	Funicular  Mode = "funicular"
	Trolleybus Mode = "trolleybus"
	Monorail   Mode = "monorail"
)

// Modes lists them all.
func Modes() []Mode {
	return []Mode{Tram, Metro, Rail, Bus, Ferry, CableTram, Lift, Funicular, Trolleybus, Monorail}
}

// A Cause is why something is not as usual, by its name in GTFS-Realtime. Empty
// means that it is not known.
type Cause string

// The causes.
const (
	OtherCause       Cause = "OTHER_CAUSE"
	TechnicalProblem Cause = "TECHNICAL_PROBLEM"
	Strike           Cause = "STRIKE"
	Demonstration    Cause = "DEMONSTRATION"
	Accident         Cause = "ACCIDENT"
	Holiday          Cause = "HOLIDAY"
	Weather          Cause = "WEATHER"
	Maintenance      Cause = "MAINTENANCE"
	Construction     Cause = "CONSTRUCTION"
	PoliceActivity   Cause = "POLICE_ACTIVITY"
	MedicalEmergency Cause = "MEDICAL_EMERGENCY"
	SpecialEvent     Cause = "SPECIAL_EVENT"
)

// Causes lists them all.
func Causes() []Cause {
	return []Cause{
		OtherCause, TechnicalProblem, Strike, Demonstration, Accident, Holiday, Weather, Maintenance, Construction,
		PoliceActivity, MedicalEmergency, SpecialEvent,
	}
}

// An Effect is what a rider meets, by its name in GTFS-Realtime. Empty means that it
// is not known.
type Effect string

// The effects.
const (
	NoService          Effect = "NO_SERVICE"
	ReducedService     Effect = "REDUCED_SERVICE"
	SignificantDelays  Effect = "SIGNIFICANT_DELAYS"
	Detour             Effect = "DETOUR"
	AdditionalService  Effect = "ADDITIONAL_SERVICE"
	ModifiedService    Effect = "MODIFIED_SERVICE"
	OtherEffect        Effect = "OTHER_EFFECT"
	StopMoved          Effect = "STOP_MOVED"
	NoEffect           Effect = "NO_EFFECT"
	AccessibilityIssue Effect = "ACCESSIBILITY_ISSUE"
)

// Effects lists them all.
func Effects() []Effect {
	return []Effect{
		NoService, ReducedService, SignificantDelays, Detour, AdditionalService, ModifiedService, OtherEffect,
		StopMoved, NoEffect, AccessibilityIssue,
	}
}

// A Severity is how bad it is, by its name in GTFS-Realtime. Empty means that it is
// not known.
type Severity string

// The severities.
const (
	Info    Severity = "INFO"
	Warning Severity = "WARNING"
	Severe  Severity = "SEVERE"
)

// Severities lists them all, the least first.
func Severities() []Severity { return []Severity{Info, Warning, Severe} }

// Texts are one text in several languages, in the order of the source.
type Texts []Text

// A Text is a text in a language, as a BCP 47 tag; empty: the source does not say.
type Text struct {
	Language string `json:"language,omitempty"`
	Text     string `json:"text"`
}

// Start is when the first period begins; zero: it has begun, as far as is known.
func (a Alert) Start() time.Time {
	var start time.Time
	for i, p := range a.Periods {
		if p.Start.IsZero() {
			return time.Time{}
		}
		if i == 0 || p.Start.Before(start) {
			start = p.Start
		}
	}
	return start
}

// End is when the last period ends; zero: nobody knows.
func (a Alert) End() time.Time {
	var end time.Time
	for _, p := range a.Periods {
		if p.End.IsZero() {
			return time.Time{}
		}
		end = later(end, p.End)
	}
	return end
}

// Active reports whether an alert holds at a moment.
func (a Alert) Active(now time.Time) bool {
	return len(a.Periods) == 0 || slices.ContainsFunc(a.Periods, func(p Period) bool {
		return !now.Before(p.Start) && (p.End.IsZero() || now.Before(p.End))
	})
}

// A Phase is what a post tells of an alert. The strings are stored.
type Phase string

// The phases.
const (
	Begins  Phase = "announce" // it is there
	Changes Phase = "update"   // it is another than was told
	Ends    Phase = "close"    // it is over
	Ahead   Phase = "planned"  // it is going to be there
	Sums    Phase = "digest"   // several are there at once
)

// Phases lists them all.
func Phases() []Phase { return []Phase{Begins, Changes, Ends, Ahead, Sums} }

// An Ending is how it is known that an alert is over. The strings are stored.
type Ending string

// The endings.
const (
	ByTime   Ending = "time"   // the end that it named has come
	BySource Ending = "source" // the source says so
	ByGone   Ending = "gone"   // the source lists it no longer
)

// A Telling is what readers of a post about an alert know: with it the alert is
// compared to see whether there is something worth telling.
type Telling struct {
	Phase    Phase     `json:"phase"`
	Effect   Effect    `json:"effect,omitempty"`
	Severity Severity  `json:"severity,omitempty"`
	Lines    []string  `json:"lines,omitempty"`    // the routes, or where there are none the stops, sorted
	Headline string    `json:"headline,omitempty"` // in the language of the post
	Detail   string    `json:"detail,omitempty"`   // how the description begins, where the headline is only a line's name or the like
	Until    time.Time `json:"until,omitzero"`
	Notify   time.Time `json:"notify,omitzero"`
	Members  []string  `json:"members,omitempty"` // of a digest, sorted
	Digest   string    `json:"digest,omitempty"`  // of everything that is worth telling
	Planned  bool      `json:"planned,omitempty"` // it was told as planned: nobody waits to be told of its end
}

// Tracked is what is remembered of an alert of a feed, from the first time it was
// listed until some days after it was over. Nothing but Feed, Item, Open and Closed
// is asked for by a query, so a field may be added at any time.
type Tracked struct {
	Feed string `json:"-"`
	Item string `json:"-"` // the id of its item; the item itself is recorded when the alert is first told, or over untold
	Open bool   `json:"-"`

	Alert    Alert    `json:"alert"`              // as it was last listed
	Names    []string `json:"names,omitempty"`    // everything it has been known by
	Known    bool     `json:"known,omitempty"`    // it was there before Spool was: not told unless it changes
	Recorded bool     `json:"recorded,omitempty"` // its item has been recorded, with what became of it

	First    time.Time `json:"first"`              // when it was first listed
	Last     time.Time `json:"last"`               // and last
	Missing  int       `json:"missing,omitempty"`  // good readings since then without it
	Since    time.Time `json:"since,omitzero"`     // when it was first missing; zero: it is there
	Closed   time.Time `json:"closed,omitzero"`    // when it was taken to be over; zero: it is not
	Ending   Ending    `json:"ending,omitempty"`   // of one that is over
	Reopened int       `json:"reopened,omitempty"` // how often it came back

	Muted   string            `json:"muted,omitempty"`   // for people: why it is not told; empty: it is, or is to be
	Due     time.Time         `json:"due,omitzero"`      // when it is to be looked at again though nothing changes; zero: at no moment
	Account string            `json:"account,omitempty"` // of a digest: the one that it is for
	Digest  string            `json:"digest,omitempty"`  // of a member: the item of the digest that tells it
	Digests map[string]string `json:"digests,omitempty"` // the same by account, since an account may be told it by itself
	Notes   json.RawMessage   `json:"notes,omitempty"`   // of the policy
	Look    time.Time         `json:"look,omitzero"`     // of the scheduler: when its posts are to be looked at again, since something is still to come of them; zero: they are settled
}
