package blueskytest

import (
	"fmt"
	"strconv"
	"time"
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
type EffectAt string

// The moments of the effect.
const (
	EffectAtEnd    EffectAt = "end" // default
	EffectAtMiddle EffectAt = "middle"
	EffectAtStart  EffectAt = "start"
)

// A Knob is one setting and the values that a client must live with, the
// default first.
type Knob struct {
	Name   string
	Values []string
	set    func(*Knobs, string) error
	get    func(Knobs) string
}

// AllKnobs lists the settings with all the values that a test matrix has to run.
func AllKnobs() []Knob {
	return []Knob{
		choice("create_existing", func(k *Knobs) *CreateExisting { return &k.CreateExisting }, CreateInternal, CreateInvalid),
		choice("put_null_swap", func(k *Knobs) *NullSwap { return &k.PutNullSwap }, SwapHonoured, SwapIgnored),
		number("image_max", func(k *Knobs) *int { return &k.ImageMax }, "2000000", "1000000"),
		duration("access_life", func(k *Knobs) *time.Duration { return &k.AccessLife }, "2h0m0s", "10m0s", "1m0s"),
		choice("refresh_grace", func(k *Knobs) *RefreshGrace { return &k.RefreshGrace }, GraceHours, GraceNone),
		duration("list_lag", func(k *Knobs) *time.Duration { return &k.ListLag }, "0s", "5s", "10m0s"),
		duration("get_lag", func(k *Knobs) *time.Duration { return &k.GetLag }, "0s", "5s", "1m0s"),
		duration("blob_life", func(k *Knobs) *time.Duration { return &k.BlobLife }, "6h0m0s", "1h0m0s", "1m0s"),
		choice("absent_error", func(k *Knobs) *AbsentError { return &k.AbsentError }, AbsentNamed, AbsentUnnamed),
		choice("rate_headers", func(k *Knobs) *RateHeaders { return &k.RateHeaders }, RatePresent, RateAbsent, RateMalformed),
		duration("put_latency", func(k *Knobs) *time.Duration { return &k.PutLatency }, "0s", "1s", "1m40s"),
		choice("effect_at", func(k *Knobs) *EffectAt { return &k.EffectAt }, EffectAtEnd, EffectAtMiddle, EffectAtStart),
	}
}

// Set gives the named setting a value of its list, or another that fits.
func (k *Knobs) Set(name, value string) error {
	for _, knob := range AllKnobs() {
		if knob.Name == name {
			return knob.set(k, value)
		}
	}
	return fmt.Errorf("blueskytest: no knob %q", name)
}

// Map returns all settings by name.
func (k Knobs) Map() map[string]string {
	m := map[string]string{}
	for _, knob := range AllKnobs() {
		m[knob.Name] = knob.get(k)
	}
	return m
}

func choice[T ~string](name string, field func(*Knobs) *T, values ...T) Knob {
	k := Knob{Name: name}
	for _, v := range values {
		k.Values = append(k.Values, string(v))
	}
	k.set = func(to *Knobs, value string) error {
		for _, v := range values {
			if string(v) == value {
				*field(to) = v
				return nil
			}
		}
		return fmt.Errorf("blueskytest: knob %s has no value %q", name, value)
	}
	k.get = func(of Knobs) string {
		if v := *field(&of); v != "" {
			return string(v)
		}
		return string(values[0])
	}
	return k
}

func duration(name string, field func(*Knobs) *time.Duration, values ...string) Knob {
	return parsed(name, field, time.ParseDuration, time.Duration.String, values)
}

func number(name string, field func(*Knobs) *int, values ...string) Knob {
	return parsed(name, field, strconv.Atoi, strconv.Itoa, values)
}

// parsed makes a knob whose zero value reads as the first of its values.
func parsed[T comparable](name string, field func(*Knobs) *T, parse func(string) (T, error), format func(T) string, values []string) Knob {
	return Knob{
		Name: name, Values: values,
		set: func(to *Knobs, value string) error {
			v, err := parse(value)
			if err != nil {
				return fmt.Errorf("blueskytest: knob %s: %w", name, err)
			}
			*field(to) = v
			return nil
		},
		get: func(of Knobs) string {
			var zero T
			if v := *field(&of); v != zero {
				return format(v)
			}
			return values[0]
		},
	}
}
