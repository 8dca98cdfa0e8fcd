// Package standin is what the stand-ins of all networks have in common.
//
// A stand-in takes a network's place in tests and in the demo: an http.Handler
// that keeps accounts and posts, answers as the network's documentation says, and
// fails as networks do in life: before a request took effect, after it, late,
// halfway, or never answering. A client is as good as what it does then, so what
// goes wrong is planned by a test, and what is asserted on is what a reader of the
// profile would see.
//
// Here is the part that knows nothing of any network:
//
//   - [Rule] and [Action]: which requests go wrong, and how;
//   - [Desk]: takes each request through the plan, keeps the log of requests, what
//     clients did that they must not do, effects that are due later, and how many
//     writes are under way at once;
//   - [Transport]: a way to a stand-in without a socket;
//   - [Knob]: a setting for each point that no source settles;
//   - [Layout]: how the posts stand on a timeline, for people to look at;
//   - [Snapshot], [Control], [Guard], [Page]: what the demo needs besides.
//
// # A new network
//
// Package publisher/gazette/gazettetest would have
//
//   - Op, a string type that names the requests; call, a request as it was
//     understood; Request, a line of the log that embeds [Line];
//   - type aliases, so that its users need no second import:
//     type Rule = standin.Rule[Op], type Action = standin.Action, and the functions
//     that make actions;
//   - Server, with a mutex that guards all it knows, and a Desk made by
//     [NewDesk] with the functions of [Network]: what rules go by, how a request is
//     carried out, how the network refuses.
//
// Its ServeHTTP reads a request's body and hands it to [Desk.Serve]. The network's
// Visible calls [Desk.Settle] first: nothing happens by itself, an effect that is
// due later takes place when the clock has passed it and somebody asks. So real and
// virtual time work alike.
package standin
