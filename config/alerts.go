package config

import "time"

// Alerts is what becomes of service alerts: GTFS-Realtime, CAP, or an RSS feed that
// lists them. docs/alerts.md says how they are followed up.
type Alerts struct {
	// Only alerts that fit are posted. Each key that is given must fit.
	Include AlertMatch `yaml:"include"`

	// Alerts that fit one of these keys are not posted. If this is not given, those
	// with the effect NO_EFFECT are not.
	Exclude AlertMatch `yaml:"exclude"`

	// What alerts are, where the source does not say: the first rule that fits and
	// says something counts. Words that are common are known without rules.
	Rules []AlertRule `yaml:"rules" max:"200"`

	// On which accounts which alerts are posted: the first entry that fits counts.
	// Alerts that none fits go to the feed's accounts, which may be left out with this.
	To []AlertRoute `yaml:"to" max:"500"`

	// When planned work is announced: skip, publish (as soon as it is listed), or how
	// long before it begins.
	Planned Lead `yaml:"planned" default:"24h"`

	// The least time between two updates of one alert. What changes meanwhile is told
	// as it is in the end.
	UpdateEvery time.Duration `yaml:"update_every" default:"10m" max:"24h"`

	// How long something new must last before it is posted, for sources that take
	// things back at once.
	Debounce time.Duration `yaml:"debounce" default:"0s" max:"24h"`

	// An alert that is going to be over sooner than this is not announced.
	MinRemaining time.Duration `yaml:"min_remaining" default:"0s" max:"24h"`

	// When an alert that the source lists no longer is taken to be over.
	GoneAfter GoneAfter `yaml:"gone_after"`

	// An alert that comes back so soon after it was over goes on in its thread.
	ReopenWithin time.Duration `yaml:"reopen_within" default:"1h" max:"48h"`

	// A document that the source made longer ago than this says nothing. 0s: any age
	// will do.
	Stale time.Duration `yaml:"stale" default:"30m" max:"720h"`

	// What happens when an alert is over. reply: an answer says so; edit: the post says
	// so where the network can edit, else as reply; delete: the thread is taken away,
	// where the network can do that; nothing.
	OnEnd string `yaml:"on_end" default:"reply" enum:"reply,edit,delete,nothing"`

	// The same for planned work.
	OnEndPlanned string `yaml:"on_end_planned" default:"nothing" enum:"reply,edit,delete,nothing"`

	// For RSS. current: the feed lists what holds now, and what leaves it is over; log:
	// each item is an event, also that something is over.
	Style string `yaml:"style" default:"current" enum:"current,log"`

	// Of style log: regular expressions (RE2) of texts that say that service is as
	// usual again. Common ones are known without this.
	Resumed []Expression `yaml:"resumed" max:"100"`

	// When so much happens at once that the rest is told by one post.
	Digest Digest `yaml:"digest"`

	// Whether an alert about a whole line that does not run keeps back those about its
	// stops.
	Inhibit bool `yaml:"inhibit" default:"true"`

	// Whether severe alerts that hold when Spool begins are posted although first_run
	// is skip.
	SevereAtStart bool `yaml:"severe_at_start" default:"true"`

	// What of an alert may be published. Nothing else of it leaves Spool's memory:
	// header, description, instruction, cause, effect, period, area, sender, url, image.
	Publish []string `yaml:"publish" max:"10" check:"alert field"`

	// The priority of posts, by how severe an alert is.
	Priorities AlertPriorities `yaml:"priorities"`

	// Where the public names of lines and stops are: a static GTFS, as the address of a
	// zip file, a zip file, or a folder. A table of names can stand here, too.
	Names string `yaml:"names" max:"2048" check:"names"`

	// Names that are not there, or that are to be others.
	Table NameTable `yaml:"table"`
}

