package gtfsrt

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"spool"
	"spool/alerts"
)

// json reads the JSON forms: the names of the schema, as the MBTA has them, or those
// that protobuf's own JSON makes of them. A member that is named neither here nor in
// jsontexts.go is not read.
func (r *reader) json(body []byte) error {
	r.out.Format = "GTFS-Realtime as JSON"
	c, err := valid(body)
	if err != nil {
		return err
	}
	h, keys := jsonHeader(*c)
	if !h.found {
		return fmt.Errorf("this is JSON, but not GTFS-Realtime: it has no header%s; %s", listed(keys), askForAlerts)
	}
	if err := r.take(h); err != nil {
		return err
	}
	if h.stamps == 1 {
		if body[h.from] == '"' {
			h.from++
		}
		r.out.Print = alerts.PrintText(r.doc, h.from)
	}
	n := 0
	one := func() {
		n++
		x, err := r.jsonEntity(c)
		r.entity(n, x, err)
	}
	c.object(func(key string) {
		switch {
		case key != "entity":
		case c.next() == '{': // programs that make JSON of XML write a list of one so
			one()
		case c.next() != 'n' && !c.array(one): // not null
			r.out.Partial = true
			r.skips.add("the member entity is no list", "")
		}
	})
	return nil
}

// jsonHeader finds the header, which may come last, and the names of what else there is.
func jsonHeader(c cursor) (h header, keys []string) {
	c.object(func(key string) {
		keys = append(keys[:min(len(keys), 5)], key)
		if key != "header" {
			return
		}
		h.found = c.object(func(key string) {
			switch key {
			case "gtfsrealtimeversion":
				s, _ := c.text()
				h.version = clip(s, maxName)
			case "incrementality":
				s, _ := c.text()
				h.differential = s == "1" || strings.EqualFold(s, "DIFFERENTIAL")
			case "timestamp":
				c.next()
				h.from, h.stamps = c.at, h.stamps+1
				h.stamp = c.number()
			}
		})
	})
	return h, keys
}

var plainKey = regexp.MustCompile(`^[a-z][a-z0-9]{0,24}$`)

// listed shows the names of members, where they are such as programs give.
func listed(keys []string) string {
	keys = slices.DeleteFunc(slices.Clone(keys), func(k string) bool { return !plainKey.MatchString(k) })
	if len(keys) == 0 {
		return ""
	}
	return " but " + strings.Join(keys, ", ")
}

func (r *reader) jsonEntity(c *cursor) (x record, err error) {
	ok := c.object(func(key string) {
		switch key {
		case "id":
			x.id, _ = c.text()
		case "isdeleted":
			x.deleted = c.yes()
		case "alert":
			if c.next() == 'n' { // null
				return
			}
			x.alert = true
			if !r.full() && !c.object(func(key string) { x.jsonMember(c, key) }) {
				err = fmt.Errorf("alert: it is no object")
			}
		}
	})
	if !ok {
		err = fmt.Errorf("it is no object")
	}
	return x, err
}

func (x *record) jsonMember(c *cursor, key string) {
	if x.jsonState(c, key) {
		return
	}
	switch key {
	case "activeperiod":
		c.each(func() { x.jsonPeriod(c) })
	case "informedentity":
		c.each(func() { x.jsonAffected(c) })
	case "image":
		c.each(func() { x.jsonImage(c) })
	case "causedetail":
		x.jsonDetail(c, &x.causes)
	case "effectdetail":
		if s := x.jsonDetail(c, &x.effects); x.detail == "" {
			x.detail = s
		}
	default:
		if to := x.jsonTexts(key); to != nil {
			x.jsonText(c, to)
		}
	}
}

// jsonState takes the members that say how an alert is.
func (x *record) jsonState(c *cursor, key string) bool {
	word := func() string { s, _ := c.text(); return s }
	switch key {
	case "cause":
		x.cause = named(word(), spool.Causes(), causeOf)
	case "effect":
		x.effect = named(word(), spool.Effects(), effectOf)
	case "severitylevel":
		x.severity = named(word(), spool.Severities(), severityOf)
	case "severity":
		x.rating = c.number()
	case "createdtimestamp":
		x.created = c.number()
	case "lastmodifiedtimestamp":
		x.updated = c.number()
	case "lastpushnotificationtimestamp":
		x.notify = c.number()
	case "closedtimestamp":
		x.ended = c.number()
	case "durationcertainty":
		x.guess = x.guess || slices.Contains([]string{"ESTIMATED", "UNKNOWN"}, strings.ToUpper(word()))
	case "alertlifecycle":
		x.planned = x.planned || strings.Contains(strings.ToUpper(word()), "UPCOMING")
	default:
		return false
	}
	return true
}

func (x *record) jsonPeriod(c *cursor) {
	var p span
	if c.object(func(key string) {
		switch key {
		case "start":
			p.start = c.number()
		case "end":
			p.end = c.number()
		}
	}) {
		x.addPeriod(p)
	}
}

func (x *record) jsonAffected(c *cursor) {
	var a spool.Affected
	var trip descriptor
	id := func() string { s, _ := c.text(); return identifier(s) }
	c.object(func(key string) {
		switch key {
		case "agencyid":
			a.Agency = id()
		case "routeid":
			a.Route = id()
		case "stopid":
			a.Stop = id()
		case "routetype":
			a.Mode = modeIn(id())
		case "directionid":
			a.Direction = directionIn(id())
		case "trip":
			trip.json(c)
		}
	})
	x.addAffected(trip.into(a))
}

func (d *descriptor) json(c *cursor) {
	id := func() string { s, _ := c.text(); return identifier(s) }
	c.object(func(key string) {
		switch key {
		case "tripid":
			d.id = id()
		case "routeid":
			d.route = id()
		case "directionid":
			d.direction = directionIn(id())
		case "startdate":
			d.date = id()
		case "starttime":
			d.time = id()
		}
	})
}

func directionIn(s string) string {
	if s == "0" || s == "1" {
		return s
	}
	return ""
}

// rate fills what an agency's own scales say where the schema's do not.
func (x *record) rate() {
	x.severity = cmp.Or(x.severity, byNumber(x.rating))
	if x.effect == "" || x.effect == spool.OtherEffect {
		x.effect = cmp.Or(byDetail(x.detail), x.effect)
	}
}
