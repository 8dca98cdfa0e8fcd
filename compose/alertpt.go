package compose

import (
	"strings"
	"time"
)

// portugueseFrame is the one of Portugal; in Brazil stops and vehicles have other names.
func portugueseFrame(language string) *frame {
	f := &frame{
		tag: "pt", colon: ": ", and: always("e"),
		update: "Atualização %s", ended: "Terminado às %s", endedNow: "Terminado", planned: "Previsto", asOf: "situação às %s",
		before: "(antes: %s)", also: "Agora também: %s.", gone: "Já não afeta: %s.",
		worse: "A perturbação é agora mais grave.", better: "A perturbação é agora menos grave.", endless: "Já não é indicado um fim.",
		resumed: "O serviço foi retomado.", asAnnounced: "Terminou como anunciado.",
		expectedOver: "A hora de fim prevista passou.", unlisted: "%s já não publica este aviso.", unlistedNow: "O aviso já não está publicado.",

		clock: func(t time.Time) string { return unpadded(strings.TrimSuffix(t.Format("15h04"), "00")) }, oclock: "%s", stamp: "%s às %s",
		day:   dated("%s %d\u00a0%s", "dom. seg. ter. qua. qui. sex. sáb.", "jan. fev. mar. abr. maio jun. jul. ago. set. out. nov. dez."),
		since: "desde as %s", until: "até às %s", sinceDay: "desde %s", untilDay: "até %s", expected: "previsto %s",
		through: "até %s, inclusive", midnight: "até à meia-noite", hours: "das %s às %s", span: "de %s a %s", dayHours: "%s, %s", from: "a partir de %s",
		nights: "à noite", daily: "diariamente", workdays: "nos dias úteis",
		weekends: "todos os fins de semana", weekly: "a cada %s", fromTo: "de %s a %s", once: "%s, e mais uma vez", more: "%s, e mais %d\u00a0vezes",
		mend: strings.NewReplacer("até às 1h", "até à 1h", "desde as 1h", "desde a 1h", "das 1h", "da 1h", "às 1h", "à 1h").Replace,

		effects: byEffect(portugueseEffects), causes: byCause(portugueseCauses), cause: "causa: %s", fillers: " causa devido ",
		line: "Linha\u00a0%s", lines: "Linhas %s", vehicle: byMode("bus Autocarro\ntram Elétrico\nferry Ferry"), fleet: byMode(portugueseFleet),
		count: plural("1\u00a0linha", "%d\u00a0linhas"), stops: plural("1\u00a0paragem", "%d\u00a0paragens"), atStop: "na paragem %s", atStops: "nas paragens %s",
		others:   plural("mais 1", "mais %d"),
		troubles: counted("1\u00a0linha tem perturbações", "%d\u00a0linhas têm perturbações", "1\u00a0perturbação", "%d\u00a0perturbações"),
		over:     counted("perturbações em 1\u00a0linha", "perturbações em %d\u00a0linhas", "1\u00a0perturbação", "%d\u00a0perturbações"),
		rest:     "Outras", symbols: bySymbol(portugueseSymbols), calm: portugueseCalm,
	}
	if strings.EqualFold(strings.ReplaceAll(language, "_", "-"), "pt-BR") {
		f.vehicle, f.fleet = byMode("bus Ônibus\ntram Bonde\nferry Balsa"), byMode(brazilianFleet)
		f.stops, f.atStop, f.atStops = plural("1\u00a0parada", "%d\u00a0paradas"), "na parada %s", "nas paradas %s"
	}
	return f
}

const portugueseEffects = `
NO_SERVICE sem serviço|sem serviço,suspens,interromp,interrupção,encerrad,fechad,cancelad,suprimid,não circula
REDUCED_SERVICE serviço reduzido|reduzid,redução,limitad
SIGNIFICANT_DELAYS atrasos|atras,demora,lentid
DETOUR desvio|desvi
ADDITIONAL_SERVICE serviço adicional|adicional,reforç,extra
MODIFIED_SERVICE serviço alterado|altera,modific,mudança,substitu
STOP_MOVED paragem deslocada|deslocad,transferid,mudou
ACCESSIBILITY_ISSUE sem acesso sem degraus|elevador,escada,acessib,rampa
`

const portugueseCauses = `
TECHNICAL_PROBLEM devido a um problema técnico
STRIKE devido a greve
DEMONSTRATION devido a uma manifestação
ACCIDENT devido a um acidente
HOLIDAY devido ao feriado
WEATHER devido ao mau tempo
MAINTENANCE devido a manutenção
CONSTRUCTION devido a obras
POLICE_ACTIVITY devido a uma operação policial
MEDICAL_EMERGENCY devido a uma emergência médica
SPECIAL_EVENT devido a um evento
`

const portugueseFleet = `
tram Elétricos
metro Metro
rail Comboios
bus Autocarros
ferry Ferries
cable_tram Elétricos de cabo
aerial_lift Teleféricos
funicular Funicular
trolleybus Tróleis
monorail Monotrilho
`

const brazilianFleet = `
tram Bondes
metro Metrô
rail Trens
bus Ônibus
ferry Balsas
cable_tram Bondes de cabo
aerial_lift Teleféricos
funicular Funicular
trolleybus Trólebus
monorail Monotrilho
`

const portugueseSymbols = `
to para
at em
from de
both de e para
bus bus
shuttle bus de ligação
tram elétrico
metro metro
train trem
ferry ferry
lift elevador
wheelchair acesso em cadeira de rodas
`

const portugueseCalm = `a ao aos as até atraso atrasos circulação com da das de desvio desvios devido do dos e em encerrada encerrado entre estação fechada fechado greve interrompida interrompido linha linhas
 metro na nas no nos o obras os para paragem por sem serviço suspenso trem um uma`
