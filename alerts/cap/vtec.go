package cap

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"spool"
)

// An event is what the US National Weather Service's valid time event code says of a
// hazard (NWS Instruction 10-1703): who watches it, its kind and number, what this
// message does to it, and until when it lasts.
type event struct {
	id, action string
	end        time.Time // zero: until further notice
}

var vtecCode = regexp.MustCompile(`/[OEX]\.([A-Z]{3})\.([A-Z]{4}\.[A-Z]{2}\.[A-Z]\.\d{4})\.\d{6}T\d{4}Z-(\d{6}T\d{4}Z)/`)

// maxEvents bounds the codes of a block.
const maxEvents = 20

func eventsOf(in info) []event {
	var out []event
	for _, v := range in.vtec {
		for _, m := range vtecCode.FindAllStringSubmatch(v, maxEvents-len(out)) {
			end, err := time.Parse("060102T1504Z", m[3])
			if err != nil { // all noughts
				end = time.Time{}
			}
			out = append(out, event{id: m[2], action: m[1], end: end})
		}
		if len(out) >= maxEvents {
			break
		}
	}
	return out
}

// farthest is how far ahead the end of an event can be believed.
const farthest = 90 * 24 * time.Hour

// endOf is when the event of a block ends; zero: nobody knows, or it is not believable.
// Blocks about one event may name others, so that it is only known when all agree.
func endOf(events []event, sent time.Time) time.Time {
	var end time.Time
	for i, e := range events {
		if e.end.IsZero() || sent.IsZero() || e.end.Before(sent) || e.end.Sub(sent) > farthest || (i > 0 && !e.end.Equal(end)) {
			return time.Time{}
		}
		end = e.end
	}
	return end
}

// events fills in what the codes of the blocks say of the whole: a name that stays when
// the message about the event is another, and that it is over.
func (r *reader) events(a *spool.Alert, infos []info, sent time.Time) {
	var ids, zones []string
	over := true
	for _, in := range infos {
		for _, e := range eventsOf(in) {
			ids = append(ids, e.id)
			over = over && (e.action == "CAN" || e.action == "EXP")
		}
		zones = append(zones, in.zones...)
		if len(in.zones) == 0 {
			zones = append(zones, in.areas...)
		}
	}
	if len(ids) == 0 {
		return
	}
	if over && a.Ended.IsZero() {
		a.Ended = sent
	}
	slices.Sort(ids)
	slices.Sort(zones)
	ids, zones = slices.Compact(ids), slices.Compact(zones)
	a.Names = append(a.Names, byEvent+bounded(strings.Join(ids, "+"))+","+digest(strings.Join(zones, "\n")))
}
