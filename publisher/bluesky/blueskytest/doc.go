// Package blueskytest is a stand-in of a Bluesky server: it keeps accounts,
// sessions, repositories and pictures in memory, answers as the documentation
// and the reference server do, and can be told to fail before or after a request
// took effect.
//
// It is an ordinary package. Tests use [Server.Transport], which needs no
// socket and works in the bubbles of testing/synctest; `spool demo` and the
// crash tests serve it over HTTP, where it also shows its timeline as a page.
//
// What servers do differently is a setting of [Knobs]; a client must keep its
// promises at every value. What goes wrong on the way is a [Rule]. What a reader
// of the profile would see is [Server.Visible]: that is what a test asserts on,
// together with [Server.Violations], which lists what a client must never do
// whatever the answer.
//
// Nothing happens by itself: an effect that is due later takes place when the
// clock has passed it and somebody asks. So real and virtual time work alike.
package blueskytest
