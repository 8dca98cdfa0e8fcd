package gtfsrttest

import (
	"cmp"
	"encoding/json"
	"time"

	"spool"
)

// EncodeJSON writes a full data set as JSON, with the additional fields that agencies
// have in that form: created_timestamp, last_modified_timestamp,
// last_push_notification_timestamp, closed_timestamp, duration_certainty and
// alert_lifecycle. Names, and the public names of what is affected, are left out.
func EncodeJSON(stamp time.Time, alerts []spool.Alert) []byte {
	head := object{"gtfs_realtime_version": "2.0", "incrementality": "FULL_DATASET"}
	head.moment("timestamp", stamp)
	entities := []object{}
	for _, a := range alerts {
		entities = append(entities, object{"id": a.ID, "alert": jsonAlert(a)})
	}
	out, err := json.MarshalIndent(object{"header": head, "entity": entities}, "", "  ")
	if err != nil { // no value in it can fail
		panic(err)
	}
	return out
}

func jsonAlert(a spool.Alert) object {
	o := object{"cause": cmp.Or(a.Cause, "UNKNOWN_CAUSE"), "effect": cmp.Or(a.Effect, "UNKNOWN_EFFECT")}
	o.text("severity_level", string(a.Severity))
	o.moment("created_timestamp", a.Created)
	o.moment("last_modified_timestamp", a.Updated)
	o.moment("last_push_notification_timestamp", a.Notify)
	o.moment("closed_timestamp", a.Ended)
	o["duration_certainty"] = "KNOWN"
	if a.Guess {
		o["duration_certainty"] = "ESTIMATED"
	}
	o["alert_lifecycle"] = "ONGOING"
	if a.Planned {
		o["alert_lifecycle"] = "UPCOMING"
	}
	var periods, entities []object
	for _, p := range a.Periods {
		t := object{}
		t.moment("start", p.Start)
		t.moment("end", p.End)
		periods = append(periods, t)
	}
	for _, f := range a.Affected {
		entities = append(entities, jsonSelector(f))
	}
	o["active_period"], o["informed_entity"] = periods, entities
	o.jsonWords(a)
	return o
}

func (o object) jsonWords(a spool.Alert) {
	o.texts("header_text", a.Header)
	o.texts("description_text", a.Description)
	o.texts("tts_header_text", a.Spoken)
	o.texts("url", a.URL)
	o.texts("cause_detail", a.CauseText)
	o.texts("effect_detail", a.EffectText)
	var pictures []object
	for _, p := range a.Image {
		pictures = append(pictures, object{"url": p.URL, "media_type": p.Type})
	}
	if len(pictures) > 0 {
		o["image"] = object{"localized_image": pictures}
		if alt := a.Image[0].Alt; alt != "" {
			o.texts("image_alternative_text", spool.Texts{{Text: alt}})
		}
	}
}

func jsonSelector(f spool.Affected) object {
	o := object{}
	o.text("agency_id", f.Agency)
	o.text("route_id", f.Route)
	o.text("stop_id", f.Stop)
	if t, ok := routeType(f.Mode); ok {
		o["route_type"] = t
	}
	if f.Direction == "0" || f.Direction == "1" {
		o["direction_id"] = int(f.Direction[0] - '0')
	}
	if f.Trip != "" {
		o["trip"] = object{"trip_id": f.Trip}
	}
	return o
}

// An object is one of JSON that is being written.
type object map[string]any

func (o object) text(key, s string) {
	if s != "" {
		o[key] = s
	}
}

func (o object) moment(key string, t time.Time) {
	if !t.IsZero() {
		o[key] = t.Unix()
	}
}

func (o object) texts(key string, texts spool.Texts) {
	var all []object
	for _, t := range texts {
		one := object{"text": t.Text}
		one.text("language", t.Language)
		all = append(all, one)
	}
	if len(all) > 0 {
		o[key] = object{"translation": all}
	}
}
