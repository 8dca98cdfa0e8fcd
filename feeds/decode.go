package feeds

// Text returns a document of any kind as valid UTF-8 without the characters
// that XML forbids, found out as Parse does it, and notes on what that took.
// The content type is the HTTP header's and may be empty. It fails when the
// text would be larger than what Parse reads.
func Text(body []byte, contentType string) (text []byte, notes []string, err error) {
	text, note, err := toUTF8(body, contentType)
	if err != nil {
		return nil, nil, err
	}
	text, repairs := cleanCharacters(text)
	if note != "" {
		repairs = append([]string{note}, repairs...)
	}
	return text, repairs, nil
}
