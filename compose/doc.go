// Package compose words a post: what of an item is said, in how many
// characters, and with which link, picture and topic.
//
// The wording is the operator's, a Go text/template with a few fields and
// helpers ([Check] says what is wrong with one). A network's [spool.TextLimits]
// say how it counts. What is too long is shortened in a fixed order: the parts
// marked with the helper fit, the last one first; then the title; then the
// template's own words. A part ends at a sentence, else at a word, else between
// two characters as a reader sees them. The link is never cut.
//
// The package is pure: the same item gives the same post, so a preview shows
// what will be sent. Begin at [New] and [Wording.Compose].
package compose
