package compose

import (
	"regexp"
	"strings"
)

// idle matches sentences that tell a rider nothing: apologies, thanks, invitations to
// click, and when a page was last edited.
var idle = regexp.MustCompile(`(?i)^(?:` + strings.Join([]string{
	`(?:[^.!?]{0,40} )?apologi[sz]es? for .*`, `(?:please accept )?our apologies.*`, `(?:we(?:['’]re| are) )?sorry for .*`, `we regret .*`,
	`(?:we )?thank(?:s| you) .*`, `(?:we )?appreciate your .*`, `(?:please )?(?:click|tap|press) (?:here|below|on the link|the link).*`, `(?:for )?(?:more|further) (?:info(?:rmation)?|details?)(?:,? (?:please )?(?:click|tap|visit|see|go to|check|call)| on| about|: ?http|:? ?www).*`,
	`(?:please )?(?:visit|see|go to|check) (?:our website|the website|\S*www\.\S+|https?://\S+).*`, `(?:last )?(?:updated?|modified|posted|published|issued)(?: on| at|:).{0,40}`, `updates? to follow`, `stay tuned.*`,
	`(?:[^.!?]{0,40} )?(?:bitten|bittet) (?:wir )?(?:sie )?(?:dafür |hierfür )?(?:um (?:ihr )?verständnis|um entschuldigung|die [^.!?]{0,40} zu entschuldigen|für [^.!?]* um (?:verständnis|entschuldigung)).*`, `(?:vielen |herzlichen |besten )?dank für ihr.*`, `danke für .*`, `wir danken .*`, `[^.!?]* bedauern wir.*`, `wir bedauern .*`, `entschuldigen sie .*`,
	`(?:für )?weitere (?:informationen|infos|auskünfte).{0,60}(?:unter|auf|finden|hier|klick).*`, `(?:bitte )?(?:klicken|tippen) sie .*`, `(?:zuletzt )?(?:aktualisiert|geändert|veröffentlicht)(?: am|:).{0,40}`,
	`(?:nous )?(?:vous )?(?:prions de |priant de )?(?:bien vouloir )?(?:nous )?(?:vous )?(?:excuser|excusons|prions de .{0,20}excuser).*`, `(?:nous nous |veuillez nous |toutes nos )excus.*`, `nous nous excusons.*`, `merci (?:de|pour) (?:votre|la) .*`, `nous vous remercions .*`,
	`(?:pour )?(?:plus d['’]informations?|en savoir plus|plus d['’]infos?).*`, `cliquez .*`, `(?:dernière mise à jour|mis à jour|publié)(?: le|\s*:).{0,40}`,
	`(?:rogamos |pedimos )?(?:disculpen?|disculpas?|perdonen).*`, `(?:lamentamos|sentimos) (?:las|los|el) .*`, `(?:muchas )?gracias por .*`, `(?:para )?más información.*`, `haga clic .*`, `(?:última actualización|actualizado|publicado)(?: el|:).{0,40}`,
	`ci scusiamo .*`, `(?:la|vi) preghiamo di scusar.*`, `grazie per .*`, `(?:per )?(?:maggiori|ulteriori|altre) informazioni.*`, `clicca .*`, `(?:ultimo aggiornamento|aggiornato|pubblicato)(?: il|:).{0,40}`,
	`(?:onze )?excuses voor .*`, `(?:onze )?verontschuldig.*`, `(?:be)?dank(?:t)? (?:u )?voor .*`, `wij bieden .*excuses.*`, `(?:voor )?meer informatie.*`, `klik .*`, `(?:laatst )?(?:bijgewerkt|gewijzigd|gepubliceerd)(?: op|:).{0,40}`,
	`(?:pedimos )?(?:as nossas )?desculpas?.*`, `(?:pedimos )?desculpa(?:s)? pel.*`, `lamentamos (?:o|os|qualquer|a) .*`, `(?:agradecemos|obrigad[oa]s?) .*`, `(?:para )?mais informaç.*`, `clique .*`, `(?:última atualização|atualizado|publicado)(?: em|:).{0,40}`,
}, "|") + `)[\s.!…»›→>]*$`)

// affected are the labels of lists that repeat which lines an alert is about.
var affected = regexp.MustCompile(`(?i)^(?:(?:affected|impacted) (?:routes?|lines?|services?|agenc(?:y|ies))|(?:routes?|lines?) (?:affected|impacted)|betroffene linien?|lignes? concernées?|líneas? afectadas?|linee interessate|(?:getroffen|betrokken) lijn(?:en)?|linhas? afetadas?)\s*:?$`)

// reasoned matches headlines that say why, in the agency's own words: they know better
// than a cause out of a short list.
var reasoned = regexp.MustCompile(`(?i)(?:^|[^\pL])(?:due to|because of|owing to|caused by|wegen|aufgrund|infolge|en raison d|à cause d|suite (?:à|aux?) |debido al? |por causa d|a causa d|per via d|vanwege|wegens|door een|devido (?:a|ao|à)s? )`)
