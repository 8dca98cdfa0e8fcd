package compose

import (
	"strings"
	"time"
)

// englishFrame is the one of British English, with the clock and the dates of the
// United States where the language is en-US.
func englishFrame(language string) *frame {
	f := &frame{
		tag: "en", colon: ": ", and: always("and"),
		update: "Update %s", ended: "Ended %s", endedNow: "Ended", planned: "Planned", asOf: "as of %s",
		before: "(before: %s)", also: "Now also: %s.", gone: "No longer affected: %s.",
		worse: "The disruption is now more severe.", better: "The disruption is now less severe.", endless: "No end is given any more.",
		resumed: "Service has resumed.", asAnnounced: "It ended as announced.",
		expectedOver: "Its expected end has passed.", unlisted: "It is no longer listed by %s.", unlistedNow: "It is no longer listed.",

		clock: digital, oclock: "%s", stamp: "%s %s",
		day:   dated("%s %d %s", "Sun Mon Tue Wed Thu Fri Sat", "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"),
		since: "since %s", until: "until %s", sinceDay: "since %s", untilDay: "until %s", expected: "expected %s",
		through: "until the end of %s", midnight: "until midnight", hours: "%s to %s", span: "%s to %s", dayHours: "%s, %s", from: "from %s",
		nights: "nights", daily: "daily", workdays: "on weekdays",
		weekends: "every weekend", weekly: "every %s", fromTo: "from %s to %s", once: "%s, and once more", more: "%s, and %d more times", mend: unmended,

		effects: byEffect(englishEffects), causes: byCause(englishCauses), cause: "cause: %s", fillers: " due ",
		line: "Line %s", lines: "Lines %s", vehicle: byMode("bus Bus\ntram Tram\ntrolleybus Trolleybus\nferry Ferry"), fleet: byMode(englishFleet),
		count: plural("1 line", "%d lines"), stops: plural("1 stop", "%d stops"), atStop: "at %s", atStops: "at %s",
		others:   plural("1 more", "%d more"),
		troubles: counted("1 line has disruptions", "%d lines have disruptions", "1 disruption", "%d disruptions"),
		over:     counted("disruptions on 1 line", "disruptions on %d lines", "1 disruption", "%d disruptions"),
		rest:     "Other", symbols: bySymbol(englishSymbols), calm: englishCalm,
	}
	if strings.EqualFold(language, "en-US") {
		f.clock = func(t time.Time) string { return t.Format("3:04 pm") }
		f.day = func(t time.Time) string { return t.Format("Mon Jan 2") }
		f.stamp = "%s, %s"
	}
	return f
}

const englishEffects = `
NO_SERVICE no service|no service,not running,suspend,closed,closure,cancel,no trains,no buses,no trams,no subway,shut down,out of service,not stopping,not served
REDUCED_SERVICE reduced service|reduced,fewer,less frequent,limited service,cancel
SIGNIFICANT_DELAYS delays|delay,late,slow,longer wait,longer travel
DETOUR detour|detour,divert,diversion,reroute,re route,shuttle,snow route
ADDITIONAL_SERVICE additional service|additional,extra,more service,more trains,more buses
MODIFIED_SERVICE changed service|change,modif,shuttle,replace,schedule,timetable,track,instead
STOP_MOVED stop moved|moved,relocat,closed,temporary stop
ACCESSIBILITY_ISSUE no step-free access|elevator,escalator,lift,accessib,ramp,step free,wheelchair
`

const englishCauses = `
TECHNICAL_PROBLEM due to a technical problem
STRIKE due to a strike
DEMONSTRATION due to a demonstration
ACCIDENT due to an accident
HOLIDAY due to the holiday
WEATHER due to the weather
MAINTENANCE due to maintenance
CONSTRUCTION due to construction
POLICE_ACTIVITY due to police activity
MEDICAL_EMERGENCY due to a medical emergency
SPECIAL_EVENT due to an event
`

const englishFleet = `
tram Trams
metro Metro
rail Trains
bus Buses
ferry Ferries
cable_tram Cable cars
aerial_lift Aerial lifts
funicular Funicular
trolleybus Trolleybuses
monorail Monorail
`

const englishSymbols = `
to to
at at
from from
both to and from
bus bus
shuttle shuttle bus
tram tram
metro metro
train train
ferry ferry
lift lift
wheelchair wheelchair access
`

const englishCalm = `a after again all an and are area as at avenue be between both bus buses by cancelled canceled change changed changes check
 closed closure construction continues crowding delay delayed delays detour detours direction disruption due during elevator emergency escalator expect expected
 extra for from has have heavy if impact in is it lift line lines maintenance major may minor minutes more morning evening no normal not of on or operating out over
 passengers planned platform please police possible problem reduced remain remains repair replacement resumed riders road route routes running schedule scheduled service services severe
 shuttle signal snow station stations stop stops street suspended take temporary that the this through to track traffic train trains tram trams travel until use via wait
 warning watch weather will with without work works you your tonight today tomorrow noon midnight action actions advised air also any around because before biggest black bring broken calm can careful caution change check close cold come conditions continue could county counties crews customers damage danger dangerous days detours drive drivers due early east eastern every face fallen fire flooding flow following forecast forecasts fog full further general give go good hail heat help high hour hours ice immediate includes inch inches indoors indoor into issued its keep known large last later lead less level levels light lightning limited local locations long low make many means medical mile miles mixed monitor most move must near need new next no north northern northeast northwest now number object objects old once one open other our outage outdoor outdoors outside own parts pay per portion portions prepared private public quality quick quickly radar range ready rivers road roads river report reported reports rise safe safety sea see seek should shut side situation slow small smoke some soon south southern southeast southwest special start stay still streams stream strong such surf than them then they thunderstorms tide times trees turn two under unit upon urban very visit visibility wave waves west western what when where which while wildland windows winds within year your flood flash rain wind storm thunderstorm effect includes following conditions develop expected`
