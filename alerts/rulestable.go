package alerts

import "spool"

// The words below are those that agencies use in English, French, German and Spanish.
// They are compared without accents and case. What is ambiguous is left out: "closed"
// alone may be a road or a ticket office, "lift" alone a verb.

// weightless are words that may stand within a phrase without changing it.
var weightless = setOf(`is are was were be been being has have will remains remain stays stay temporarily currently now fully all the a an
	est sont sera seront reste restent actuellement temporairement totalement completement provisoirement la le les l un une des
	ist sind wird werden bleibt bleiben derzeit aktuell vorubergehend voraussichtlich komplett der die das
	esta estan sera seran queda quedan permanece permanecen actualmente temporalmente totalmente el los las`)

// inside are parts of a station, that are no part of its name: that one is closed says
// nothing of service.
var inside = setOf(`entrance exit access elevator escalator lift toilets office shop parking
	entree sortie acces ascenseur escalier guichet guichets toilettes parking boutique
	eingang ausgang zugang aufzug rolltreppe fahrstuhl schalter toiletten parkplatz reisezentrum
	entrada salida acceso ascensor escalera taquilla taquillas aseos aparcamiento oficina`)

// denying are words before a phrase that deny it, or make it small, past or possible.
var denying = setOf(`no not without never minor slight minimal any if avoid prevent previously earlier former
	ne pas sans aucun aucune jamais leger legers legere legeres petit petits si eviter ancien
	kein keine keinen keiner nicht ohne geringe geringen geringfugige leichte kleine falls wenn ehemalige
	sin ningun ninguna nunca leve leves pequeno pequenos evitar antiguo unplanned unscheduled`)

// calming are words in whose sentence nothing is taken to be disturbed.
var calming = setOf(`resumed resumes resume restored reopened reopens reopen cleared clears ended lifted resolved fixed repaired normal over
	retabli retablie retablis reprise repris reprend rouvert rouverte rouvre termine terminee terminees fini finie normale normaux
	wieder behoben beendet normalbetrieb normalisiert planmassig
	reanudado reanudada reanuda restablecido restablecida restablecidos finalizado finalizada resuelto resuelta reabierta reabierto normalidad`)

// otherwise are words behind a phrase that make it something else: rights of riders, and
// what is said of a place.
var otherwise = setOf(`repay compensation refund refunds claim claims certificate certificates statistics policy survey hotline permitting
	change changes alteration alterations disruption disruptions impact impacts affected delayed
	office meeting road street avenue lane hill square park`)

// urgent are words in whose sentence work is none that was planned.
var urgent = setOf(`emergency urgent unplanned unscheduled urgence urgents imprevu imprevus dringend dringende notfall ungeplant ungeplante
	emergencia urgente urgentes imprevisto imprevistos`)

// vocabulary is what says something of effect, cause or planning.
var vocabulary = newVocabulary()

func newVocabulary() lexicon {
	l := lexicon{first: map[string][]phrase{}}
	addNoService(&l)
	addDelays(&l)
	addOtherEffects(&l)
	addCauses(&l)
	addIncidents(&l)
	return l
}

