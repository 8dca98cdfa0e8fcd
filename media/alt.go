package media

import (
	"net/url"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"
)

// described is what an alternative text says of its picture; empty when it says
// nothing: the name of the file, or what every picture is, or one of the words
// that belong to the page as a whole.
func described(alt, address string, page ...string) string {
	alt = strings.Join(strings.Fields(strings.ToValidUTF8(alt, "")), " ")
	switch strings.ToLower(strings.Trim(alt, " .:!-_*")) {
	case "", "image", "picture", "photo", "photograph", "img", "thumbnail", "untitled", "null", "undefined", "default", "og image", "og:image", "featured image", "logo",
		"bild", "foto", "imagen", "immagine", "imagem", "afbeelding", "изображение", "фото":
		return ""
	}
	for _, words := range page {
		if strings.EqualFold(alt, strings.Join(strings.Fields(words), " ")) {
			return ""
		}
	}
	if fileName(alt, address) {
		return ""
	}
	return alt
}

// fileName recognises the name of a picture's file, with or without its ending.
func fileName(alt, address string) bool {
	ext := strings.ToLower(path.Ext(alt))
	switch ext {
	case ".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif", ".heic", ".svg", ".tif", ".tiff", ".bmp":
		return true
	}
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	name := letters(strings.TrimSuffix(path.Base(u.Path), path.Ext(u.Path)))
	have := letters(alt)
	if have == "" {
		return true // signs alone
	}
	return !strings.Contains(alt, " ") && strings.ContainsAny(alt, "-_.0123456789") && strings.Contains(name, have)
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

// shortened is a description within Options.AltLength, cut between words.
func (s *Studio) shortened(alt string) string {
	if utf8.RuneCountInString(alt) <= s.AltLength {
		return alt
	}
	cut := string([]rune(alt)[:s.AltLength-1])
	if space := strings.LastIndexByte(cut, ' '); space > len(cut)/2 {
		cut = cut[:space]
	}
	return strings.TrimRight(cut, " ,;:-") + "…"
}
