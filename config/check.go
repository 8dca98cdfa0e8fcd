package config

import (
	"maps"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// check applies the rule that a tag names to a text.
func (w *walker) check(rule, text string) error {
	switch rule {
	case "timezone":
		return w.timezone(text)
	case "zone":
		return checkZone(text)
	case "listen":
		return checkListen(text)
	case "base":
		return checkBase(text)
	case "agent":
		return checkAgent(text)
	case "contact":
		return checkContact(text)
	case "url":
		return checkURL(text)
	case "address":
		return checkAddress(text)
	case "handle":
		return checkHandle(text)
	case "hashtag":
		return checkHashtag(text)
	case "mention":
		return checkMention(text)
	case "language":
		return checkLanguage(text)
	case "group":
		return checkGroup(text)
	case "account":
		return w.account(text)
	case "schedule":
		return w.schedule(text)
	case "template":
		return w.template(text)
	case "alert template":
		return w.alertTemplate(text)
	case "names":
		return checkNames(text)
	case "alert effect", "alert cause", "alert severity", "alert mode", "alert field":
		return checkAlertWord(rule, text)
	}
	return bare("has no rule called " + rule)
}

func (w *walker) timezone(name string) error {
	if err := checkZone(name); err != nil {
		return err
	}
	w.config.location, _ = time.LoadLocation(name)
	return nil
}

func checkZone(name string) error {
	if _, err := time.LoadLocation(name); err != nil || name == "" || name == "Local" {
		return wrong("is not a time zone such as Europe/Paris or UTC")
	}
	return nil
}

// checkBase wants the address of a server, below which Spool's own paths are.
func checkBase(s string) error {
	if s == "" {
		return nil
	}
	if err := checkURL(s); err != nil {
		return err
	}
	if u, err := url.Parse(s); err == nil && u.RawQuery != "" {
		return bare("must have no ?… at its end")
	}
	return nil
}

func checkAgent(s string) error {
	if strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r >= 0x7f }) {
		return wrong("has a character that a header cannot have")
	}
	return nil
}

func checkListen(addr string) error {
	if addr == "" {
		return nil
	}
	_, port, err := net.SplitHostPort(addr)
	n, portErr := strconv.ParseUint(port, 10, 16)
	if err == nil && portErr == nil && n <= 65535 {
		return nil
	}
	f := &flaw{message: "is not an address and port such as 127.0.0.1:8080"}
	if digits(addr, 1, 5) {
		f.suggestion = "127.0.0.1:" + addr
	}
	return f
}

