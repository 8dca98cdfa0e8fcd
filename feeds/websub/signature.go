package websub

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"hash"
	"strings"
)

// methods are the ways to sign that the recommendation names. sha1 is weak as a
// hash and not broken as an HMAC, and many hubs know nothing else.
func method(name string) func() hash.Hash {
	switch strings.ToLower(name) {
	case "sha1":
		return sha1.New
	case "sha256":
		return sha256.New
	case "sha384":
		return sha512.New384
	case "sha512":
		return sha512.New
	}
	return nil
}

// A signature is what a delivery says it is signed with.
type signature struct {
	new func() hash.Hash
	sum []byte
}

// parseSignature reads a header X-Hub-Signature, such as "sha256=…" with a sum
// in hexadecimal digits. It reports false for whatever is not one.
func parseSignature(header string) (signature, bool) {
	name, digits, ok := strings.Cut(strings.TrimSpace(header), "=")
	hasher := method(strings.TrimSpace(name))
	if !ok || hasher == nil || len(digits) != 2*hasher().Size() {
		return signature{}, false
	}
	sum, err := hex.DecodeString(digits)
	return signature{hasher, sum}, err == nil
}

// mac is what the raw body is to be written to.
func (s signature) mac(secret string) hash.Hash { return hmac.New(s.new, []byte(secret)) }

// matches compares in constant time.
func (s signature) matches(mac hash.Hash) bool { return hmac.Equal(s.sum, mac.Sum(nil)) }
