// Package compose words a post: what of an item is said, in how many
// characters, and with which link, card, pictures, hashtags and topic.
//
// The wording is the operator's, a Go text/template with a few fields and
// helpers ([Check] says what is wrong with one; docs/wording.md describes them).
// A network's [spool.TextLimits] say how it counts and what it can show. What is
// too long is shortened in a fixed order: the parts marked with the helper fit,
// the last one first; then the title; then the template's own words. A part ends
// at a sentence, else at a word, else between two characters as a reader sees
// them. Or it goes on in replies, if the settings want a chain. The link is never
// cut.
//
// Pictures are only chosen here, in an order; whoever fetches them may find that
// none can be had, and then [spool.Content.Instead] is what is posted.
//
// Service alerts are worded by [Wording.Alert]: a few facts in a fixed order, in the
// language of the alert, with words that are built in ([CheckAlert] is for templates
// instead of them). What a language says around an agency's texts is one file,
// alertde.go and so on; another language is another file, and a line in alertframe.go.
//
// The package is pure: the same item gives the same post, so a preview shows
// what will be sent. Begin at [New] and [Wording.Compose]; [Wording.Correct] is
// for what turned out wrong.
package compose