// AlertMatch says which alerts are meant. A list fits when one of its entries does.
type AlertMatch struct {
	// Effects by their names in GTFS-Realtime, such as NO_SERVICE; UNKNOWN_EFFECT are
	// those of which nobody knows.
	Effect []string `yaml:"effect" max:"20" check:"alert effect"`

	// Causes by their names in GTFS-Realtime, such as STRIKE; or UNKNOWN_CAUSE.
	Cause []string `yaml:"cause" max:"20" check:"alert cause"`

	// INFO, WARNING, SEVERE or UNKNOWN_SEVERITY.
	Severity []string `yaml:"severity" max:"4" check:"alert severity"`

	// Lines, by id or public name.
	Route []string `yaml:"route" max:"2000"`

	// Agencies, by id or name.
	Agency []string `yaml:"agency" max:"200"`

	// Kinds of vehicles: tram, metro, rail, bus, ferry, cable_tram, aerial_lift,
	// funicular, trolleybus or monorail.
	Mode []string `yaml:"mode" max:"20" check:"alert mode"`

	// Stops, by id or public name.
	Stop []string `yaml:"stop" max:"5000"`

	// Regular expressions (RE2) on all texts of an alert.
	Text []Expression `yaml:"text" max:"100"`

	// Regular expressions (RE2) on the source's name for an alert.
	ID []Expression `yaml:"id" max:"100"`

	// true: planned work; false: everything else.
	Planned Answer `yaml:"planned"`
}

// AlertRule says what alerts are.
type AlertRule struct {
	// The alerts that are meant.
	When AlertMatch `yaml:"when"`

	// What they are then: an effect, such as SIGNIFICANT_DELAYS.
	Effect string `yaml:"effect" max:"40" check:"alert effect"`

	// A cause, such as WEATHER.
	Cause string `yaml:"cause" max:"40" check:"alert cause"`

	// A severity: INFO, WARNING or SEVERE.
	Severity string `yaml:"severity" max:"40" check:"alert severity"`

	// true: planned work; false: none.
	Planned Answer `yaml:"planned"`

	// true: also where the source says something else.
	Always bool `yaml:"always" default:"false"`
}

// AlertRoute says where alerts are posted.
type AlertRoute struct {
	// The alerts that are meant.
	When AlertMatch `yaml:"when"`

	// The accounts that they are posted on.
	Accounts []string `yaml:"accounts" required:"true" min:"1" max:"100" check:"account"`
}

// GoneAfter says when an alert that is not listed any more is over: after both.
type GoneAfter struct {
	// So many good answers in a row without it.
	Fetches int `yaml:"fetches" default:"3" min:"1" max:"1000"`

	// And for so long.
	Time time.Duration `yaml:"time" default:"10m" max:"48h"`
}

// Digest says when several alerts are told by one post.
type Digest struct {
	// More announcements than this on one account,
	Above int `yaml:"above" default:"10" min:"0" max:"1000"`

	// in so long. above: 0 means that each alert has a post of its own.
	Within time.Duration `yaml:"within" default:"30m" max:"24h"`
}

// AlertPriorities are the priorities of posts about alerts.
type AlertPriorities struct {
	// Of severe ones, such as a line that does not run.
	Severe string `yaml:"severe" default:"breaking" enum:"low,normal,high,breaking"`

	// Of warnings, such as delays and detours.
	Warning string `yaml:"warning" default:"high" enum:"low,normal,high,breaking"`

	// Of everything else.
	Info string `yaml:"info" default:"normal" enum:"low,normal,high,breaking"`

	// Of planned work.
	Planned string `yaml:"planned" default:"normal" enum:"low,normal,high,breaking"`
}

// NameTable are public names, by the ids that the source uses.
type NameTable struct {
	// Lines.
	Routes map[string]RouteName `yaml:"routes" max:"5000" names:"text"`

	// Stops and stations.
	Stops map[string]string `yaml:"stops" max:"20000" names:"text"`

	// Agencies.
	Agencies map[string]string `yaml:"agencies" max:"200" names:"text"`
}

// RouteName is a line as riders know it.
type RouteName struct {
	// Its name, such as "Red Line" or "46".
	Name string `yaml:"name" required:"true" min:"1" max:"200"`

	// Its kind of vehicle, such as bus.
	Mode string `yaml:"mode" max:"20" check:"alert mode"`

	// Its colour, in a word: for templates in post.alerts, as .Colour.
	Colour string `yaml:"colour" max:"40"`
}
