package compose

// Language is the one that the configuration names for posts, as a BCP 47 tag; empty:
// it names none. Of an alert that is said in several it is the one to be told.
func (w *Wording) Language() string { return w.settings.Language }
