package gtfsrt

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

// wireForm reports whether bytes are a protobuf message that has the header of
// GTFS-Realtime. Their first byte alone would not do: it is a line feed.
func wireForm(body []byte) bool {
	h, err := wireHeader(body)
	return err == nil && h.found && (plausible(h.version) || h.version == "" && sane(h.stamp))
}

// plausible reports whether s is a version as headers have them: "1.0", "2.0".
func plausible(s string) bool {
	return len(s) > 0 && len(s) <= 20 && bytes.IndexFunc([]byte(s), func(r rune) bool {
		return (r < '0' || r > '9') && r != '.' && r != '-' && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	}) < 0
}

func startsLikeJSON(body []byte) bool {
	body = bytes.TrimLeft(body, " \t\r\n")
	return len(body) > 0 && (body[0] == '{' || body[0] == '[')
}

const askForAlerts = "ask the agency for the address of its service alerts in GTFS-Realtime"

// refusal says what bytes are that are not GTFS-Realtime. It quotes nothing of them
// that could be a secret.
func refusal(body []byte) error {
	text := bytes.TrimLeft(body, " \t\r\n")
	begin := text[:min(len(text), 30_000)]
	switch {
	case len(text) == 0:
		return errors.New("the document is empty: GTFS-Realtime has a header even when there is no alert; the next one may be whole")
	case bytes.HasPrefix(begin, []byte("\x1f\x8b")):
		return errors.New("the bytes are compressed (gzip) and the server does not say so: " + askForAlerts + " uncompressed")
	case bytes.HasPrefix(begin, []byte("PK\x03\x04")):
		return errors.New("this is a zip file, perhaps the agency's static GTFS (which goes under names): " + askForAlerts)
	case begin[0] == '<':
		return errors.New(markup(begin))
	case textForm.Match(begin):
		return errors.New("this is the text form of protobuf, which is meant for people (.txtpb, .asciipb, or a debug view): " +
			"take the address of the binary form, which often ends in .pb")
	case isText(begin):
		return errors.New("this is a text, not GTFS-Realtime: the server may be saying what is wrong with the address or the key; open it in a browser")
	}
	return brokenWire(body)
}

var (
	textForm    = regexp.MustCompile(`^(?:#[^\n]*\n\s*)*(?:header|entity)\s*:?\s*\{`)
	prolog      = regexp.MustCompile(`(?s)^(?:<\?.*?\?>|<!--.*?-->|\s+)+`)
	rootElement = regexp.MustCompile(`^<(?:[\w.-]+:)?(!?\w+(?:\s+html\b)?)`)
	storageCode = regexp.MustCompile(`<Code>\s*([A-Za-z]{1,40})\s*</Code>`)
)

// markup says what a document is that begins like HTML or XML.
func markup(b []byte) string {
	root := ""
	if m := rootElement.FindSubmatch(prolog.ReplaceAll(b, nil)); m != nil {
		root = strings.ToLower(string(m[1]))
	}
	switch code := storageCode.FindSubmatch(b); {
	case root == "error" && code != nil:
		return fmt.Sprintf("this is an error of the storage behind the server (%s), sent as if all were well: the address is wrong, or "+
			"needs a key; compare it with the agency's documentation, slashes and %%2F included", code[1])
	case strings.HasPrefix(root, "!doctype") && strings.HasSuffix(root, "html"), root == "html", root == "head", root == "body":
		return "this is a web page (HTML), not GTFS-Realtime: the address may be wrong or want a key; " + askForAlerts
	case root == "rss", root == "feed", root == "rdf":
		return "this is a news feed (RSS or Atom), not GTFS-Realtime: leave kind at auto, or set it to feed or cap"
	case root == "alert":
		return "this is a CAP message, not GTFS-Realtime: set kind to cap"
	case root == "siri":
		return "this is SIRI, which is not read: " + askForAlerts
	}
	return "this is XML, not GTFS-Realtime: " + askForAlerts
}

// brokenWire says what is wrong with bytes that may have been meant as protobuf.
func brokenWire(body []byte) error {
	h, err := wireHeader(body)
	switch {
	case err != nil:
		return fmt.Errorf("this is not GTFS-Realtime, or it is broken: %w", err)
	case !h.found:
		return errors.New("the document has no header, so it is not GTFS-Realtime, or it is broken: " + askForAlerts)
	}
	return errors.New("the document's header names neither a version nor a time, so it is not GTFS-Realtime, or it is broken: " + askForAlerts)
}

// isText reports whether bytes are characters that people read.
func isText(b []byte) bool {
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError && n == 1 && len(b) >= utf8.UTFMax || r < ' ' && r != '\n' && r != '\r' && r != '\t' {
			return false
		}
		b = b[n:]
	}
	return true
}