//nolint:misspell,dupword // words of other languages, listed
func addNoService(l *lexicon) {
	l.add(sense{effect: spool.NoService}, `
		no service|trains|buses|trams|metro|subway|ferries|ferry
		service|services|line|lines|route|routes|train|trains|bus|buses|tram|trams|metro|subway|ferry|ferries|traffic suspended
		suspended between|in|from|until
		station|stations|stop|stops|line|route|terminal closed|shut
		station|stop|line|route closure
		not running|operating
		will not run|operate
		ne circule|circulent pas|plus
		verkehrt|verkehren|fahrt|fahren nicht
		no circula|circulan
		trafic|circulation|service|ligne|lignes|trains|train|bus|metro|tramway|tram interrompu|interrompue|interrompus|interrompues|suspendu|suspendue|suspendus|suspendues
		interruption du|de trafic|service|circulation
		interruption trafic|service
		aucun|aucune service|train|bus|circulation
		station|gare|arret|ligne ~ fermee|ferme|fermees|fermes
		stations|gares|arrets|lignes ~ fermees|fermes
		arret|station|gare|arrets|stations|gares ~ non|pas desservi|desservie|desservis|desservies
		kein|keine zugverkehr|busverkehr|bahnverkehr|betrieb|fahrten|zuge|verkehr
		betrieb|verkehr|linie|zugverkehr|busverkehr|bahnverkehr|strecke|fahrbetrieb eingestellt|unterbrochen|gesperrt
		*sperrung|streckensperrung zwischen|der|des
		bahnhof|station|haltestelle|haltestellen|halt ~ geschlossen|gesperrt|entfallt|entfallen|aufgehoben
		betriebseinstellung|streckensperrung|linienausfall
		sin servicio
		servicio|servicios|linea|lineas|circulacion|trafico|trenes|tren suspendido|suspendida|suspendidos|suspendidas|interrumpido|interrumpida|interrumpidos|cortado|cortada
		estacion|parada|linea ~ cerrada|cerrado|suprimida
		estaciones|paradas|lineas cerradas|suprimidas
		interrupcion|suspension del|de servicio|trafico|circulacion`)
}

//nolint:misspell,dupword // words of other languages, listed
func addDelays(l *lexicon) {
	l.add(sense{effect: spool.SignificantDelays}, `
		delay|delays|delayed
		running|runs late
		retard|retards|retarde|retardee|retardes|retardees
		circulation|trafic ralenti|ralentie|perturbe|perturbee
		verspatung|verspatungen|*verspatung|*verspatungen|verspatet|verspaten
		verzogerung|verzogerungen
		retraso|retrasos|retrasado|retrasada|retrasados|demora|demoras`)
}

//nolint:misspell,dupword // words of other languages, listed
func addOtherEffects(l *lexicon) {
	l.add(sense{effect: spool.AccessibilityIssue, bare: true}, `
		elevator|elevators|escalator|escalators
		ascenseur|ascenseurs|escalator|escalators
		escalier|escaliers mecanique|mecaniques
		aufzug|aufzuge|fahrstuhl|rolltreppe|rolltreppen
		ascensor|ascensores
		escalera|escaleras mecanica|mecanicas
		lift|lifts outage|out|closed|unavailable|failure|fault|faulty|broken|repairs|replacement|not
		step free access unavailable|not`)
	l.add(sense{effect: spool.AccessibilityIssue}, `
		elevator|elevators|escalator|escalators|lift|lifts out of service|order
		elevator|elevators|escalator|escalators|lift|lifts unavailable|closed|broken|outage
		elevator|elevators|escalator|escalators|lift|lifts not working|available
		ascenseur|ascenseurs|escalator|escalators hors service
		ascenseur|ascenseurs|escalator|escalators en panne
		ascenseur|ascenseurs|escalator|escalators indisponible|indisponibles
		aufzug|aufzuge|fahrstuhl|rolltreppe|rolltreppen ausser betrieb
		aufzug|aufzuge|fahrstuhl|rolltreppe|rolltreppen defekt|gestort
		ascensor|ascensores fuera de servicio
		ascensor|ascensores averiado|averiados`)
	l.add(sense{effect: spool.ReducedService}, `
		trains|train|bus|buses|trip|trips|departure|departures cancelled|canceled
		trains|train|bus supprimes|supprime|annules|annule
		trajet|trajets|course|courses supprime|supprimes|supprimee|supprimees|annule|annules|annulee|annulees
		zug|zuge|fahrt|fahrten|bus|busse fallt|fallen aus
		zugausfall|zugausfalle|fahrtausfall|fahrtausfalle
		trenes|tren|autobuses cancelado|cancelados|suprimido|suprimidos
		reduced|limited service|timetable|schedule|frequency
		fewer trains|buses|trams
		service|trafic reduit
		eingeschrankter betrieb|zugverkehr|fahrplan|takt
		servicio|frecuencia reducido|reducida`)
	l.add(sense{effect: spool.Detour}, `
		detour|detours|detoured|rerouted|reroute|reroutes|rerouting
		diversion|diversions|diverted
		deviation|deviations|devie|deviee|devies|deviees
		itineraire modifie
		umleitung|umleitungen|umgeleitet|*umleitung|*umleitungen
		desvio|desvios|desviado|desviada|desviados|desviadas`)
	l.add(sense{effect: spool.StopMoved}, `
		stop|stops moved|relocated
		temporary stop|stops
		arret|arrets ~ deplace|deplaces|reporte|reportes
		haltestelle|haltestellen|halt ~ verlegt
		ersatzhaltestelle|ersatzhaltestellen
		parada|paradas ~ trasladada|trasladadas|desplazada|desplazadas`)
	l.add(sense{effect: spool.AdditionalService}, `
		additional|extra service|trains|buses|trams
		service renforce
		zusatzzuge|zusatzzug|zusatzbusse
		refuerzo|refuerzos de|del servicio|trenes|autobuses`)
	l.add(sense{effect: spool.ModifiedService}, `
		schedule|timetable change|changes
		modified|altered service|timetable|schedule
		changement d|de horaire|horaires
		fahrplananderung|fahrplananderungen
		horario|horarios modificado|modificados`)
}

