package media

import (
	"bufio"
	"bytes"
	"context"
	"net/url"
	"strings"
)

// fetcherName is what the one network's fetcher calls itself that is told to keep
// to robots.txt (docs/media.md).
const fetcherName = "facebookexternalhit"

const (
	robotsLimit   = 64 << 10
	maxRobotRules = 500
)

// robotsAllow reports whether a site lets the network's fetcher have what is at an
// address. The file is asked for once, and kept as what pages say is; without one
// everything is allowed.
func (w *work) robotsAllow(ctx context.Context, address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	at := url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/robots.txt"}
	wait, notes := w.wait, len(w.notes)
	p, ok := w.askOnce(ctx, at.String(), w.readRobots)
	w.wait, w.notes = wait, w.notes[:notes] // nothing waits for it: a picture is checked without
	if !ok {
		return true
	}
	target := u.EscapedPath()
	if u.RawQuery != "" {
		target += "?" + u.RawQuery
	}
	return allowed(p.Rules, target)
}

// readRobots keeps of a robots.txt the rules that matter.
func (w *work) readRobots(ctx context.Context, address string) page {
	answer, err := w.get(ctx, Request{URL: address, Accept: "text/plain, */*;q=0.1", Limit: robotsLimit})
	if err != nil {
		return failure(err)
	}
	return page{Rules: robotRules(answer.Body, fetcherName)}
}

// robotRules are the rules of a robots.txt for one fetcher, or else for all, each
// on a line: + or - and the pattern.
func robotRules(body []byte, agent string) string {
	groups := map[string][]string{}
	var current []string
	inRules, rules := false, 0
	lines := bufio.NewScanner(bytes.NewReader(body))
	for lines.Scan() && rules < maxRobotRules {
		line, _, _ := strings.Cut(lines.Text(), "#")
		name, value, found := strings.Cut(line, ":")
		name, value = strings.ToLower(strings.TrimSpace(name)), strings.TrimSpace(value)
		var sign string
		switch {
		case !found:
			continue
		case name == "user-agent":
			if inRules {
				current, inRules = nil, false
			}
			current = append(current, strings.ToLower(value))
			continue
		case name == "disallow":
			sign = "-"
		case name == "allow":
			sign = "+"
		default:
			continue
		}
		inRules = true
		for _, a := range current {
			if a != agent && a != "*" {
				continue
			}
			rules++
			if groups[a] == nil {
				groups[a] = []string{}
			}
			if value != "" {
				groups[a] = append(groups[a], sign+value)
			}
		}
	}
	if own := groups[agent]; own != nil {
		return strings.Join(own, "\n")
	}
	return strings.Join(groups["*"], "\n")
}

// allowed decides by the longest rule that matches a path; of two that are equally
// long, by the one that allows.
func allowed(rules, target string) bool {
	longest, allow := -1, true
	for rule := range strings.SplitSeq(rules, "\n") {
		if rule == "" {
			continue
		}
		pattern, sign := rule[1:], rule[0] == '+'
		if n := len(pattern); (n > longest || n == longest && sign) && matches(pattern, target) {
			longest, allow = n, sign
		}
	}
	return allow
}

// matches knows the two signs of robots.txt: * is anything, $ the end.
func matches(pattern, target string) bool {
	pattern, whole := strings.CutSuffix(pattern, "$")
	parts := strings.Split(pattern, "*")
	if !strings.HasPrefix(target, parts[0]) {
		return false
	}
	rest := target[len(parts[0]):]
	for _, part := range parts[1:] {
		i := strings.Index(rest, part)
		if i < 0 {
			return false
		}
		rest = rest[i+len(part):]
	}
	return !whole || rest == "" || len(parts) > 1 && strings.HasSuffix(target, parts[len(parts)-1])
}
