package websub

import (
	"crypto/rand"
	"encoding/base64"
	"strings"
)

// randomName is text of 256 random bits that needs no escaping in an address or
// a form: 43 characters, well below the 200 bytes that a secret may have.
func randomName() string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails: it ends the program instead
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// nameLength is how long those texts are.
const nameLength = 43

// isName reports whether a text can be one of those.
func isName(text string) bool {
	if len(text) != nameLength {
		return false
	}
	_, err := base64.RawURLEncoding.DecodeString(text)
	return err == nil && !strings.ContainsAny(text, "\r\n") // which the decoder overlooks
}
