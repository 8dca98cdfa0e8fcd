// Package mastodontest is a stand-in of a Mastodon instance: it keeps accounts,
// tokens, uploads and statuses in memory, answers as the documentation and the
// source of Mastodon say that an instance does, and can be told to fail before
// or after a request took effect. It can also pass for a GoToSocial instance.
//
// It is an ordinary package. Tests use [Server.Transport], which needs no
// socket and works in the bubbles of testing/synctest; a demonstration serves
// it over HTTP, where it also shows its timeline as a page.
//
// What no source settles about real instances, and where their versions differ,
// is a setting of [Knobs]; a client must keep its promises at every value. What
// goes wrong on the way is a [Rule]. What a reader of the profile would see is
// [Server.Visible]: that is what a test asserts on, together with
// [Server.Violations], which lists what a client must never do whatever the
// answer.
//
// Nothing happens by itself: an effect that is due later takes place when the
// clock has passed it and somebody asks. So real and virtual time work alike.
package mastodontest
