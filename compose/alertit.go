package compose

import "strings"

// italianFrame contracts what stands before one o'clock.
func italianFrame() *frame {
	return &frame{
		tag: "it", colon: ": ", and: always("e"),
		update: "Aggiornamento %s", ended: "Terminato alle %s", endedNow: "Terminato", planned: "In programma", asOf: "situazione alle %s",
		before: "(prima: %s)", also: "Ora anche: %s.", gone: "Non più interessate: %s.",
		worse: "Il disservizio è ora più grave.", better: "Il disservizio è ora meno grave.", endless: "Non è più indicata una fine.",
		resumed: "Il servizio è ripreso.", asAnnounced: "Terminato come annunciato.",
		expectedOver: "L’ora di fine prevista è passata.", unlisted: "L’avviso non è più nell’elenco di %s.", unlistedNow: "L’avviso non è più pubblicato.",

		clock: digital, oclock: "%s", stamp: "%s alle %s",
		day:   dated("%s %d\u00a0%s", "dom lun mar mer gio ven sab", "gen feb mar apr mag giu lug ago set ott nov dic"),
		since: "dalle %s", until: "fino alle %s", sinceDay: "da %s", untilDay: "fino a %s", expected: "previsto %s",
		through: "fino a %s compreso", midnight: "fino a mezzanotte", hours: "dalle %s alle %s", span: "da %s a %s", dayHours: "%s %s", from: "da %s",
		nights: "di notte", daily: "ogni giorno", workdays: "nei giorni feriali",
		weekends: "ogni fine settimana", weekly: "ogni %s", fromTo: "da %s a %s", once: "%s, e un’altra volta", more: "%s, e altre %d\u00a0volte",
		mend: strings.NewReplacer("alle 01:", "all’01:", "dalle 01:", "dall’01:").Replace,

		effects: byEffect(italianEffects), causes: byCause(italianCauses), cause: "causa: %s", fillers: " causa ",
		line: "Linea\u00a0%s", lines: "Linee %s", vehicle: byMode("bus Bus\ntram Tram\ntrolleybus Filobus\nferry Traghetto"), fleet: byMode(italianFleet),
		count: plural("1\u00a0linea", "%d\u00a0linee"), stops: plural("1\u00a0fermata", "%d\u00a0fermate"), atStop: "alla fermata %s", atStops: "alle fermate %s",
		others:   plural("1\u00a0altra", "altre %d"),
		troubles: counted("1\u00a0linea ha disservizi", "%d\u00a0linee hanno disservizi", "1\u00a0disservizio", "%d\u00a0disservizi"),
		over:     counted("disservizi su 1\u00a0linea", "disservizi su %d\u00a0linee", "1\u00a0disservizio", "%d\u00a0disservizi"),
		rest:     "Altri", symbols: bySymbol(italianSymbols), calm: italianCalm,
	}
}

const italianEffects = `
NO_SERVICE servizio sospeso|sospes,interrott,interruzion,chius,cancellat,soppress,non circola,nessun servizio
REDUCED_SERVICE servizio ridotto|ridott,riduzion,limitat
SIGNIFICANT_DELAYS ritardi|ritard,rallent,attes
DETOUR deviazione|deviat,deviazion
ADDITIONAL_SERVICE servizio aggiuntivo|aggiuntiv,potenziat,straordinari
MODIFIED_SERVICE servizio modificato|modific,variazion,sostitutiv,cambio
STOP_MOVED fermata spostata|spostat,trasferit
ACCESSIBILITY_ISSUE accesso senza gradini non disponibile|ascensor,scala mobile,scale mobili,accessib,rampa
`

const italianCauses = `
TECHNICAL_PROBLEM per un problema tecnico
STRIKE per sciopero
DEMONSTRATION per una manifestazione
ACCIDENT per un incidente
HOLIDAY per la festività
WEATHER per il maltempo
MAINTENANCE per manutenzione
CONSTRUCTION per lavori
POLICE_ACTIVITY per un intervento della polizia
MEDICAL_EMERGENCY per un’emergenza medica
SPECIAL_EVENT per un evento
`

const italianFleet = `
tram Tram
metro Metropolitana
rail Treni
bus Autobus
ferry Traghetti
cable_tram Tram a fune
aerial_lift Funivie
funicular Funicolare
trolleybus Filobus
monorail Monorotaia
`

const italianSymbols = `
to verso
at a
from da
both da e per
bus bus
shuttle bus navetta
tram tram
metro metro
train treno
ferry traghetto
lift ascensore
wheelchair accesso in sedia a rotelle
`

const italianCalm = `a ai al alla alle autobus bus causa chiusa chiuso circolazione con da dal dalla dalle del della di e è fermata fermate fino fra il in interrotta interrotto la lavori le linea
 linee metro nel nella non per possibili ritardi ritardo sciopero servizio soppressa soppresso sospesa sospeso stazione su tra tram treni treno un una`
