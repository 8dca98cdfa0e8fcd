package feeds

import (
	"net/url"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"
)

// tracker recognises pictures that show nothing of the item by their address:
// those that count readers, buttons to share it, smileys, portraits of authors.
func tracker(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return true
	}
	host, file := strings.ToLower(u.Hostname()), strings.ToLower(u.Path)
	for _, known := range []string{"pixel.wp.com", "stats.wordpress.com", "feeds.wordpress.com", "gravatar.com", "doubleclick.net", "scorecardresearch.com", "quantserve.com", "google-analytics.com", "feedsportal.com", "feedblitz.com", "pheedo.com", "moatads.com", "chartbeat.net", "s.w.org"} {
		if host == known || strings.HasSuffix(host, "."+known) {
			return true
		}
	}
	if len(file) > 3 && strings.HasPrefix(file, "/~") && (file[3] == '/' || strings.HasPrefix(file, "/~ff/")) { // FeedBurner, under any name
		return true
	}
	if strings.Contains(host, "favicon") || strings.Contains(file, "favicon") || host == "b.hatena.ne.jp" && strings.HasPrefix(file, "/entry/image/") {
		return true
	}
	if host == "medium.com" && strings.HasPrefix(file, "/_/stat") {
		return true
	}
	switch name := path.Base(file); strings.TrimSuffix(name, path.Ext(name)) {
	case "pixel", "1x1", "spacer", "blank", "clear", "transparent", "tracker", "tracking":
		return true
	}
	return strings.Contains(file, "/smilies/") || strings.Contains(file, "/emoji/")
}

// wordless recognises an alternative text that describes nothing: the name of
// the file, as systems enter by themselves, or what every picture is.
func wordless(alt, address string) bool {
	switch strings.ToLower(alt) {
	case "photo", "image", "img", "picture", "foto", "bild", "imagen", "immagine", "thumbnail":
		return true
	}
	u, err := url.Parse(address)
	if err != nil || !strings.ContainsAny(alt, "-_.0123456789") {
		return false
	}
	name := path.Base(u.Path)
	have := letters(strings.TrimSuffix(alt, path.Ext(alt)))
	return have != "" && strings.HasPrefix(letters(strings.TrimSuffix(name, path.Ext(name))), have)
}

// creditOnly is who a picture is by, if its words say nothing else: "Foto: dpa".
func creditOnly(alt string) string {
	const longest = 60
	before, maker, found := strings.Cut(alt, ":")
	if !found || len(alt) > longest {
		return ""
	}
	switch strings.ToLower(strings.TrimSpace(before)) {
	case "foto", "photo", "bild", "image", "quelle", "photo credit", "credit", "fotocredit", "crédit", "crédit photo", "crédits", "fotografía", "фото":
	default:
		return ""
	}
	for _, word := range strings.Fields(maker) { // names, agencies and signs; "Photo: two dogs at play" describes
		if r, _ := utf8.DecodeRuneInString(word); unicode.IsLower(r) && utf8.RuneCountInString(word) > 3 {
			return ""
		}
	}
	return strings.TrimSpace(maker)
}

// letters are the letters and digits of s, in small letters.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

// decoration recognises a picture within a text that belongs to the page rather
// than to the story, by its file's name: icons, buttons, badges.
func decoration(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return true
	}
	name := path.Base(strings.ToLower(u.Path))
	for _, word := range strings.FieldsFunc(strings.TrimSuffix(name, path.Ext(name)), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		switch word {
		case "icon", "icons", "icn", "btn", "button", "badge", "smiley", "emoticon":
			return true
		}
		w, h, _ := strings.Cut(word, "x")
		if tiny(pixels(w), 0) && tiny(0, pixels(h)) { // its size: 16x16
			return true
		}
	}
	return strings.Contains(strings.ToLower(u.Path), "/filetype/")
}
