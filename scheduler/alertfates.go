package scheduler

import (
	"slices"

	"spool"
)

// record enters an alert into the ledger once it is told for the first time, or over
// untold. It reports whether it did.
func (w *survey) record(t spool.Tracked, views []*view) bool {
	told := slices.ContainsFunc(views, func(v *view) bool { return v.told })
	if !told && len(t.Digests) == 0 && t.Open {
		return false
	}
	w.in.New = append(w.in.New, w.entry(t))
	audience := w.audience(t)
	fate := spool.Fate{Time: w.now, Item: t.Item, Feed: w.feed.Name, Verdict: spool.Nowhere}
	if len(audience) == 0 {
		w.in.Fates = append(w.in.Fates, fate)
		w.items[string(fate.Verdict)]++
		return true
	}
	fate.Accounts = audience
	var fates []spool.Fate
	for _, name := range audience {
		own := fate
		own.Accounts, own.Account = nil, name
		i := slices.IndexFunc(views, func(v *view) bool { return v.acct.Name == name })
		own.Verdict, own.Reason = w.fate(t, views[i], told, t.Digests[name])
		fates = append(fates, own)
	}
	fate.Verdict, fate.Reason = fates[0].Verdict, fates[0].Reason
	w.in.Fates = append(w.in.Fates, fate)
	for _, own := range fates[1:] {
		if own.Verdict != fate.Verdict || own.Reason != fate.Reason {
			w.in.Fates = append(w.in.Fates, own)
		}
	}
	if fate.Verdict != spool.ToPost {
		w.items[string(fate.Verdict)]++
		log := w.Log.With("feed", w.feed.Name, "item", t.Item, "alert", t.Alert.ID, "verdict", string(fate.Verdict), "reason", fate.Reason)
		if fate.Verdict == spool.Summed {
			log.Info("alert is told by a digest")
		} else {
			log.Info("alert is not told")
		}
	}
	return true
}

// fate is what becomes of an alert on one of its accounts.
func (w *survey) fate(t spool.Tracked, v *view, toldAnywhere bool, digest string) (spool.Verdict, string) {
	b, gone := w.blocked(t.Item)
	switch {
	case v.told:
		return spool.ToPost, ""
	case gone:
		return spool.Blocked, blockedBy(b)
	case digest != "":
		return spool.Summed, "digest " + digest
	case t.Muted != "":
		return spool.Filtered, t.Muted
	case t.Known:
		return spool.FirstRun, v.why
	case !t.Open:
		return spool.Over, v.why
	case toldAnywhere:
		return spool.ToPost, "" // its turn there is still to come
	}
	return spool.Filtered, v.why
}

// entry is the item that stands for an alert, in the language of the first account
// that it is for.
func (w *survey) entry(t spool.Tracked) spool.NewItem {
	language := ""
	if names := w.audience(t); len(names) > 0 {
		language = languageOf(w.feed.wording(names[0]))
	}
	it := w.feed.Alerts.Item(t, language)
	if it.Seen.IsZero() {
		it.Seen = w.now
	}
	return spool.NewItem{Item: it, Keys: []spool.Key{alertKey(t.Item)}}
}

// rewritten keeps the item as the posts have it from now on, and says for people what
// was made of the change.
func (v *view) rewritten(what string) {
	if !v.t.Recorded {
		return // it is about to be recorded as it is
	}
	what = v.acct.Name + ": " + what
	for i := range v.in.Fates {
		if f := &v.in.Fates[i]; f.Item == v.t.Item && f.Verdict == spool.Changed {
			f.Reason += "; " + what
			return
		}
	}
	v.in.Edited = append(v.in.Edited, v.entry(v.t))
	v.in.Fates = append(v.in.Fates, spool.Fate{Time: v.now, Item: v.t.Item, Feed: v.feed.Name, Verdict: spool.Changed, Reason: what})
}
