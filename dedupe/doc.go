// Package dedupe says which items of a feed are new, known or edited.
//
// An item has several names, its keys: the guid as it is, the guid as an
// address, the address without its host, the link in a form for comparison. It
// is known when one of them is, so neither a new guid nor a move to https makes
// it new. The opposite mistake costs more, because an article taken for another
// is never posted: a name that does not tell the items of a document apart is
// not used, and a name that only a single trait speaks for is doubted.
//
// What is new by its names may still be old: a [Review] looks for documents whose
// items all changed their names at once, and for items that say what another one
// said in nearly the same words.
//
// The package is pure. Callers look up what is remembered under [KeysOf], and
// record what [Decide] and the review say. Begin there; docs/identity.md has the
// rules with examples.
package dedupe
