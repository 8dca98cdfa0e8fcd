package gtfsrt

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"spool"
)

func jsonDoc(alert string) []byte {
	return fmt.Appendf(nil, `{"header":{"gtfs_realtime_version":"2.0","incrementality":0,"timestamp":%d},"entity":[{"id":"a","alert":{%s}}]}`, stamp, alert)
}

// TestJSONForms are the forms in which agencies and programs write one alert.
func TestJSONForms(t *testing.T) {
	want := spool.Alert{
		ID: "a", Names: []string{"id:a"},
		Periods:  []spool.Period{{Start: at2025(0), End: at2025(60)}},
		Affected: []spool.Affected{{Agency: "1", Route: "Red", Mode: spool.Metro, Stop: "70061", Direction: "1"}, {Route: "9", Trip: "T"}},
		Cause:    spool.Strike, Effect: spool.StopMoved, Severity: spool.Severe,
		Header: spool.Texts{{Language: "en", Text: "Stop \u201cA\u201d moved \U0001f68f"}},
	}
	for name, body := range map[string]string{
		"names of the schema, enums by name": fmt.Sprintf(`{"header":{"gtfs_realtime_version":"2.0","incrementality":"FULL_DATASET","timestamp":%d},
			"entity":[{"id":"a","trip_update":null,"alert":{"active_period":[{"start":%[1]d,"end":%d}],
			"informed_entity":[{"agency_id":"1","route_type":1,"route_id":"Red","stop_id":"70061","direction_id":1,"activities":["BOARD"]},{"trip":{"trip_id":"T","route_id":"9"}}],
			"cause":"STRIKE","effect":"STOP_MOVED","severity_level":"SEVERE","unknown":{"header_text":{"translation":[{"text":"internal"}]}},
			"header_text":{"translation":[{"text":"Stop \u201cA\u201d moved \ud83d\ude8f","language":"en"}]}}}]}`, stamp, stamp+60),
		"camel case, numbers as strings": fmt.Sprintf(`{"entity":[{"alert":{"activePeriod":[{"start":"%d","end":"%d"}],
			"informedEntity":[{"agencyId":"1","routeType":1,"routeId":"Red","stopId":"70061","directionId":1},{"trip":{"tripId":"T","routeId":"9"}}],
			"cause":"STRIKE","effect":"STOP_MOVED","severityLevel":"SEVERE",
			"headerText":{"translation":[{"text":"Stop “A” moved 🚏","language":"en"}]}},"id":"a"}],
			"header":{"gtfsRealtimeVersion":"2.0","incrementality":"FULL_DATASET","timestamp":"%[1]d"}}`, stamp, stamp+60),
		"enums by number, halves, lists in the place of objects": fmt.Sprintf(`{"header":{"gtfs_realtime_version":"2.0","timestamp":{"low":%d,"high":0,"unsigned":true}},
			"entity":[{"id":"a","is_deleted":false,"alert":{"active_period":{"start":{"low":%[1]d,"high":0},"end":{"low":%d,"high":0,"unsigned":true}},
			"informed_entity":[{"agency_id":1,"route_type":"1","route_id":"Red","stop_id":70061,"direction_id":"1","trip":null},{"trip":{"trip_id":"T","route_id":9}}],
			"cause":4,"effect":9,"severity_level":4,
			"header_text":[{"translation":{"text":"Stop “A” moved 🚏","language":"en"}}]}}]}`, stamp, stamp+60),
		"moments in words": `{"header":{"gtfs_realtime_version":"2.0","timestamp":"2025-10-09T08:53:20Z"},
			"entity":[{"id":"a","alert":{"active_period":[{"start":"2025-10-09T10:53:20+02:00","end":1.76000006e9}],
			"informed_entity":[{"agency_id":"1","route_type":401,"route_id":"Red","stop_id":"70061","direction_id":1},{"trip":{"trip_id":"T","route_id":"9"}}],
			"cause":"strike","effect":"9","severity_level":"severe","header_text":[{"text":"Stop “A” moved 🚏","language":"en"}]}}]}`,
	} {
		got := only(t, []byte(body))
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s:\ngot  %+v\nwant %+v", name, got, want)
		}
		if r := read(t, []byte(body)); !r.Stamp.Equal(at2025(0)) || r.Format != "GTFS-Realtime as JSON" || len(r.Notes) > 0 {
			t.Errorf("%s: stamp %v, format %s, notes %q", name, r.Stamp, r.Format, r.Notes)
		}
	}
}

