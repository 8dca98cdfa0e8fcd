// Package webhooktest stands in for those that receive webhooks: a server in a
// publisher's house that takes the format json of package webhook, and the chats
// of Slack and Discord.
//
// A [Server] has a hook, an address of its own, for each account. It checks the
// signature with code of its own, keeps what it accepted, counts a message with
// an id that it knows once, and shows what a reader would see. [Knobs] set how it
// behaves where receivers differ, and [Server.Plan] says what goes wrong, before
// the effect or after it.
//
// It is an http.Handler, and [Server.Transport] is a way to it without a socket,
// for tests in a bubble of testing/synctest.
package webhooktest
