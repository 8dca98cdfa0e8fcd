package publisher

import (
	"context"
	"errors"
	"io"
	"net"
	"net/url"
	"regexp"
	"sort"
	"strings"
)

// removed stands where a secret was.
const removed = "<removed>"

// secretFields are the names under which the networks' APIs carry secrets, in
// queries, forms, headers and JSON.
var secretFields = regexp.MustCompile(`(?i)\b(access_?token|client_secret|input_token|refresh_token|code|password|accessJwt|refreshJwt|authorization)("?\s*[=:]\s*"?)(Bearer\s+)?[^\s"&,;<>]+`)

// Redact takes the given secrets out of a text, plain and as they look in an
// address, and whatever stands behind a name that secrets go by.
func Redact(text string, secrets ...string) string {
	long := make([]string, 0, len(secrets))
	for _, s := range secrets {
		if len(s) >= 4 { // a shorter one would shred the words around it
			long = append(long, s)
		}
	}
	// A secret may be the beginning of another one.
	sort.Slice(long, func(i, j int) bool { return len(long[i]) > len(long[j]) })
	for _, s := range long {
		text = strings.ReplaceAll(text, s, removed)
		text = strings.ReplaceAll(text, url.QueryEscape(s), removed)
		text = strings.ReplaceAll(text, url.PathEscape(s), removed)
	}
	return secretFields.ReplaceAllStringFunc(text, redactField)
}

// redactField keeps numbers behind "code": those are error codes, which people
// need; a code that is a secret is never that short.
func redactField(match string) string {
	parts := secretFields.FindStringSubmatch(match)
	value := match[len(parts[1])+len(parts[2])+len(parts[3]):]
	if strings.EqualFold(parts[1], "code") && len(value) < 8 {
		return match
	}
	return parts[1] + parts[2] + removed
}

// clean is err without the address and without secrets. What it wraps is at
// most a well-known error, so that unwrapping brings no secret back.
func (c Call) clean(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err // the rest is the whole address
	}
	return &cleaned{text: Redact(words(err), c.secrets()...), cause: wellKnown(err)}
}

// words are an error for people. A name that does not exist is most often a slip
// in the configuration, such as in the address of an instance.
func words(err error) string {
	if dns, ok := errors.AsType[*net.DNSError](err); ok && dns.IsNotFound && dns.Name != "" {
		return "the name " + dns.Name + " does not exist, or this machine's DNS does not know it"
	}
	return err.Error()
}

func (c Call) secrets() []string {
	all := append([]string(nil), c.Secrets...)
	for _, values := range []url.Values{c.Query, c.Form} {
		for name, list := range values {
			if secretFields.MatchString(name + "=x") {
				all = append(all, list...)
			}
		}
	}
	for _, value := range c.Header.Values("Authorization") {
		_, token, _ := strings.Cut(value, " ")
		all = append(all, value, token)
	}
	return all
}

type cleaned struct {
	text  string
	cause error
}

func (e *cleaned) Error() string { return e.text }

func (e *cleaned) Unwrap() error { return e.cause }

func wellKnown(err error) error {
	for _, known := range []error{context.Canceled, context.DeadlineExceeded, io.ErrUnexpectedEOF, io.EOF, ErrTooLong} {
		if errors.Is(err, known) {
			return known
		}
	}
	return nil
}

// Excerpt is as much of a stranger's text as a message takes, in one line. Secrets
// have to be taken out before: half of one is one too.
func Excerpt(s string) string {
	const most = 200 // code points
	r := []rune(strings.Join(strings.Fields(strings.ToValidUTF8(s, "\ufffd")), " "))
	if len(r) > most {
		return string(r[:most]) + "…"
	}
	return string(r)
}
