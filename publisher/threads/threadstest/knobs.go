package threadstest

import (
	"time"

	"spool/publisher/standin"
)

// Knobs are the points on which no source settles how the real network behaves,
// and a few that only set the scene. The zero value is what the documentation
// says, and where it says nothing the friendliest.
type Knobs struct {
	DoublePublish        DoublePublish
	PublishedStatusTTL   StatusTTL
	ListLag              time.Duration // until a new post is listed
	ListSince            ListSince
	ListIncludesReplies  bool // /me/threads has replies too
	TextReadback         TextReadback
	LinkReadback         LinkReadback
	LengthRule           LengthRule
	TokenErrorHTTP       int // status of code 190; 0: 400
	QuotaError           QuotaError
	UsageHeaders         UsageHeaders
	OldTokenAfterRefresh OldToken
	FinishedButMissing   int           // so many publishes of a finished container answer 24/4279009
	PublishLatency       time.Duration // until a publish is answered
	EffectAt             EffectAt      // when within PublishLatency the post becomes visible
	Code10ButLive        bool          // every publish takes effect and is answered with code 10
	EarlyReply           EarlyReply    // what becomes of a reply too soon after its parent
	OrphanedReplies      OrphanedReplies
	ChildFailures        int  // so many children of carousels, of each account the first, end in ERROR
	PrivateProfile       bool // refreshing a token does not extend the 90 days of the permission grant

	ProcessingPolls int           // a container is IN_PROGRESS for so many readings of its status
	Processing      time.Duration // and for so long
	Quota           int           // posts in 24 h; 0: 250
	ReplyQuota      int           // 0: 1,000
	DeleteQuota     int           // 0: 100
}

// DoublePublish is the answer to a second publish of one container.
type DoublePublish string

// The answers to a second publish.
const (
	DoubleMissing DoublePublish = "err_24_4279009" // default
	DoubleInvalid DoublePublish = "err_100"
	DoubleSameID  DoublePublish = "same_id"
	DoublePosts   DoublePublish = "second_post" // makes a second post: hole H1
)

// StatusTTL is how long the status of a published container can be read.
type StatusTTL string

// The lives of a published container.
const (
	StatusKept   StatusTTL = "unlimited" // default
	StatusOneDay StatusTTL = "24h"
	StatusGone   StatusTTL = "0" // not found at once
)

// ListSince is what lists make of the parameter since.
type ListSince string

// The readings of since.
const (
	SinceInclusive ListSince = "inclusive" // default
	SinceExclusive ListSince = "exclusive"
	SinceRefused   ListSince = "refused" // with code 100
)

// TextReadback is how a text that was sent reads back.
type TextReadback string

// The readings of a text.
const (
	TextExact     TextReadback = "exact" // default
	TextTrimmed   TextReadback = "trimmed"
	TextNoTag     TextReadback = "tag_sign_removed" // the # of the topic's word
	TextCollapsed TextReadback = "collapsed"        // white space
)

// LinkReadback is how a link_attachment reads back.
type LinkReadback string

// The readings of a link.
const (
	LinkExact   LinkReadback = "exact" // default
	LinkSlashed LinkReadback = "slash_added"
	LinkWrapped LinkReadback = "redirector"
	LinkAbsent  LinkReadback = "absent"
)

// LengthRule is how the 500 units of a text are counted.
type LengthRule string

// The ways to count.
const (
	LengthEmojiBytes LengthRule = "emoji_bytes" // default: code points, but emoji by their UTF-8 bytes
	LengthBytes      LengthRule = "all_bytes"
	LengthPoints     LengthRule = "code_points"
	LengthUTF16      LengthRule = "utf16"
)

// QuotaError is the answer when a quota is used up.
type QuotaError string

// The answers to one post too many.
const (
	QuotaCode4       QuotaError = "code_4" // default
	QuotaCode9       QuotaError = "code_9"
	QuotaCode100     QuotaError = "code_100"
	QuotaCode2207042 QuotaError = "subcode_2207042"
)

// UsageHeaders says whether answers carry the headers of the Graph API's limits.
type UsageHeaders string

// The states of the usage headers.
const (
	UsageAbsent    UsageHeaders = "absent" // default
	UsagePresent   UsageHeaders = "present"
	UsageMalformed UsageHeaders = "malformed"
)

// OldToken is what becomes of a token that was refreshed.
type OldToken string

// The fates of a refreshed token.
const (
	OldTokenValid   OldToken = "valid" // default
	OldTokenInvalid OldToken = "invalid"
)

// EffectAt is when a slow publish makes its post visible.
type EffectAt = standin.EffectAt

// The moments of the effect.
const (
	EffectAtEnd    = standin.EffectAtEnd // default
	EffectAtMiddle = standin.EffectAtMiddle
	EffectAtStart  = standin.EffectAtStart
)

