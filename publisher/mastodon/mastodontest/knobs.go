package mastodontest

import (
	"time"

	"spool/publisher/standin"
)

// Knobs are the points in which instances differ or on which no source settles
// how they behave, and a few that only set the scene. The zero value is a
// Mastodon of today as its documentation describes it.
type Knobs struct {
	Software        Software
	API             API
	Idempotency     Idempotency
	KeyOfDeleted    KeyOfDeleted
	MaxCharacters   int           // 0: 500, on GoToSocial 5,000
	Reserved        int           // characters that an address counts; 0: 23, on GoToSocial 25
	ListLag         time.Duration // until a new status is listed
	ListMinID       ListMinID
	Readback        Readback
	AttachedMedia   AttachedMedia
	MediaProcessing time.Duration // of an upload, after it was accepted; 0: done at once
	RateHeaders     RateHeaders
	PostLatency     time.Duration // until a new status is answered
	EffectAt        EffectAt      // when within PostLatency the status becomes visible

	Quota       int // new statuses in 3 h; 0: 300
	MediaQuota  int // uploads in 30 min; 0: 30
	DeleteQuota int // deletions in 30 min; 0: 30
	CallQuota   int // requests in 5 min; 0: 300
}

// Software is what the instance runs.
type Software string

// The kinds of instance.
const (
	Mastodon   Software = "mastodon"   // default
	GoToSocial Software = "gotosocial" // takes the key of a write and ignores it
)

// API is the version of Mastodon.
type API string

// The versions.
const (
	API45 API = "4.5" // default
	API42 API = "4.2" // does not name the version of its API
	API34 API = "3.4" // neither edits nor sources nor the newer description of the instance
)

// Idempotency is what becomes of the key of a new status.
type Idempotency string

// The ways to treat a key.
const (
	KeyKept    Idempotency = "kept"    // default: the same key gives the same status, for an hour after it was made
	KeyLocked  Idempotency = "locked"  // so it does, and while the first request is worked on a second one is turned away
	KeyBroken  Idempotency = "broken"  // a key that has made a status answers 500
	KeyIgnored Idempotency = "ignored" // each request makes a status
)

// KeyOfDeleted is the answer to the key of a status that was deleted.
type KeyOfDeleted string

// The answers.
const (
	DeletedMissing KeyOfDeleted = "404" // default
	DeletedNewPost KeyOfDeleted = "new_post"
)

// ListMinID is what lists make of the parameter min_id.
type ListMinID string

// The readings of min_id.
const (
	MinIDHonoured ListMinID = "honoured" // default
	MinIDIgnored  ListMinID = "ignored"
)

// Readback is what the HTML of a status looks like.
type Readback string

// The looks of a status.
const (
	ReadSpans   Readback = "spans"   // default: addresses in three spans, two of them hidden
	ReadFlat    Readback = "flat"    // addresses as they are
	ReadChanged Readback = "changed" // and with the quotation marks and hyphens that the server likes better
)

// AttachedMedia is the answer to a status with media that another one has.
type AttachedMedia string

// The answers.
const (
	AttachedRefused AttachedMedia = "refused" // default: 422
	AttachedDropped AttachedMedia = "dropped" // the status is made without them
)

// RateHeaders says whether answers tell what is left of the rate limits.
type RateHeaders string

// The states of the rate headers.
const (
	RatePresent   RateHeaders = "present" // default
	RateAbsent    RateHeaders = "absent"
	RateMalformed RateHeaders = "malformed"
)

// EffectAt is when a slow write makes its status visible.
type EffectAt = standin.EffectAt

// The moments of the effect.
const (
	EffectAtEnd    = standin.EffectAtEnd // default
	EffectAtMiddle = standin.EffectAtMiddle
	EffectAtStart  = standin.EffectAtStart
)

// maxCharacters is the limit of a status.
func (k Knobs) maxCharacters() int {
	if k.Software == GoToSocial {
		return orDefault(k.MaxCharacters, 5000)
	}
	return orDefault(k.MaxCharacters, 500)
}

// reserved is what an address counts.
func (k Knobs) reserved() int {
	if k.Software == GoToSocial {
		return orDefault(k.Reserved, 25)
	}
	return orDefault(k.Reserved, 23)
}

func (k Knobs) idempotency() Idempotency {
	switch {
	case k.Software == GoToSocial:
		return KeyIgnored
	case k.Idempotency == "":
		return KeyKept
	}
	return k.Idempotency
}

// edits reports whether the version can edit statuses and tell their source.
func (k Knobs) edits() bool { return k.API != API34 || k.Software == GoToSocial }

func (k Knobs) version() string {
	switch {
	case k.Software == GoToSocial:
		return "0.19.1+git-1a2b3c4"
	case k.API == API34:
		return "3.4.6"
	case k.API == API42:
		return "4.2.19"
	}
	return "4.5.2"
}

func orDefault(n, standard int) int {
	if n > 0 {
		return n
	}
	return standard
}

// A Knob is one setting and the values that a client must live with, the
// default first.
type Knob = standin.Knob[Knobs]

// AllKnobs lists the settings with all the values that a test matrix has to run.
func AllKnobs() []Knob {
	return []Knob{
		standin.Choice("software", func(k *Knobs) *Software { return &k.Software }, Mastodon, GoToSocial),
		standin.Choice("api", func(k *Knobs) *API { return &k.API }, API45, API42, API34),
		standin.Choice("idempotency", func(k *Knobs) *Idempotency { return &k.Idempotency }, KeyKept, KeyLocked, KeyBroken, KeyIgnored),
		standin.Choice("key_of_deleted_status", func(k *Knobs) *KeyOfDeleted { return &k.KeyOfDeleted }, DeletedMissing, DeletedNewPost),
		standin.Number("max_characters", func(k *Knobs) *int { return &k.MaxCharacters }, "500", "5000"),
		standin.Number("reserved", func(k *Knobs) *int { return &k.Reserved }, "23", "25"),
		standin.Duration("list_lag", func(k *Knobs) *time.Duration { return &k.ListLag }, "0s", "5s", "1m0s", "10m0s"),
		standin.Choice("list_min_id", func(k *Knobs) *ListMinID { return &k.ListMinID }, MinIDHonoured, MinIDIgnored),
		standin.Choice("content_readback", func(k *Knobs) *Readback { return &k.Readback }, ReadSpans, ReadFlat, ReadChanged),
		standin.Choice("attached_media", func(k *Knobs) *AttachedMedia { return &k.AttachedMedia }, AttachedRefused, AttachedDropped),
		standin.Duration("media_processing", func(k *Knobs) *time.Duration { return &k.MediaProcessing }, "0s", "5s", "1m0s"),
		standin.Choice("rate_headers", func(k *Knobs) *RateHeaders { return &k.RateHeaders }, RatePresent, RateAbsent, RateMalformed),
		standin.Duration("post_latency", func(k *Knobs) *time.Duration { return &k.PostLatency }, "0s", "1s", "1m0s", "3m42s"),
		standin.Choice("effect_at", func(k *Knobs) *EffectAt { return &k.EffectAt }, EffectAtEnd, EffectAtMiddle, EffectAtStart),
	}
}

// Set gives the named setting a value of its list, or another that fits.
func (k *Knobs) Set(name, value string) error { return standin.SetKnob(AllKnobs(), k, name, value) }

// Map returns all settings by name.
func (k Knobs) Map() map[string]string { return standin.MapKnobs(AllKnobs(), k) }