func TestJSONTexts(t *testing.T) {
	for in, want := range map[string]string{
		`"header_text":"A"`: ":A",
		`"header_text":{"translation":[{"text":"A"},{"text":"B","language":"de"}]}`:                                 ":A de:B",
		`"header_text":{"translation":{"text":"A","language":"en"}}`:                                                "en:A",
		`"header_text":[{"translation":{"text":"A","language":"en"}},{"translation":{"text":"B","language":"de"}}]`: "en:A de:B",
		`"header_text":[{"translation":[{"text":"A","language":"en"}]}]`:                                            "en:A",
		`"header_text":{"translation":[{"language":"en","text":null}]}`:                                             "",
		`"header_text":{"translation":[]}`:                                                                          "",
		`"header_text":null,"short_header_text":{"translation":[{"text":"S"}]}`:                                     ":S",
		`"header_text":[],"service_effect_text":"E"`:                                                                ":E",
		`"header_text":7`: ":7",
		`"header_text":{"translation":[{"text":"\ud800 A\u0000\/"}]}`: ":\ufffd A/",
		`"HeaderText":"A"`:        ":A",
		`"header_text\u0000":"A"`: "",
		`"note":"internal","internal_note":{"header_text":"B"},"header_text":"A"`: ":A",
	} {
		r := read(t, jsonDoc(`"effect":"DETOUR",`+in))
		var got []string
		for _, x := range r.Alerts[0].Header {
			got = append(got, x.Language+":"+x.Text)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: got %q, want %q", in, got, want)
		}
		if strings.Contains(fmt.Sprintf("%+v", r), "internal") {
			t.Errorf("%s: an internal note came through", in)
		}
	}
}

// TestJSONOfAgencies are the fields that agencies add.
func TestJSONOfAgencies(t *testing.T) {
	for in, is := range map[string]func(a spool.Alert) bool{
		`"closed_timestamp":1760000001`:                                               func(a spool.Alert) bool { return a.Ended.Equal(at2025(1)) },
		`"created_timestamp":1760000001`:                                              func(a spool.Alert) bool { return a.Created.Equal(at2025(1)) },
		`"last_modified_timestamp":"1760000001"`:                                      func(a spool.Alert) bool { return a.Updated.Equal(at2025(1)) },
		`"last_push_notification_timestamp":1760000001`:                               func(a spool.Alert) bool { return a.Notify.Equal(at2025(1)) },
		`"closed_timestamp":null`:                                                     func(a spool.Alert) bool { return a.Ended.IsZero() },
		`"closed_timestamp":-1`:                                                       func(a spool.Alert) bool { return a.Ended.IsZero() },
		`"closed_timestamp":1e400`:                                                    func(a spool.Alert) bool { return a.Ended.IsZero() },
		`"closed_timestamp":1.5`:                                                      func(a spool.Alert) bool { return a.Ended.IsZero() },
		`"closed_timestamp":{"low":-1,"high":-1}`:                                     func(a spool.Alert) bool { return a.Ended.IsZero() },
		`"closed_timestamp":1760000001.75`:                                            func(a spool.Alert) bool { return a.Ended.Equal(at2025(1)) },
		`"closed_timestamp":{"low":-1294967296,"high":0}`:                             func(a spool.Alert) bool { return a.Ended.Unix() == 3_000_000_000 },
		`"closed_timestamp":{"low":-936590360,"high":409}`:                            func(a spool.Alert) bool { return a.Ended.Equal(at2025(1)) }, // in milliseconds
		`"header_text":"\"` + strings.Repeat("[", 200) + `x"`:                         func(a spool.Alert) bool { return len(a.Header) == 1 },
		`"note":` + strings.Repeat("[", maxDepth-4) + strings.Repeat("]", maxDepth-4): func(a spool.Alert) bool { return a.ID == "a" },
		`"duration_certainty":"ESTIMATED"`:                                            func(a spool.Alert) bool { return a.Guess },
		`"duration_certainty":"UNKNOWN"`:                                              func(a spool.Alert) bool { return a.Guess },
		`"duration_certainty":"KNOWN"`:                                                func(a spool.Alert) bool { return !a.Guess },
		`"alert_lifecycle":"UPCOMING"`:                                                func(a spool.Alert) bool { return a.Planned },
		`"alert_lifecycle":"ONGOING_UPCOMING"`:                                        func(a spool.Alert) bool { return a.Planned },
		`"alert_lifecycle":"ONGOING"`:                                                 func(a spool.Alert) bool { return !a.Planned },
		`"alert_lifecycle":"NEW"`:                                                     func(a spool.Alert) bool { return !a.Planned },
		`"severity":0`:                                                                func(a spool.Alert) bool { return a.Severity == "" },
		`"severity":3`:                                                                func(a spool.Alert) bool { return a.Severity == spool.Info },
		`"severity":4`:                                                                func(a spool.Alert) bool { return a.Severity == spool.Warning },
		`"severity":7`:                                                                func(a spool.Alert) bool { return a.Severity == spool.Severe },
		`"severity":11`:                                                               func(a spool.Alert) bool { return a.Severity == "" },
		`"severity":9,"severity_level":"INFO"`:                                        func(a spool.Alert) bool { return a.Severity == spool.Info },
		`"severity":9,"severity_level":"UNKNOWN_SEVERITY"`:                            func(a spool.Alert) bool { return a.Severity == spool.Severe },
		`"cause":"UNKNOWN_CAUSE","cause_detail":"SIGNAL_PROBLEM"`:                     func(a spool.Alert) bool { return a.Cause == "" && a.CauseText[0].Text == "signal problem" },
		`"cause":"STRIKE","cause_detail":"STRIKE"`:                                    func(a spool.Alert) bool { return a.CauseText == nil },
		`"cause_detail":"UNKNOWN_CAUSE"`:                                              func(a spool.Alert) bool { return a.CauseText == nil },
		`"cause_detail":{"translation":[{"text":"Fog"}]}`:                             func(a spool.Alert) bool { return a.CauseText[0].Text == "Fog" },
		`"effect":"OTHER_EFFECT","effect_detail":"DELAY"`:                             func(a spool.Alert) bool { return a.Effect == spool.SignificantDelays },
		`"effect":"UNKNOWN_EFFECT","effect_detail":"SHUTTLE"`:                         func(a spool.Alert) bool { return a.Effect == spool.Detour && a.EffectText[0].Text == "shuttle" },
		`"effect":"DETOUR","effect_detail":"DELAY"`:                                   func(a spool.Alert) bool { return a.Effect == spool.Detour },
		`"effect":"OTHER_EFFECT","effect_detail":"DOCK_ISSUE"`:                        func(a spool.Alert) bool { return a.Effect == spool.OtherEffect },
		`"effect":"HOVER"`:                                                            func(a spool.Alert) bool { return a.Effect == "" },
		`"effect":99`:                                                                 func(a spool.Alert) bool { return a.Effect == "" },
		`"effect":{"value":1}`:                                                        func(a spool.Alert) bool { return a.Effect == "" },
		`"url":"https://a.example/"`:                                                  func(a spool.Alert) bool { return a.URL[0].Text == "https://a.example/" },
		`"image":{"localized_image":[{"url":"https://a.example/i.png","media_type":"image/png"}]},"image_alternative_text":"A map"`: func(a spool.Alert) bool {
			return len(a.Image) == 1 && a.Image[0] == spool.Media{URL: "https://a.example/i.png", Type: "image/png", Alt: "A map"}
		},
		`"informed_entity":[{},null,7,[],{"route_id":""}]`:                       func(a spool.Alert) bool { return len(a.Affected) == 0 },
		`"informed_entity":[{"stop_id":"1","activities":["A"]},{"stop_id":"1"}]`: func(a spool.Alert) bool { return len(a.Affected) == 1 },
		`"active_period":[{"start":0,"end":null},null]`:                          func(a spool.Alert) bool { return len(a.Periods) == 1 && a.Active(at2025(0)) },
		`"header_text":"B","header_text":"C"`:                                    func(a spool.Alert) bool { return len(a.Header) == 1 },
		`"informed_entity":[{"direction_id":2,"route_type":-3,"route_id":"1"}]`:  func(a spool.Alert) bool { return a.Affected[0] == spool.Affected{Route: "1"} },
	} {
		if a := only(t, jsonDoc(in+`,"tts_header_text":"x"`)); !is(a) {
			t.Errorf("%s: %+v", in, a)
		}
	}
}