func checkContact(s string) error {
	if s == "" {
		return nil
	}
	if strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r >= 0x7f || strings.ContainsRune(`()<>\`, r) }) {
		return wrong("has a blank, a bracket or another character that a User-Agent cannot have")
	}
	if name, host, ok := strings.Cut(strings.TrimPrefix(s, "mailto:"), "@"); ok && name != "" && host != "" && !strings.Contains(s, "//") {
		return nil
	}
	if checkURL(s) != nil {
		return wrong("is neither the address of a web page (https://…) nor an e-mail address")
	}
	return nil
}

// checkURL shows nothing of the address, which may hold a key.
func checkURL(s string) error {
	u, err := url.Parse(s)
	switch {
	case s == "":
		return bare("is empty")
	case strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7f }):
		return bare("has a blank or a control character in it")
	case err != nil:
		return bare("is not an address that can be understood")
	case u.Scheme != "http" && u.Scheme != "https":
		return bare("must begin with https:// or http://")
	case u.Hostname() == "":
		return bare("has no host name")
	case u.User != nil:
		return bare("must have no user name or password in it: addresses are shown in logs and pages")
	case u.Fragment != "":
		return bare("must have no #… at its end")
	}
	return nil
}

// checkNames wants the address of a GTFS, or the path of a file or a folder.
func checkNames(s string) error {
	if strings.Contains(s, "://") {
		return checkURL(s)
	}
	if strings.ContainsRune(s, 0) {
		return bare("is no path: it has a NUL in it")
	}
	return nil
}

// checkAddress allows none: each network has its own, or says that it needs one.
func checkAddress(s string) error {
	if s == "" {
		return nil
	}
	return checkURL(s)
}

// checkHandle wants a domain name, or a DID.
func checkHandle(s string) error {
	if s == "" || regexp.MustCompile(`^did:[a-z]+:[A-Za-z0-9._:%-]+$`).MatchString(s) {
		return nil
	}
	if regexp.MustCompile(`^([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]*$`).MatchString(s) {
		return nil
	}
	f := &flaw{message: "is not a handle such as paper.example.org"}
	if fixed := strings.TrimPrefix(s, "@"); fixed != s && checkHandle(fixed) == nil {
		f.suggestion = fixed
	}
	return f
}

func checkLanguage(tag string) error {
	if tag == "" || regexp.MustCompile(`^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$`).MatchString(tag) {
		return nil
	}
	f := &flaw{message: "is not a language tag such as en or pt-BR"}
	if fixed := strings.ReplaceAll(tag, "_", "-"); fixed != tag && checkLanguage(fixed) == nil {
		f.suggestion = fixed
	}
	return f
}

func checkGroup(name string) error {
	if name == "" {
		return nil
	}
	return checkName("name", name)
}

// checkName applies the rule for the names in a section.
func checkName(rule, name string) error {
	switch rule {
	case "name":
		if len(name) > 0 && len(name) <= 64 && only(name, lower+decimal+"._-") && only(name[:1], lower+decimal) {
			return nil
		}
		return &flaw{
			message:    `is not a name: lower-case letters, digits, ".", "_" and "-", beginning with a letter or a digit, at most 64`,
			suggestion: slug(name),
		}
	case "query":
		if name == "" || len(name) > 100 || strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r == 0x7f || strings.ContainsRune("&=#?", r) }) {
			return wrong("is not the name of a parameter such as utm_source")
		}
	case "header":
		return checkHeader(name)
	}
	return nil
}

// checkHeader refuses, besides what is no name, the headers that Spool sets
// itself and that would break a request.
func checkHeader(name string) error {
	if name == "" || len(name) > 100 || strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r >= 0x7f || strings.ContainsRune(`()<>@,;:\"/[]?={}`, r) }) {
		return wrong("is not the name of a header such as X-Api-Key")
	}
	switch strings.ToLower(name) {
	case "host", "connection", "content-length", "transfer-encoding", "te", "trailer", "upgrade", "keep-alive",
		"accept-encoding", "if-none-match", "if-modified-since", "range":
		return wrong("is a header that Spool sets itself")
	case "user-agent":
		return wrong("has a key of its own: user_agent")
	}
	return nil
}

const (
	lower   = "abcdefghijklmnopqrstuvwxyz"
	decimal = "0123456789"
)

// only reports whether s has no characters but those of set.
func only(s, set string) bool { return strings.Trim(s, set) == "" }

// slug is the name that is nearest to what was written; empty when there is
// nothing to go by.
func slug(s string) string {
	if len(s) > 64 || strings.ContainsFunc(s, func(r rune) bool { return r > 0x7e }) {
		return ""
	}
	s = regexp.MustCompile(`[^a-z0-9._]+`).ReplaceAllString(strings.ToLower(s), "-")
	return strings.Trim(s, "-._")
}

func (w *walker) account(name string) error {
	if _, ok := w.config.Accounts[name]; ok {
		return nil
	}
	f := &flaw{message: "is not one of the accounts"}
	f.suggestion = w.guess(name, slices.Sorted(maps.Keys(w.config.Accounts)))
	return f
}

func (w *walker) schedule(spec string) error {
	if strings.TrimSpace(spec) == "" {
		return bare("is empty")
	}
	if err := w.checks.Schedule(spec, w.config.Location().String()); err != nil {
		return &flaw{message: `is not a schedule such as "@every 15m" or "*/5 * * * *"`, detail: err.Error()}
	}
	return nil
}

func (w *walker) alertTemplate(text string) error {
	if err := w.checks.AlertTemplate(text); err != nil {
		return &flaw{message: "is not a template", bare: true, detail: err.Error()}
	}
	return nil
}

func (w *walker) template(text string) error {
	if err := w.checks.Template(text); err != nil {
		return &flaw{message: "is not a template", bare: true, detail: err.Error()}
	}
	return nil
}
