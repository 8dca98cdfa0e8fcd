package threads

import (
	"errors"
	"fmt"
	"time"

	"spool"
)

// A verdict is what a refusal means. The numbers decide, never the message: it
// is in the person's language.
type verdict struct {
	kind    spool.Kind    // when it is certain that nothing became visible
	missing bool          // the container is not there, or not there yet
	param   bool          // a parameter is refused; which one the numbers do not say
	media   bool          // the image cannot be used
	child   bool          // the carousel's children cannot be used
	link    bool          // the link cannot be shown as a card
	long    bool          // the text is too long
	open    bool          // after a publish the outcome is open: live posts were seen behind these
	wait    time.Duration // the least pause; zero: none of its own
	hint    string        // for people: what it is and what to do
}

// What a person must do when the token is dead, by the reason that the network
// gives. Each ends in the command that mends it.
const (
	loginAgain    = "sign in again with spool login"
	lostApp       = "the app was removed from the account's permissions: " + loginAgain
	checkpoint    = "Threads wants the account's owner to confirm something: open the Threads app, do what it asks, then " + loginAgain
	password      = "the account's password was changed: " + loginAgain
	expired       = "the token has expired: " + loginAgain
	confirm       = "the account is not confirmed: open the Threads app and confirm it, then " + loginAgain
	noRole        = "the account has no role in the app: add it as a Threads tester in the app's dashboard, accept the invitation, then " + loginAgain
	deadToken     = "the token is not accepted: " + loginAgain
	noRight       = "the app may not post for this account: grant threads_basic and threads_content_publish, then " + loginAgain
	noReplyRight  = "the app may not reply for this account: grant threads_manage_replies, then sign in again with spool login"
	noDeleteRight = "the app may not delete posts of this account: grant threads_delete, then sign in again with spool login, or delete the post in the Threads app"
	restricted    = "Threads has restricted the account: open the Threads app and look at the account status"
	spamGuard     = "Threads limits this account's activity to protect against spam: nothing is sent for a day; look at the account status in the Threads app, and post less often"
	blocked       = "Threads blocks the account for a while: nothing is sent for six hours; look at the account status in the Threads app"
	wrongApp      = "the app id is wrong: use the Threads app id and secret, not those of the Meta app"
	tooMuch       = "Threads wants a pause"
	quotaSpent    = "the account's quota of posts in 24 hours is used up"
)

// judge says what a refusal means: by subcode, then code, then the transient
// mark, then the HTTP status. Sources: Meta's Graph, Instagram and Threads
// error references, and field reports for the codes those do not have.
func judge(r *refusal) verdict {
	if v, ok := bySubcode(r); ok {
		return v
	}
	if v, ok := byCode(r.Code); ok {
		return v
	}
	switch {
	case r.HTTP == 401 || r.HTTP == 403:
		return verdict{kind: spool.Credentials, hint: deadToken}
	case r.HTTP >= 500:
		return verdict{kind: spool.Temporary, open: true}
	}
	return verdict{kind: spool.Temporary} // a code nobody has described: try again, a bounded number of times
}

func bySubcode(r *refusal) (verdict, bool) {
	switch r.Subcode {
	case 4279009, 2207027, 2207020, 2207008: // not there yet; not ready; expired
		return verdict{kind: spool.Temporary, missing: true}, true
	case 33:
		return verdict{kind: spool.Temporary, missing: true}, r.Code == 100
	case 4279047:
		return verdict{kind: spool.Temporary, link: true, hint: "Threads does not take the link as a card"}, true
	case 4279004:
		return verdict{kind: spool.Temporary, child: true, hint: "Threads could not use the pictures of the carousel"}, true
	case 4279013, 2207050:
		return verdict{kind: spool.Credentials, hint: restricted}, true
	case 2207051:
		return verdict{kind: spool.Throttled, wait: 24 * time.Hour, hint: spamGuard}, true
	case 2207042:
		return verdict{kind: spool.Throttled, hint: quotaSpent}, true
	case 2207052, 2207003, 2207004, 2207005, 2207009, 2207026:
		return verdict{kind: spool.Temporary, media: true, hint: "Threads could not use the image"}, true
	case 2207010:
		return verdict{kind: spool.Permanent, param: true, long: true, hint: "the text is too long for Threads"}, true
	case 2207032, 2207053:
		return verdict{kind: spool.Temporary}, true
	case 4279019:
		return verdict{kind: spool.Credentials, hint: deadToken}, true
	}
	return verdict{}, false
}

func byCode(code int) (verdict, bool) {
	switch {
	case code == 1 || code == 2 || code == -1 || code == -2:
		return verdict{kind: spool.Temporary, open: true}, true
	case code == 10: // seen with a live post behind it
		return verdict{kind: spool.Credentials, open: true, hint: noRight}, true
	case code == 3 || code >= 200 && code <= 299:
		return verdict{kind: spool.Credentials, hint: noRight}, true
	case code == 4 || code == 9 || code == 17 || code == 32 || code == 341 || code == 613 || code >= 80000 && code <= 80099:
		return verdict{kind: spool.Throttled, hint: tooMuch}, true
	case code == 24:
		return verdict{kind: spool.Temporary, missing: true}, true
	case code == 100:
		return verdict{kind: spool.Permanent, param: true, hint: "Threads refuses the post as it is"}, true
	case code == 190, code == 102, code == 452:
		return verdict{kind: spool.Credentials, hint: deadToken}, true
	case code == 368:
		return verdict{kind: spool.Throttled, wait: 6 * time.Hour, hint: blocked}, true
	case code == 506: // "duplicate content": perhaps it is live already
		return verdict{kind: spool.Permanent, open: true, hint: "Threads takes the post for one that is there already: look at the profile"}, true
	case code == 4476002:
		return verdict{kind: spool.Credentials, hint: wrongApp}, true
	}
	return verdict{}, false
}

// tokenWords are the reasons for which a token is dead: subcodes of code 190.
var tokenWords = map[int]string{
	458: lostApp, 459: checkpoint, 460: password, 463: expired, 464: confirm, 467: deadToken, 492: noRole,
}

// words are what a person is told about a refusal.
func (r *refusal) words(v verdict) error {
	hint := v.hint
	if words := tokenWords[r.Subcode]; v.kind == spool.Credentials && words != "" {
		hint = words
	}
	if hint == "" {
		return r
	}
	return fmt.Errorf("%s: %w", hint, r)
}

// clean reports whether a refusal of a publish proves that it had no effect,
// as far as a single answer can: a 4xx of the API itself, with a code that no
// live post was ever seen behind.
func (r *refusal) clean() bool {
	numbered := r.Code != 0 || r.Subcode != 0
	return r.HTTP >= 400 && r.HTTP <= 499 && !r.Bare && numbered && !judge(r).open
}

// explain turns an error of a request that could make nothing visible into a
// Failure. waits is how long a throttled account pauses at least.
func (c *Client) explain(op string, err error, waits time.Duration) *spool.Failure {
	ref, ok := errors.AsType[*refusal](err)
	if !ok {
		kind := spool.Temporary
		if errors.Is(err, ErrNoToken) {
			kind = spool.Credentials
		}
		return c.failure(op, kind, "", err)
	}
	v := judge(ref)
	f := c.failure(op, v.kind, ref.code(), ref.words(v))
	f.Wait = max(v.wait, ref.Wait)
	if v.kind == spool.Throttled {
		f.Wait = max(f.Wait, waits)
	}
	if v.kind == spool.Credentials {
		c.keeper.bar(ref, v, c.o.Now())
	}
	return f
}