// EarlyReply is what becomes of a reply that is published when its parent has
// been live for less than EarlyText, or with a picture or a film EarlyMedia.
type EarlyReply string

// The fates of an early reply.
const (
	EarlyAccepted EarlyReply = "accepted"  // default
	EarlyRefused  EarlyReply = "refused"   // as if the parent were not there
	EarlyTopLevel EarlyReply = "top_level" // it becomes a post of its own
)

// OrphanedReplies is what becomes of replies when what they answer is deleted.
type OrphanedReplies string

// The fates of orphaned replies.
const (
	OrphansStay OrphanedReplies = "stay" // default
	OrphansGo   OrphanedReplies = "go"
)

// How long a parent has to be live before it is safe to answer it, by what
// clients do that learned it the hard way.
const (
	EarlyText  = 10 * time.Second
	EarlyMedia = 40 * time.Second
)

// A Knob is one setting and the values that a client must live with, the
// default first.
type Knob = standin.Knob[Knobs]

// AllKnobs lists the settings with all the values that a test matrix has to run.
func AllKnobs() []Knob {
	return []Knob{
		standin.Choice("double_publish", func(k *Knobs) *DoublePublish { return &k.DoublePublish }, DoubleMissing, DoubleInvalid, DoubleSameID, DoublePosts),
		standin.Choice("published_status_ttl", func(k *Knobs) *StatusTTL { return &k.PublishedStatusTTL }, StatusKept, StatusOneDay, StatusGone),
		standin.Duration("list_lag", func(k *Knobs) *time.Duration { return &k.ListLag }, "0s", "5s", "1m0s", "10m0s"),
		standin.Choice("list_since", func(k *Knobs) *ListSince { return &k.ListSince }, SinceInclusive, SinceExclusive, SinceRefused),
		standin.Truth("list_includes_replies", func(k *Knobs) *bool { return &k.ListIncludesReplies }),
		standin.Choice("text_readback", func(k *Knobs) *TextReadback { return &k.TextReadback }, TextExact, TextTrimmed, TextNoTag, TextCollapsed),
		standin.Choice("link_readback", func(k *Knobs) *LinkReadback { return &k.LinkReadback }, LinkExact, LinkSlashed, LinkWrapped, LinkAbsent),
		standin.Choice("length_rule", func(k *Knobs) *LengthRule { return &k.LengthRule }, LengthEmojiBytes, LengthBytes, LengthPoints, LengthUTF16),
		standin.Number("token_error_http", func(k *Knobs) *int { return &k.TokenErrorHTTP }, "400", "401"),
		standin.Choice("quota_error", func(k *Knobs) *QuotaError { return &k.QuotaError }, QuotaCode4, QuotaCode9, QuotaCode100, QuotaCode2207042),
		standin.Choice("usage_headers", func(k *Knobs) *UsageHeaders { return &k.UsageHeaders }, UsageAbsent, UsagePresent, UsageMalformed),
		standin.Choice("old_token_after_refresh", func(k *Knobs) *OldToken { return &k.OldTokenAfterRefresh }, OldTokenValid, OldTokenInvalid),
		standin.Number("finished_but_missing", func(k *Knobs) *int { return &k.FinishedButMissing }, "0", "1", "3"),
		standin.Duration("publish_latency", func(k *Knobs) *time.Duration { return &k.PublishLatency }, "0s", "1s", "1m0s", "3m42s"),
		standin.Choice("effect_at", func(k *Knobs) *EffectAt { return &k.EffectAt }, EffectAtEnd, EffectAtMiddle, EffectAtStart),
		standin.Truth("code10_but_live", func(k *Knobs) *bool { return &k.Code10ButLive }),
		standin.Choice("early_reply", func(k *Knobs) *EarlyReply { return &k.EarlyReply }, EarlyAccepted, EarlyRefused, EarlyTopLevel),
		standin.Choice("orphaned_replies", func(k *Knobs) *OrphanedReplies { return &k.OrphanedReplies }, OrphansStay, OrphansGo),
		standin.Number("child_failures", func(k *Knobs) *int { return &k.ChildFailures }, "0", "1", "20"),
		standin.Truth("private_profile", func(k *Knobs) *bool { return &k.PrivateProfile }),
		standin.Number("processing_polls", func(k *Knobs) *int { return &k.ProcessingPolls }, "0", "1", "4"),
		standin.Duration("processing", func(k *Knobs) *time.Duration { return &k.Processing }, "0s", "5s", "1m0s"),
	}
}

// Set gives the named setting a value of its list, or another that fits.
func (k *Knobs) Set(name, value string) error { return standin.SetKnob(AllKnobs(), k, name, value) }

// Map returns all settings by name.
func (k Knobs) Map() map[string]string { return standin.MapKnobs(AllKnobs(), k) }
