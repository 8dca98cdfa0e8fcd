package compose

// germanFrame is the one of all countries that speak German.
func germanFrame() *frame {
	return &frame{
		tag: "de", colon: ": ", and: always("und"),
		update: "Update %s", ended: "Beendet %s", endedNow: "Beendet", planned: "Geplant", asOf: "Stand %s",
		before: "(zuvor: %s)", also: "Jetzt auch: %s.", gone: "Nicht mehr betroffen: %s.",
		worse: "Die Störung ist jetzt schwerer.", better: "Die Störung ist jetzt weniger schwer.", endless: "Ein Ende wird nicht mehr genannt.",
		resumed: "Der Betrieb läuft wieder.", asAnnounced: "Ende wie angekündigt.",
		expectedOver: "Das voraussichtliche Ende ist erreicht.", unlisted: "%s führt die Meldung nicht mehr.", unlistedNow: "Die Meldung wird nicht mehr geführt.",

		clock: digital, oclock: "%s\u00a0Uhr", stamp: "%s %s",
		day:   dated("%s %d.\u00a0%s", "So Mo Di Mi Do Fr Sa", "Januar Februar März April Mai Juni Juli August September Oktober November Dezember"),
		since: "seit %s", until: "bis %s", sinceDay: "seit %s", untilDay: "bis %s", expected: "voraussichtlich %s",
		through: "bis einschließlich %s", midnight: "bis Mitternacht", hours: "%s bis %s\u00a0Uhr", span: "von %s bis %s", dayHours: "am %s, %s", from: "ab %s",
		nights: "nachts", daily: "täglich", workdays: "werktags",
		weekends: "jedes Wochenende", weekly: "jeden %s", fromTo: "von %s bis %s", once: "%s, und noch einmal", more: "%s, und noch %d-mal", mend: unmended,

		effects: byEffect(germanEffects), causes: byCause(germanCauses), cause: "Grund: %s", fillers: " wegen ",
		line: "Linie\u00a0%s", lines: "Linien %s", vehicle: byMode("bus Bus\ntram Tram\ntrolleybus Obus\nferry Fähre"), fleet: byMode(germanFleet),
		count: plural("1\u00a0Linie", "%d\u00a0Linien"), stops: plural("1\u00a0Haltestelle", "%d\u00a0Haltestellen"), atStop: "an der Haltestelle %s", atStops: "an den Haltestellen %s",
		others:   plural("1\u00a0weitere", "%d\u00a0weitere"),
		troubles: counted("1\u00a0Linie ist gestört", "%d\u00a0Linien sind gestört", "1\u00a0Störung", "%d\u00a0Störungen"),
		over:     counted("Störungen auf 1\u00a0Linie", "Störungen auf %d\u00a0Linien", "1\u00a0Störung", "%d\u00a0Störungen"),
		rest:     "Weitere", symbols: bySymbol(germanSymbols), calm: germanCalm,
	}
}

const germanEffects = `
NO_SERVICE kein Betrieb|kein betrieb,eingestellt,gesperrt,sperrung,unterbroch,unterbrechung,ausfall,fällt aus,fallen aus,entfäll,entfall,geschlossen,fährt nicht,fahren nicht
REDUCED_SERVICE eingeschränkter Betrieb|eingeschränkt,einschränkung,weniger,ausgedünnt,ausfäll
SIGNIFICANT_DELAYS Verspätungen|verspät,verzöger,wartezeit
DETOUR Umleitung|umleit,umgeleit,umfahr
ADDITIONAL_SERVICE zusätzliche Fahrten|zusätzlich,verstärk,sonderfahr
MODIFIED_SERVICE geänderter Betrieb|geändert,änder,ersatzverkehr,schienenersatz,abweich,fahrplan
STOP_MOVED Haltestelle verlegt|verlegt,verlegung,ersatzhaltestelle
ACCESSIBILITY_ISSUE nicht stufenlos erreichbar|aufzug,fahrstuhl,rolltreppe,barrierefrei,stufenlos,lift
`

const germanCauses = `
TECHNICAL_PROBLEM wegen einer technischen Störung
STRIKE wegen eines Streiks
DEMONSTRATION wegen einer Demonstration
ACCIDENT wegen eines Unfalls
HOLIDAY wegen eines Feiertags
WEATHER wegen des Wetters
MAINTENANCE wegen Wartungsarbeiten
CONSTRUCTION wegen Bauarbeiten
POLICE_ACTIVITY wegen eines Polizeieinsatzes
MEDICAL_EMERGENCY wegen eines medizinischen Notfalls
SPECIAL_EVENT wegen einer Veranstaltung
`

const germanFleet = `
tram Straßenbahnen
metro U-Bahn
rail Züge
bus Busse
ferry Fähren
cable_tram Kabelstraßenbahn
aerial_lift Seilbahnen
funicular Standseilbahn
trolleybus Obusse
monorail Einschienenbahn
`

const germanSymbols = `
to nach
at an
from von
both von und nach
bus Bus
shuttle Ersatzbus
tram Straßenbahn
metro U-Bahn
train Zug
ferry Fähre
lift Aufzug
wheelchair barrierefreier Zugang
`

const germanCalm = `ab am an auf aufgrund Aufzug aus Bauarbeiten bei bis Bus Busse das dem den der des die ein eine eingestellt entfällt Ersatzverkehr fahren fährt fallen fällt
 für geänderter gesperrt gestört Halt Haltestelle Haltestellen im in ist kein keine Linie Linien mit nach nicht nur oder Richtung S-Bahn sind Sperrung Störung Straßenbahn U-Bahn über
 umgeleitet Umleitung und unterbrochen Verkehr Verspätung Verspätungen von vom vorübergehend wegen wird werden zu Zug Züge zum zur zwischen Unfall Streik`
