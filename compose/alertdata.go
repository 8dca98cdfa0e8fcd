package compose

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"spool"
)

// alertData is what templates of posts about alerts see beyond the link and the
// names of feed, account and network.
type alertData struct {
	// "Red Line", "Bus 3 and 7", "12 lines"; of an alert about no line: the stops, the
	// area or the means of transport.
	Line   string
	Lines  []string
	Colour string // of the lines, in a word, where they have one

	Effect, Cause, Where, When       string
	From, Until, Time                *moment
	Header, Description, Instruction string
	Sender, Phase, Ending, Mark      string
	Resumed                          string   // a sentence, or nothing
	Changed                          []string // a sentence for each difference that the other fields do not show

	Members []string // of a digest: each alert in a few words, the gravest first
	Count   int      // of a digest: lines, or where no line is known alerts

	Words string // the built-in text; templates of the settings cannot name it
}

// alertFields are those that templates of posts about alerts can name.
func alertFields() []string {
	return []string{"Line", "Lines", "Colour", "Effect", "Cause", "Where", "When", "From", "Until", "Header", "Description", "Instruction",
		"Sender", "Time", "Phase", "Mark", "Ending", "Resumed", "Changed", "Members", "Count", "Link", "Network", "Account", "Feed", "Language"}
}

func alertDialect() dialect {
	return dialect{fields: alertFields(), lists: []string{"Lines", "Changed", "Members"}}
}

// CheckAlert says in plain words what is wrong with the template of posts about
// alerts in a phase; nil: nothing. What holds for the templates of [Check] holds
// for these as well; their fields are others.
func CheckAlert(phase, text string) error {
	_, err := compileAlert(spool.Phase(phase), text)
	return err
}

func compileAlert(phase spool.Phase, text string) (*compiled, error) {
	if !slices.Contains(spool.Phases(), phase) {
		return nil, fmt.Errorf("there is no phase %q of an alert; there are %q", phase, spool.Phases())
	}
	return compileAs(text, alertDialect())
}

// prepareAlert compiles a template of the settings. An update or an end that does not
// say its time gets it in front: two posts of a thread must never be the same.
func (w *Wording) prepareAlert(phase spool.Phase, text string) error {
	c, err := compileAlert(phase, text)
	if err != nil {
		return err
	}
	if answers := phase == spool.Changes || phase == spool.Ends; answers && !c.uses["Time"] && !c.uses["Mark"] {
		if c, err = compileAlert(phase, "{{ .Mark }}"+text); err != nil {
			return err
		}
	}
	if w.alerts == nil {
		w.alerts = map[spool.Phase]*compiled{}
	}
	w.alerts[phase] = c
	return nil
}

// ownWords is the template of the settings for a notice; nil: the built-in words. Those
// for updates and ends are about one alert, so for a digest they count only if they
// name what it has.
func (w *Wording) ownWords(n *notice) *compiled {
	own := w.alerts[n.phase()]
	if own != nil && n.digest && n.phase() != spool.Sums && !own.uses["Members"] && !own.uses["Count"] {
		return nil
	}
	return own
}

// template is what fills in the text: the one of the settings, or one that prints the
// built-in words, which only a thread is divided by.
func (n *notice) template(w *Wording) *compiled {
	switch {
	case n.own != nil:
		return n.own
	case w.settings.Chain < 2:
		return &compiled{}
	}
	c, err := compileAs("{{ .Words }}", dialect{fields: []string{"Words"}})
	if err != nil {
		panic("compose: " + err.Error())
	}
	return c
}

// colourOf is the colour of an alert's lines, in the word of whoever named it; empty: none
// is known, or there are several.
func colourOf(a *spool.Alert) string {
	colour := ""
	for _, e := range a.Affected {
		if e.RouteColour != "" && colour != "" && e.RouteColour != colour {
			return ""
		}
		colour = cmp.Or(colour, e.RouteColour)
	}
	return colour
}

// data is a notice as templates see it.
func (n *notice) data(mute func(string) string) alertData {
	m := func(s string) string { return muted(s, mute) }
	all := func(list []string) []string {
		out := make([]string, len(list))
		for i, s := range list {
			out[i] = m(s)
		}
		return out
	}
	d := alertData{
		Line: m(n.about), Lines: all(n.lines), Colour: m(colourOf(n.alert)), Effect: n.effect, Cause: m(firstOf(n.cause, n.causeIs)), Where: m(n.where), When: n.lasts,
		From: newMoment(n.alert.Start(), n.when.zone), Until: newMoment(n.alert.End(), n.when.zone), Time: newMoment(n.when.now, n.when.zone),
		Header: m(n.header), Description: m(n.description), Instruction: m(n.instruction), Sender: m(n.sender),
		Phase: string(n.phase()), Ending: string(n.news.Ending), Mark: n.mark, Changed: all(n.changed), Words: n.words(sayAll, mute),
	}
	if n.alert.Resumed {
		d.Resumed = n.resumed
	}
	if n.digest {
		_, lines, alerts := n.groups()
		if d.Count = lines; lines == 0 {
			d.Count = alerts
		}
		for _, one := range n.members {
			d.Members = append(d.Members, m(one.title))
		}
		if d.Line == "" && lines > 0 {
			d.Line = n.count(lines)
		}
	}
	if d.Header == "" {
		d.Header = n.upper(n.effect)
	}
	d.Lines = d.Lines[:min(len(d.Lines), maxCategories)]
	d.Members = d.Members[:min(len(d.Members), maxCategories)]
	d.Line = strings.TrimSpace(d.Line)
	return d
}
