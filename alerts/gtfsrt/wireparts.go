package gtfsrt

import (
	"cmp"
	"strconv"

	"spool"
	"spool/alerts"
)

func (x *record) wireAffected(b []byte) error {
	var a spool.Affected
	var trip descriptor
	err := each(b, func(f field) error {
		switch f.tag {
		case inAffectedAgency:
			a.Agency = name(f.b)
		case inAffectedRoute:
			a.Route = name(f.b)
		case inAffectedType:
			a.Mode = alerts.ModeOf(int64(f.n))
		case inAffectedStop:
			a.Stop = name(f.b)
		case inAffectedDirection:
			a.Direction = direction(f.n)
		case inAffectedTrip:
			return at("trip", trip.wire(f.b))
		}
		return nil
	})
	x.addAffected(trip.into(a))
	return err
}

// A descriptor names a trip: by its id, or by route, direction and when it starts.
type descriptor struct{ id, route, direction, date, time string }

func (d *descriptor) wire(b []byte) error {
	return each(b, func(f field) error {
		switch f.tag {
		case inTripID:
			d.id = name(f.b)
		case inTripRoute:
			d.route = name(f.b)
		case inTripDirection:
			d.direction = direction(f.n)
		case inTripDate:
			d.date = name(f.b)
		case inTripTime:
			d.time = name(f.b)
		}
		return nil
	})
}

// into adds a trip to what an alert is about.
func (d descriptor) into(a spool.Affected) spool.Affected {
	a.Route = cmp.Or(a.Route, d.route)
	a.Direction = cmp.Or(a.Direction, d.direction)
	a.Trip = d.id
	if d.id == "" && d.date+d.time != "" {
		a.Trip = plain(d.date+" "+d.time, maxName, false)
	}
	return a
}

func direction(n uint64) string {
	if n > 1 {
		return ""
	}
	return strconv.FormatUint(n, 10)
}

func (x *record) wireText(to *[]translation, b []byte) error {
	return each(b, func(f field) error {
		if f.tag != inTextTranslation {
			return nil
		}
		var t translation
		err := each(f.b, func(f field) error {
			switch f.tag {
			case inTranslationText:
				t.text = string(f.b)
			case inTranslationLanguage:
				t.language = string(clipBytes(f.b, maxName))
			}
			return nil
		})
		x.addText(to, t)
		return at("translation", err)
	})
}

func (x *record) wireImage(b []byte) error {
	return each(b, func(f field) error {
		if f.tag != inImageOne {
			return nil
		}
		var p picture
		err := each(f.b, func(f field) error {
			switch f.tag {
			case inOneImageURL:
				p.url = string(clipBytes(f.b, maxURL+1))
			case inOneImageType:
				p.kind = string(clipBytes(f.b, maxName))
			case inOneImageWords:
				p.language = string(clipBytes(f.b, maxName))
			}
			return nil
		})
		x.addPicture(p)
		return at("localized_image", err)
	})
}

func clipBytes(b []byte, limit int) []byte { return b[:min(len(b), limit)] }
