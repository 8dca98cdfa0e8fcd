package compose

import (
	"strings"
	"time"
)

// frenchFrame sets no-break spaces as French typography has them: before a colon, and
// between figures and what they count.
func frenchFrame() *frame {
	return &frame{
		tag: "fr", colon: "\u00a0: ", and: always("et"),
		update: "Mise à jour %s", ended: "Terminé à %s", endedNow: "Terminé", planned: "À venir", asOf: "situation à %s",
		before: "(avant\u00a0: %s)", also: "Maintenant aussi\u00a0: %s.", gone: "N’est plus concerné\u00a0: %s.",
		worse: "La perturbation est maintenant plus grave.", better: "La perturbation est maintenant moins grave.", endless: "Aucune fin n’est plus annoncée.",
		resumed: "Le service a repris.", asAnnounced: "Fin à l’heure annoncée.",
		expectedOver: "L’heure de fin estimée est passée.", unlisted: "L’alerte ne figure plus parmi celles de %s.", unlistedNow: "L’alerte n’est plus publiée.",

		clock: func(t time.Time) string {
			return unpadded(strings.TrimSuffix(t.Format("15\u00a0h\u00a004"), "\u00a000"))
		}, oclock: "%s", stamp: "%s à %s",
		day:   dated("%s %d\u00a0%s", "dim. lun. mar. mer. jeu. ven. sam.", "janv. févr. mars avril mai juin juill. août sept. oct. nov. déc."),
		since: "depuis %s", until: "jusqu’à %s", sinceDay: "depuis le %s", untilDay: "jusqu’au %s", expected: "en principe %s",
		through: "jusqu’au %s inclus", midnight: "jusqu’à minuit", hours: "de %s à %s", span: "du %s au %s", dayHours: "le %s %s", from: "à partir du %s",
		nights: "les nuits", daily: "tous les jours", workdays: "en semaine",
		weekends: "tous les week-ends", weekly: "chaque %s", fromTo: "du %s au %s", once: "%s, et une autre fois", more: "%s, et %d\u00a0autres fois",
		mend: strings.NewReplacer(" 1\u00a0janv", " 1er\u00a0janv", " 1\u00a0févr", " 1er\u00a0févr", " 1\u00a0mars", " 1er\u00a0mars", " 1\u00a0avr", " 1er\u00a0avr",
			" 1\u00a0mai", " 1er\u00a0mai", " 1\u00a0juin", " 1er\u00a0juin", " 1\u00a0juill", " 1er\u00a0juill", " 1\u00a0août", " 1er\u00a0août", " 1\u00a0sept", " 1er\u00a0sept",
			" 1\u00a0oct", " 1er\u00a0oct", " 1\u00a0nov", " 1er\u00a0nov", " 1\u00a0déc", " 1er\u00a0déc").Replace,

		effects: byEffect(frenchEffects), causes: byCause(frenchCauses), cause: "cause\u00a0: %s", fillers: " raison ",
		line: "Ligne\u00a0%s", lines: "Lignes %s", vehicle: byMode("bus Bus\ntram Tram\ntrolleybus Trolleybus\nmetro Métro\nferry Ferry"), fleet: byMode(frenchFleet),
		count: plural("1\u00a0ligne", "%d\u00a0lignes"), stops: plural("1\u00a0arrêt", "%d\u00a0arrêts"), atStop: "à l’arrêt %s", atStops: "aux arrêts %s",
		others:   plural("1\u00a0autre", "%d\u00a0autres"),
		troubles: counted("1\u00a0ligne est perturbée", "%d\u00a0lignes sont perturbées", "1\u00a0perturbation", "%d\u00a0perturbations"),
		over:     counted("perturbations sur 1\u00a0ligne", "perturbations sur %d\u00a0lignes", "1\u00a0perturbation", "%d\u00a0perturbations"),
		rest:     "Autres", symbols: bySymbol(frenchSymbols), calm: frenchCalm,
	}
}

const frenchEffects = `
NO_SERVICE service interrompu|interrompu,interruption,pas de service,aucun service,fermé,fermeture,supprim,suspendu,annul,ne circule,ne dessert,non desservi
REDUCED_SERVICE service réduit|réduit,allégé,moins de,supprim
SIGNIFICANT_DELAYS retards|retard,ralenti,allong
DETOUR déviation|dévi,détour,itinéraire
ADDITIONAL_SERVICE service renforcé|renfor,supplémentaire
MODIFIED_SERVICE service modifié|modifi,adapt,remplac,changement,travaux,substitution
STOP_MOVED arrêt déplacé|déplac,report
ACCESSIBILITY_ISSUE accès sans marches impossible|ascenseur,escalator,escalier mécanique,accessib,rampe
`

const frenchCauses = `
TECHNICAL_PROBLEM en raison d’un problème technique
STRIKE en raison d’une grève
DEMONSTRATION en raison d’une manifestation
ACCIDENT en raison d’un accident
HOLIDAY en raison d’un jour férié
WEATHER en raison des conditions météorologiques
MAINTENANCE en raison d’un entretien
CONSTRUCTION en raison de travaux
POLICE_ACTIVITY en raison d’une intervention de police
MEDICAL_EMERGENCY en raison d’une urgence médicale
SPECIAL_EVENT en raison d’un événement
`

const frenchFleet = `
tram Tramways
metro Métro
rail Trains
bus Bus
ferry Ferrys
cable_tram Tramways à câble
aerial_lift Téléphériques
funicular Funiculaire
trolleybus Trolleybus
monorail Monorail
`

const frenchSymbols = `
to vers
at à
from depuis
both vers et depuis
bus bus
shuttle bus de remplacement
tram tram
metro métro
train train
ferry ferry
lift ascenseur
wheelchair accès en fauteuil roulant
`

const frenchCalm = `à accident annulé arrêt arrêts au aux avec bus cause circulation dans de des du en entre est et fermé fermée fermeture grève interrompu interrompue jusqu la
 le les ligne lignes manifestation métro ne par pas perturbé perturbée perturbations pour raison ralenti retard retards service station sur terminus trafic train trains tram travaux un une vers`
