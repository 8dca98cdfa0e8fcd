package compose

import "strings"

// spanishFrame is the one of Spain and America.
func spanishFrame() *frame {
	return &frame{
		tag: "es", colon: ": ", and: spanishAnd,
		update: "Actualización %s", ended: "Finalizado a las %s", endedNow: "Finalizado", planned: "Previsto", asOf: "situación a las %s",
		before: "(antes: %s)", also: "Ahora también: %s.", gone: "Ya no afecta a: %s.",
		worse: "La incidencia es ahora más grave.", better: "La incidencia es ahora menos grave.", endless: "Ya no se indica un final.",
		resumed: "El servicio se ha restablecido.", asAnnounced: "Terminó según lo anunciado.",
		expectedOver: "Ha pasado la hora de fin estimada.", unlisted: "%s ya no publica este aviso.", unlistedNow: "El aviso ya no se publica.",

		clock: digital, oclock: "%s", stamp: "%s a las %s",
		day:   dated("%s %d\u00a0%s", "dom. lun. mar. mié. jue. vie. sáb.", "ene. feb. mar. abr. may. jun. jul. ago. sept. oct. nov. dic."),
		since: "desde las %s", until: "hasta las %s", sinceDay: "desde el %s", untilDay: "hasta el %s", expected: "previsto %s",
		through: "hasta el %s inclusive", midnight: "hasta la medianoche", hours: "de %s a %s", span: "del %s al %s", dayHours: "el %s %s", from: "desde el %s",
		nights: "por las noches", daily: "a diario", workdays: "los días laborables",
		weekends: "todos los fines de semana", weekly: "cada %s", fromTo: "del %s al %s", once: "%s, y una vez más", more: "%s, y %d\u00a0veces más",
		mend: strings.NewReplacer("las 01:", "la 01:").Replace,

		effects: byEffect(spanishEffects), causes: byCause(spanishCauses), cause: "causa: %s", fillers: " causa debido ",
		line: "Línea\u00a0%s", lines: "Líneas %s", vehicle: byMode("bus Bus\ntram Tranvía\ntrolleybus Trolebús\nferry Ferri"), fleet: byMode(spanishFleet),
		count: plural("1\u00a0línea", "%d\u00a0líneas"), stops: plural("1\u00a0parada", "%d\u00a0paradas"), atStop: "en la parada %s", atStops: "en las paradas %s",
		others:   plural("1\u00a0más", "%d\u00a0más"),
		troubles: counted("1\u00a0línea tiene incidencias", "%d\u00a0líneas tienen incidencias", "1\u00a0incidencia", "%d\u00a0incidencias"),
		over:     counted("incidencias en 1\u00a0línea", "incidencias en %d\u00a0líneas", "1\u00a0incidencia", "%d\u00a0incidencias"),
		rest:     "Otras", symbols: bySymbol(spanishSymbols), calm: spanishCalm,
	}
}

// spanishAnd is "e" before the sound of i.
func spanishAnd(next string) string {
	low := strings.ToLower(next)
	if (strings.HasPrefix(low, "i") || strings.HasPrefix(low, "í") || strings.HasPrefix(low, "hi")) && !strings.HasPrefix(low, "hie") {
		return "e"
	}
	return "y"
}

const spanishEffects = `
NO_SERVICE sin servicio|sin servicio,suspend,interrump,interrupción,cerrad,cierre,cancel,no circula,no presta
REDUCED_SERVICE servicio reducido|reducid,reducción,menos frecuencia
SIGNIFICANT_DELAYS retrasos|retras,demora,lento
DETOUR desvío|desví,desvi
ADDITIONAL_SERVICE servicio adicional|adicional,refuerzo,extra
MODIFIED_SERVICE servicio modificado|modific,cambio,alternativ,sustitu,obras
STOP_MOVED parada trasladada|traslad,reubic,desplaz
ACCESSIBILITY_ISSUE sin acceso sin escalones|ascensor,elevador,escalera,accesib,rampa
`

const spanishCauses = `
TECHNICAL_PROBLEM por un problema técnico
STRIKE por una huelga
DEMONSTRATION por una manifestación
ACCIDENT por un accidente
HOLIDAY por día festivo
WEATHER por el mal tiempo
MAINTENANCE por mantenimiento
CONSTRUCTION por obras
POLICE_ACTIVITY por una intervención policial
MEDICAL_EMERGENCY por una emergencia médica
SPECIAL_EVENT por un evento
`

const spanishFleet = `
tram Tranvías
metro Metro
rail Trenes
bus Autobuses
ferry Ferris
cable_tram Tranvías de cable
aerial_lift Teleféricos
funicular Funicular
trolleybus Trolebuses
monorail Monorraíl
`

const spanishSymbols = `
to hacia
at en
from desde
both hacia y desde
bus bus
shuttle bus lanzadera
tram tranvía
metro metro
train tren
ferry ferri
lift ascensor
wheelchair acceso en silla de ruedas
`

const spanishCalm = `a al autobús autobuses cerrada cerrado con cortada de del desvío desvíos el en entre es está estación fuera hacia hasta huelga interrumpido la las línea líneas los metro no
 obras para parada paradas por retraso retrasos servicio sin suspendido tranvía tren trenes un una y`