func TestJSONEntities(t *testing.T) {
	r := read(t, []byte(`{"header":{"gtfs_realtime_version":"2.0"},"entity":[
		7, {"id":"bad","alert":[]}, {"id":8,"alert":{"effect":"DETOUR"}}, {"id":"v","vehicle":{}}, {"id":"n","alert":null},
		{"id":"gone","is_deleted":true}, {"id":"mute","alert":{"cause":"STRIKE"}}]}`))
	if len(r.Alerts) != 1 || r.Alerts[0].ID != "8" || !r.Partial || len(r.Withdrew) != 1 || r.Withdrew[0] != "id:gone" {
		t.Errorf("%+v", r)
	}
	for _, want := range []string{`entity 1: it is broken, it is no object`, `entity 2 (id "bad"): it is broken, alert: it is no object`, `entity 7 (id "mute"): it says nothing`} {
		if !mentions(r.Skipped, want) {
			t.Errorf("%q is missing in %q", want, r.Skipped)
		}
	}
}

// TestJSONWithoutList: a list of one may be written without the list; what is no
// list at all is not the same as no alerts.
func TestJSONWithoutList(t *testing.T) {
	for in, want := range map[string]struct {
		alerts  int
		partial bool
	}{
		`"entity":{"id":"a","alert":{"effect":"DETOUR"}}`: {1, false},
		`"entity":[]`:       {0, false},
		`"entity":null`:     {0, false},
		`"x":1`:             {0, false},
		`"entity":"broken"`: {0, true},
		`"entity":false`:    {0, true},
	} {
		r := read(t, []byte(`{"header":{"gtfs_realtime_version":"2.0"},`+in+`}`))
		if len(r.Alerts) != want.alerts || r.Partial != want.partial || want.partial != (len(r.Skipped) == 1) {
			t.Errorf("%s: %+v", in, r)
		}
	}
}
