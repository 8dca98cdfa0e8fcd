package gtfsrt

import (
	"cmp"
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"

	"spool/alerts"
)

// The fields that are read, by their tags: number<<3 | wire type. The numbers are those
// of gtfs-realtime.proto in github.com/google/transit, of 2026.
const (
	varint = uint64(protowire.VarintType)
	sized  = uint64(protowire.BytesType)

	inMessageHeader = 1<<3 | sized
	inMessageEntity = 2<<3 | sized

	inHeaderVersion        = 1<<3 | sized
	inHeaderIncrementality = 2<<3 | varint
	inHeaderTimestamp      = 3<<3 | varint

	inEntityID      = 1<<3 | sized
	inEntityDeleted = 2<<3 | varint
	inEntityAlert   = 5<<3 | sized

	inAlertPeriod     = 1<<3 | sized
	inAlertAffected   = 5<<3 | sized
	inAlertCause      = 6<<3 | varint
	inAlertEffect     = 7<<3 | varint
	inAlertURL        = 8<<3 | sized
	inAlertHeader     = 10<<3 | sized
	inAlertText       = 11<<3 | sized
	inAlertSpoken     = 12<<3 | sized
	inAlertSpokenText = 13<<3 | sized
	inAlertSeverity   = 14<<3 | varint
	inAlertImage      = 15<<3 | sized
	inAlertImageText  = 16<<3 | sized
	inAlertCauseText  = 17<<3 | sized
	inAlertEffectText = 18<<3 | sized

	inPeriodStart = 1<<3 | varint
	inPeriodEnd   = 2<<3 | varint

	inAffectedAgency    = 1<<3 | sized
	inAffectedRoute     = 2<<3 | sized
	inAffectedType      = 3<<3 | varint
	inAffectedTrip      = 4<<3 | sized
	inAffectedStop      = 5<<3 | sized
	inAffectedDirection = 6<<3 | varint

	inTripID        = 1<<3 | sized
	inTripTime      = 2<<3 | sized
	inTripDate      = 3<<3 | sized
	inTripRoute     = 5<<3 | sized
	inTripDirection = 6<<3 | varint

	inTextTranslation     = 1<<3 | sized
	inTranslationText     = 1<<3 | sized
	inTranslationLanguage = 2<<3 | sized

	inImageOne      = 1<<3 | sized
	inOneImageURL   = 1<<3 | sized
	inOneImageType  = 2<<3 | sized
	inOneImageWords = 3<<3 | sized
)

// wire reads the protobuf form.
func (r *reader) wire(body []byte) error {
	r.out.Format = "GTFS-Realtime"
	h, err := wireHeader(body)
	if err != nil {
		return err
	}
	if err := r.take(h); err != nil {
		return err
	}
	if from, length := wireStamp(body); length > 0 {
		r.out.Print = alerts.PrintVarint(r.doc, from, length)
	}
	n := 0
	err = each(body, func(f field) error {
		if f.tag == inMessageEntity {
			n++
			r.wireEntity(n, f.b)
		}
		return nil
	})
	return at(fmt.Sprintf("the document is broken after entity %d", n), err)
}

// wireHeader finds the header of a message. Fields of a message may come in any order,
// but all that are known put it first; then nothing else is looked at.
func wireHeader(body []byte) (header, error) {
	var h header
	err := each(body, func(f field) error {
		if f.tag != inMessageHeader {
			return nil
		}
		h.found = true
		err := each(f.b, func(f field) error {
			switch f.tag {
			case inHeaderVersion:
				h.version = string(clipBytes(f.b, maxName))
			case inHeaderIncrementality:
				h.differential = f.n == 1
			case inHeaderTimestamp:
				h.stamp = f.n
			}
			return nil
		})
		return cmp.Or(at("header", err), errFound)
	})
	if err == errFound { //nolint:errorlint // it is ours, and never wrapped
		err = nil
	}
	return h, err
}

// wireStamp finds the header's timestamp among the bytes of a message that begins with
// its header; length 0: it is not there, or not once.
func wireStamp(body []byte) (from, length int) {
	tag, _, n := protowire.ConsumeTag(body)
	b, m := protowire.ConsumeBytes(body[max(n, 0):])
	if tag != 1 || m < 0 {
		return 0, 0
	}
	start := n + m - len(b)
	for at := 0; at < len(b); {
		num, kind, n := protowire.ConsumeTag(b[at:])
		if n < 0 {
			return 0, 0
		}
		value := protowire.ConsumeFieldValue(num, kind, b[at+n:])
		if value < 0 {
			return 0, 0
		}
		if uint64(num)<<3|uint64(kind) == inHeaderTimestamp {
			if length > 0 {
				return 0, 0
			}
			from, length = start+at+n, value
		}
		at += n + value
	}
	return from, length
}

// errFound ends a search.
var errFound = fmt.Errorf("found")

// wireEntity reads an entity and makes an alert of it, if it is one.
func (r *reader) wireEntity(n int, b []byte) {
	x := record{}
	err := each(b, func(f field) error {
		switch f.tag {
		case inEntityID:
			x.id = string(f.b)
		case inEntityDeleted:
			x.deleted = f.n != 0
		case inEntityAlert:
			x.alert = true
			if r.full() {
				return nil
			}
			return at("alert", x.wireAlert(f.b))
		}
		return nil
	})
	r.entity(n, x, err)
}

func (x *record) wireAlert(b []byte) error {
	return each(b, func(f field) error {
		switch f.tag {
		case inAlertPeriod:
			return at("active_period", x.wirePeriod(f.b))
		case inAlertAffected:
			return at("informed_entity", x.wireAffected(f.b))
		case inAlertCause:
			x.cause = causeOf(f.n)
		case inAlertEffect:
			x.effect = effectOf(f.n)
		case inAlertSeverity:
			x.severity = severityOf(f.n)
		case inAlertImage:
			return at("image", x.wireImage(f.b))
		default:
			if to, name := x.textAt(f.tag); to != nil {
				return at(name, x.wireText(to, f.b))
			}
		}
		return nil
	})
}

// textAt is the text that a field of an alert holds; nil: it holds none.
func (x *record) textAt(tag uint64) (*[]translation, string) {
	switch tag {
	case inAlertURL:
		return &x.url, "url"
	case inAlertHeader:
		return &x.header, "header_text"
	case inAlertText:
		return &x.text, "description_text"
	case inAlertSpoken:
		return &x.spoken, "tts_header_text"
	case inAlertSpokenText:
		return &x.spokenAll, "tts_description_text"
	case inAlertImageText:
		return &x.alt, "image_alternative_text"
	case inAlertCauseText:
		return &x.causes, "cause_detail"
	case inAlertEffectText:
		return &x.effects, "effect_detail"
	}
	return nil, ""
}

func (x *record) wirePeriod(b []byte) error {
	var p span
	err := each(b, func(f field) error {
		switch f.tag {
		case inPeriodStart:
			p.start = f.n
		case inPeriodEnd:
			p.end = f.n
		}
		return nil
	})
	x.addPeriod(p)
	return err
}
