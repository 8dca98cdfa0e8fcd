package blueskytest

import (
	"time"

	"spool/publisher/standin"
)

// Knobs are the points in which servers differ, or on which no source settles
// how they behave, and a few that only set the scene. The zero value is what the
// reference server does.
type Knobs struct {
	CreateExisting CreateExisting
	PutNullSwap    NullSwap
	ImageMax       int           // bytes of a picture; 0: 2,000,000
	AccessLife     time.Duration // of an access token; 0: 2 h
	RefreshGrace   RefreshGrace
	ListLag        time.Duration // until a new record is listed
	GetLag         time.Duration // until a new record can be read
	BlobLife       time.Duration // of a picture that no record names; 0: 6 h
	AbsentError    AbsentError
	RateHeaders    RateHeaders
	PutLatency     time.Duration // until a put of a post is answered
	EffectAt       EffectAt      // when within PutLatency the post becomes visible

	HourPoints int // of writing; 0: 5,000
}

// CreateExisting is the answer to creating what is there already.
type CreateExisting string

// The answers to creating what is there already.
const (
	CreateInternal CreateExisting = "500" // default
	CreateInvalid  CreateExisting = "400"
)

// NullSwap is what becomes of the condition that nothing is there.
type NullSwap string

// The fates of the condition.
const (
	SwapHonoured NullSwap = "honoured" // default
	SwapIgnored  NullSwap = "ignored"  // what is there is replaced
)

// RefreshGrace is how long a session that was refreshed can be refreshed again.
type RefreshGrace string

// The graces.
const (
	GraceHours RefreshGrace = "2h" // default
	GraceNone  RefreshGrace = "none"
)

// AbsentError is how a server says that there is no such record.
type AbsentError string

// The ways to say it.
const (
	AbsentNamed   AbsentError = "RecordNotFound" // default
	AbsentUnnamed AbsentError = "InvalidRequest" // as older servers do
)

// RateHeaders is whether answers tell what is left of the budget.
type RateHeaders string

// The kinds of headers.
const (
	RatePresent   RateHeaders = "present" // default
	RateAbsent    RateHeaders = "absent"
	RateMalformed RateHeaders = "malformed"
)

// EffectAt is when a slow put makes its post visible.
type EffectAt = standin.EffectAt

// The moments of the effect.
const (
	EffectAtEnd    = standin.EffectAtEnd // default
	EffectAtMiddle = standin.EffectAtMiddle
	EffectAtStart  = standin.EffectAtStart
)

// A Knob is one setting and the values that a client must live with, the
// default first.
type Knob = standin.Knob[Knobs]

// AllKnobs lists the settings with all the values that a test matrix has to run.
func AllKnobs() []Knob {
	return []Knob{
		standin.Choice("create_existing", func(k *Knobs) *CreateExisting { return &k.CreateExisting }, CreateInternal, CreateInvalid),
		standin.Choice("put_null_swap", func(k *Knobs) *NullSwap { return &k.PutNullSwap }, SwapHonoured, SwapIgnored),
		standin.Number("image_max", func(k *Knobs) *int { return &k.ImageMax }, "2000000", "1000000"),
		standin.Duration("access_life", func(k *Knobs) *time.Duration { return &k.AccessLife }, "2h0m0s", "10m0s", "1m0s"),
		standin.Choice("refresh_grace", func(k *Knobs) *RefreshGrace { return &k.RefreshGrace }, GraceHours, GraceNone),
		standin.Duration("list_lag", func(k *Knobs) *time.Duration { return &k.ListLag }, "0s", "5s", "10m0s"),
		standin.Duration("get_lag", func(k *Knobs) *time.Duration { return &k.GetLag }, "0s", "5s", "1m0s"),
		standin.Duration("blob_life", func(k *Knobs) *time.Duration { return &k.BlobLife }, "6h0m0s", "1h0m0s", "1m0s"),
		standin.Choice("absent_error", func(k *Knobs) *AbsentError { return &k.AbsentError }, AbsentNamed, AbsentUnnamed),
		standin.Choice("rate_headers", func(k *Knobs) *RateHeaders { return &k.RateHeaders }, RatePresent, RateAbsent, RateMalformed),
		standin.Duration("put_latency", func(k *Knobs) *time.Duration { return &k.PutLatency }, "0s", "1s", "1m40s"),
		standin.Choice("effect_at", func(k *Knobs) *EffectAt { return &k.EffectAt }, EffectAtEnd, EffectAtMiddle, EffectAtStart),
	}
}

// Set gives the named setting a value of its list, or another that fits.
func (k *Knobs) Set(name, value string) error { return standin.SetKnob(AllKnobs(), k, name, value) }

// Map returns all settings by name.
func (k Knobs) Map() map[string]string { return standin.MapKnobs(AllKnobs(), k) }
