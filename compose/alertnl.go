package compose

// dutchFrame is the one of the Netherlands and Flanders.
func dutchFrame() *frame {
	return &frame{
		tag: "nl", colon: ": ", and: always("en"),
		update: "Update %s", ended: "Voorbij om %s", endedNow: "Voorbij", planned: "Gepland", asOf: "stand %s",
		before: "(eerder: %s)", also: "Nu ook: %s.", gone: "Niet meer: %s.",
		worse: "De storing is nu ernstiger.", better: "De storing is nu minder ernstig.", endless: "Er wordt geen eindtijd meer genoemd.",
		resumed: "De dienst is hervat.", asAnnounced: "Afgelopen zoals aangekondigd.",
		expectedOver: "De verwachte eindtijd is voorbij.", unlisted: "%s meldt dit niet meer.", unlistedNow: "De melding staat er niet meer.",

		clock: digital, oclock: "%s\u00a0uur", stamp: "%s om %s",
		day:   dated("%s %d\u00a0%s", "zo ma di wo do vr za", "januari februari maart april mei juni juli augustus september oktober november december"),
		since: "sinds %s", until: "tot %s", sinceDay: "sinds %s", untilDay: "tot %s", expected: "naar verwachting %s",
		through: "tot en met %s", midnight: "tot middernacht", hours: "van %s tot %s\u00a0uur", span: "van %s tot %s", dayHours: "op %s %s", from: "vanaf %s",
		nights: "’s nachts", daily: "dagelijks", workdays: "op werkdagen",
		weekends: "elk weekend", weekly: "elke %s", fromTo: "van %s tot en met %s", once: "%s, en nog één keer", more: "%s, en nog %d\u00a0keer", mend: unmended,

		effects: byEffect(dutchEffects), causes: byCause(dutchCauses), cause: "oorzaak: %s", fillers: " vanwege wegens ",
		line: "Lijn\u00a0%s", lines: "Lijnen %s", vehicle: byMode("bus Bus\ntram Tram\ntrolleybus Trolleybus\nmetro Metro\nferry Veer"), fleet: byMode(dutchFleet),
		count: plural("1\u00a0lijn", "%d\u00a0lijnen"), stops: plural("1\u00a0halte", "%d\u00a0haltes"), atStop: "bij halte %s", atStops: "bij de haltes %s",
		others:   plural("nog 1", "nog %d"),
		troubles: counted("1\u00a0lijn heeft storingen", "%d\u00a0lijnen hebben storingen", "1\u00a0storing", "%d\u00a0storingen"),
		over:     counted("storingen op 1\u00a0lijn", "storingen op %d\u00a0lijnen", "1\u00a0storing", "%d\u00a0storingen"),
		rest:     "Overig", symbols: bySymbol(dutchSymbols), calm: dutchCalm,
	}
}

const dutchEffects = `
NO_SERVICE geen dienst|geen dienst,rijdt niet,rijden niet,gestremd,stremming,gesloten,afgesloten,uitgevallen,valt uit,vallen uit,vervalt,vervallen,geen trein,geen bus,geen tram,geen metro
REDUCED_SERVICE minder ritten|minder,beperkt
SIGNIFICANT_DELAYS vertraging|vertrag,langere reistijd
DETOUR omleiding|omleid,omgeleid,omrij
ADDITIONAL_SERVICE extra ritten|extra
MODIFIED_SERVICE gewijzigde dienst|gewijzigd,wijziging,aangepast,vervangend,pendel
STOP_MOVED halte verplaatst|verplaatst,tijdelijke halte
ACCESSIBILITY_ISSUE niet drempelvrij bereikbaar|lift,roltrap,toegankelijk,drempelvrij
`

const dutchCauses = `
TECHNICAL_PROBLEM door een technische storing
STRIKE door een staking
DEMONSTRATION door een demonstratie
ACCIDENT door een ongeval
HOLIDAY vanwege een feestdag
WEATHER door het weer
MAINTENANCE door onderhoud
CONSTRUCTION door werkzaamheden
POLICE_ACTIVITY door een politieactie
MEDICAL_EMERGENCY door een medisch noodgeval
SPECIAL_EVENT vanwege een evenement
`

const dutchFleet = `
tram Trams
metro Metro
rail Treinen
bus Bussen
ferry Veerboten
cable_tram Kabeltrams
aerial_lift Kabelbanen
funicular Kabelspoor
trolleybus Trolleybussen
monorail Monorail
`

const dutchSymbols = `
to naar
at bij
from van
both van en naar
bus bus
shuttle pendelbus
tram tram
metro metro
train trein
ferry veerboot
lift lift
wheelchair rolstoeltoegang
`

const dutchCalm = `aan bij bus bussen de dienst door een en geen gesloten gestremd halte haltes het in is langs lijn lijnen met metro minder naar niet omleiding onderhoud ongeval op over reizigers richting rijden
 rijdt staking station storing te tijdelijk tot tram trams trein treinen tussen van vanwege vertraging vertragingen via voor wegens werkzaamheden worden wordt`