//nolint:misspell,dupword // words of other languages, listed
func addCauses(l *lexicon) {
	l.add(sense{cause: spool.Maintenance}, `
		maintenance
		maintenance travaux
		engineering|track work|works
		trackwork|trackworks
		instandhaltung|instandhaltungsarbeiten|wartung|wartungsarbeiten
		mantenimiento
		entretien
		wartungsarbeiten`)
	l.add(sense{cause: spool.Construction}, `
		construction
		roadworks|roadwork
		travaux
		bauarbeiten|baustelle|*bauarbeiten|baumassnahme|baumassnahmen
		obras`)
	l.add(sense{planned: true}, `
		planned|scheduled work|works|maintenance|closure|closures|suspension|detour|diversion|outage|engineering|service
		planned|scheduled service change|changes
		travaux|bauarbeiten|*bauarbeiten|obras
		maintenance|mantenimiento|wartungsarbeiten
		planned_work`)
}

//nolint:misspell,dupword // words of other languages, listed
func addIncidents(l *lexicon) {
	l.add(sense{cause: spool.Strike}, "industrial|strike action\ndue to strike\ndue to a strike\ngreve|greves\nmouvement social\nstreik|streiks|warnstreik|warnstreiks\nhuelga|huelgas|paros")
	l.add(sense{cause: spool.Demonstration}, "demonstration|demonstrations|protest|protests\nmanifestation|manifestations\ndemonstrationen|kundgebung\nmanifestacion|manifestaciones")
	l.add(sense{cause: spool.Accident}, "accident|accidents|collision|derailment\nunfall|*unfall|zusammenstoss\naccidente|accidentes|colision")
	l.add(sense{cause: spool.Weather}, `
		severe|winter|inclement|bad|adverse|extreme weather
		due to weather
		snow conditions|storm
		flooding|snowfall|blizzard
		intemperies|inondation|inondations
		conditions meteorologiques|meteo
		unwetter|schneefall|sturmschaden|hochwasser|uberflutung
		temporal|inundacion|inundaciones|nevada
		condiciones meteorologicas|climaticas`)
	l.add(sense{cause: spool.PoliceActivity}, `
		police activity|investigation|incident|operation|action
		intervention|operation de|des|police
		polizeieinsatz
		intervencion|actuacion policial`)
	l.add(sense{cause: spool.MedicalEmergency}, `
		medical emergency|incident
		sick|ill passenger|customer|person
		passenger illness
		malaise voyageur|passager
		malaise d un voyageur
		notarzteinsatz|rettungseinsatz
		emergencia medica`)
	l.add(sense{cause: spool.TechnicalProblem}, `
		signal|signals|signalling|switch|track|technical|mechanical|power|equipment problem|problems|failure|fault|issue|issues|malfunction|outage
		disabled|broken train|bus|vehicle|tram
		panne
		incident|probleme technique|signalisation
		stellwerksstorung|signalstorung|weichenstorung|oberleitungsstorung|fahrzeugstorung
		technische|technischer storung|defekt|probleme
		averia|averias
		incidencia|problema tecnica|tecnico`)
}
