package compose

import (
	"cmp"
	"strings"

	"spool"
)

// A tongue chooses among the texts of an alert.
type tongue struct {
	tag      string // of the words that are used; empty: the source does not say, and neither does anybody else
	untagged bool   // they are those without a language
}

// tongueOf chooses the language of a post about an alert: the account's where the
// alert has it, to the letter or at least the base language; then, unless the
// configuration alone counts, that of its item; then texts that name no language,
// which are taken to be in the one that is wanted; then what comes first. The
// headline decides, so that a post is in one language as a whole.
func (w *Wording) tongueOf(it spool.Item) tongue {
	wanted := w.wantedLanguages(it)
	texts := headlines(it.Alert)
	for _, language := range wanted {
		if t, ok := match(texts, language); ok && t.Language != "" {
			return tongue{tag: t.Language}
		}
	}
	if len(texts) == 0 {
		return tongue{tag: dearest(wanted), untagged: true}
	}
	for _, t := range texts {
		if t.Language == "" {
			return tongue{tag: dearest(wanted), untagged: true}
		}
	}
	return tongue{tag: texts[0].Language}
}

func dearest(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

// wantedLanguages are those that a post had best be in, the dearest first.
func (w *Wording) wantedLanguages(it spool.Item) []string {
	var wanted []string
	if s := w.settings.Language; s != "" {
		wanted = append(wanted, s)
	}
	if cmp.Or(w.settings.LanguageFrom, LanguageFromItem) == LanguageFromItem && it.Language != "" {
		wanted = append(wanted, it.Language)
	}
	return wanted
}

// headlines are the texts that decide on the language: the first of an alert's that
// there are.
func headlines(a *spool.Alert) spool.Texts {
	for _, texts := range []spool.Texts{a.Header, a.Spoken, a.Description, a.Instruction, a.EffectText, a.Area} {
		if texts = said(texts); len(texts) > 0 {
			return texts
		}
	}
	return nil
}

// said are the texts that say something.
func said(texts spool.Texts) spool.Texts {
	var out spool.Texts
	for _, t := range texts {
		if strings.TrimSpace(t.Text) != "" {
			out = append(out, t)
		}
	}
	return out
}

// match finds the text in a language: with the very tag, with the base language
// alone, or with the base language and any region.
func match(texts spool.Texts, language string) (spool.Text, bool) {
	same := func(fits func(tag string) bool) (spool.Text, bool) {
		for _, t := range texts {
			if t.Language != "" && fits(normalTag(t.Language)) {
				return t, true
			}
		}
		return spool.Text{}, false
	}
	tag, base := normalTag(language), primary(language)
	if tag == "" {
		return spool.Text{}, false
	}
	for _, fits := range []func(string) bool{
		func(s string) bool { return s == tag }, func(s string) bool { return s == base }, func(s string) bool { return primary(s) == base },
	} {
		if t, ok := same(fits); ok {
			return t, true
		}
	}
	return spool.Text{}, false
}

func normalTag(tag string) string {
	return strings.ToLower(strings.ReplaceAll(strings.TrimSpace(tag), "_", "-"))
}

// of is the text in the chosen language, else the one that names none. Texts in
// another language are left out: half a post in each helps nobody.
func (t tongue) of(texts spool.Texts) string {
	texts = said(texts)
	found, ok := match(texts, t.tag)
	switch {
	case ok && !t.untagged:
		return found.Text
	case len(texts) == 0:
		return ""
	}
	for _, text := range texts {
		if text.Language == "" {
			return text.Text
		}
	}
	if ok || t.tag == "" {
		return cmp.Or(found.Text, texts[0].Text)
	}
	return ""
}

// address is the link for readers of the language; any is better than none.
func (t tongue) address(urls spool.Texts) string {
	if s := t.of(urls); s != "" {
		return s
	}
	for _, u := range said(urls) {
		return u.Text
	}
	return ""
}
