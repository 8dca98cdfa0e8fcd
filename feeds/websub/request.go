package websub

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"spool"
)

// requestTimeout bounds a request to a hub, with the redirect it may lead to.
const requestTimeout = 30 * time.Second

// A failure is a request that a hub did not accept.
type failure struct {
	reason string        // for people; without secrets
	wait   time.Duration // that the hub asked for; 0: it did not
	gone   bool          // the hub knows nothing of the subscription
	closed bool          // the hub could not be reached
}

// ask tells a hub that a subscription is wanted, or is not any more. nil: the
// hub accepted that, and verifies it now or has done so already.
func (s *Subscriber) ask(ctx context.Context, sub spool.Subscription) *failure {
	hub, err := usable(sub.Hub)
	if err != nil {
		return &failure{reason: "the feed names a hub that cannot be asked: " + err.Error()}
	}
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	form := params(sub).Encode()
	for hops := 0; ; hops++ {
		resp, err := s.post(ctx, hub, form)
		if err != nil {
			return &failure{closed: true, reason: tidy(unreached(hub, err), sub)}
		}
		next, f := outcome(resp, sub, s.Now())
		_ = resp.Body.Close()
		if f != nil || next == nil {
			return f
		}
		if hops == maxHops {
			return &failure{reason: hub.Host + " redirects to a hub that redirects again"}
		}
		hub = next
	}
}

// maxHops is how many redirects to another hub are followed.
const maxHops = 1

// params are what a hub is asked. hub.verify is for hubs of the forerunner of
// WebSub, which insist on it; others overlook it.
func params(sub spool.Subscription) url.Values {
	v := url.Values{
		"hub.mode":     {"subscribe"},
		"hub.topic":    {sub.Topic},
		"hub.callback": {sub.Callback + sub.ID},
		"hub.verify":   {"async"},
	}
	if sub.Standing == spool.Unsubscribing {
		v.Set("hub.mode", "unsubscribe")
		return v
	}
	v.Set("hub.lease_seconds", strconv.Itoa(int(wantedLease/time.Second)))
	if sub.Secret != "" {
		v.Set("hub.secret", sub.Secret)
	}
	return v
}

func (s *Subscriber) post(ctx context.Context, hub *url.URL, form string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, hub.String(), strings.NewReader(form))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "text/plain, */*;q=0.1")
	return s.Client.Do(req)
}

// outcome judges a hub's answer: nil and nil, it is accepted; an address, ask
// there.
func outcome(resp *http.Response, sub spool.Subscription, now time.Time) (*url.URL, *failure) {
	switch code := resp.StatusCode; {
	case code >= 200 && code <= 299:
		return nil, nil
	case code == http.StatusTemporaryRedirect, code == http.StatusPermanentRedirect:
		return elsewhere(resp, sub)
	}
	f := &failure{
		reason: fmt.Sprintf("%s answered %d", resp.Request.URL.Host, resp.StatusCode),
		wait:   retryAfter(resp.Header.Get("Retry-After"), now),
		gone:   resp.StatusCode == http.StatusNotFound || resp.StatusCode == http.StatusGone,
	}
	if text := explanation(resp, sub); text != "" {
		f.reason += ": " + text
	}
	return nil, f
}

// elsewhere is the hub that a redirect names. What is told over https is not
// told once more over http.
func elsewhere(resp *http.Response, sub spool.Subscription) (*url.URL, *failure) {
	from := resp.Request.URL
	location, err := from.Parse(resp.Header.Get("Location"))
	if err != nil || resp.Header.Get("Location") == "" {
		return nil, &failure{reason: from.Host + " redirects to no address that can be read"}
	}
	next, err := usable(location.String())
	switch {
	case err != nil:
		return nil, &failure{reason: from.Host + " redirects to an address that cannot be asked"}
	case next.Scheme == "http" && from.Scheme == "https":
		return nil, &failure{reason: tidy(from.Host+" redirects from https to http, which is refused", sub)}
	}
	return next, nil
}

// unreached says that a hub could not be reached, naming it once.
func unreached(hub *url.URL, err error) string {
	why := bare(err).Error()
	if strings.Contains(why, hub.Host) {
		return why
	}
	return "the request to " + hub.Host + " failed: " + why
}

// bare is an error of a request without the address in it.
func bare(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

// explanation is what a hub says about its refusal, if it is text for people.
func explanation(resp *http.Response, sub spool.Subscription) string {
	const enough = 2 << 10
	body, err := io.ReadAll(io.LimitReader(resp.Body, enough))
	if err != nil || strings.Contains(resp.Header.Get("Content-Type"), "html") || strings.HasPrefix(strings.TrimSpace(string(body)), "<") {
		return ""
	}
	return tidy(string(body), sub)
}

// tidy makes text from outside fit to be shown: one short line, without what
// only the hub may know. Hubs like to repeat what they were asked.
func tidy(text string, sub spool.Subscription) string {
	const longest = 200
	for _, hidden := range append([]string{sub.Secret, sub.ID}, keys(sub)...) {
		if hidden != "" {
			text = strings.ReplaceAll(text, hidden, "…")
		}
	}
	text = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) || r == unicode.ReplacementChar {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, " "))
	text = strings.Join(strings.Fields(text), " ")
	if r := []rune(text); len(r) > longest {
		return string(r[:longest]) + "…"
	}
	return text
}

// keys are what a hub may repeat of the queries of its own address and of the
// topic, which may hold a key that only this reader was given: each query as a
// whole, also as it stands in a form, and then its values, but for short ones,
// which are words like any other.
func keys(sub spool.Subscription) []string {
	const shortest = 6
	var whole, values []string
	for _, address := range []string{sub.Topic, sub.Hub} {
		u, err := url.Parse(address)
		if err != nil || u.RawQuery == "" {
			continue
		}
		whole = append(whole, u.RawQuery, url.QueryEscape("?"+u.RawQuery))
		for _, pair := range strings.FieldsFunc(u.RawQuery, func(r rune) bool { return r == '&' || r == ';' }) {
			_, raw, _ := strings.Cut(pair, "=")
			plain, _ := url.QueryUnescape(raw)
			for _, value := range []string{raw, url.QueryEscape(raw), plain} {
				if len(value) >= shortest {
					values = append(values, value)
				}
			}
		}
	}
	longest := func(a, b string) int { return len(b) - len(a) }
	slices.SortFunc(values, longest) // one may be a part of another
	whole = slices.DeleteFunc(whole, func(s string) bool { return len(s) < shortest })
	slices.SortFunc(whole, longest)
	return append(whole, values...)
}

// retryAfter is how long a hub wants to be left alone, in either form of the
// header; 0: it does not say.
func retryAfter(header string, now time.Time) time.Duration {
	header = strings.TrimSpace(header)
	if n, err := strconv.Atoi(header); err == nil {
		return time.Duration(min(max(n, 0), int(maxBackoff/time.Second))) * time.Second
	}
	if at, err := http.ParseTime(header); err == nil {
		return max(at.Sub(now), 0)
	}
	return 0
}
