package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"strconv"
	"strings"
	"time"
)

// The headers of Standard Webhooks.
const (
	headerID        = "webhook-id"
	headerTimestamp = "webhook-timestamp"
	headerSignature = "webhook-signature"
)

// secretPrefix marks a secret of the scheme v1, as Standard Webhooks asks.
const secretPrefix = "whsec_"

// The length of a secret's bytes. Standard Webhooks asks for 24 to 64.
const (
	minSecret = 24
	maxSecret = 64
)

// maxSecrets bounds how many signatures one message has.
const maxSecrets = 5

// ErrSecret says that what is configured as the secret is none.
var ErrSecret = errors.New(`the secret has to be "whsec_" and 24 to 64 bytes in base64, such as whsec_$(openssl rand -base64 32); several are separated by spaces`)

// Secrets reads the configured secrets. There may be several, separated by
// white space: while a receiver is being given a new one, messages carry a
// signature of each, and the receiver takes a message of which it knows one. No
// error has a secret in it.
func Secrets(s string) ([][]byte, error) {
	var keys [][]byte
	for _, word := range separate(s) {
		text, ok := strings.CutPrefix(word, secretPrefix)
		if !ok {
			return nil, ErrSecret
		}
		key, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(text, "="))
		if err != nil || len(key) < minSecret || len(key) > maxSecret {
			return nil, ErrSecret
		}
		keys = append(keys, key)
	}
	if len(keys) > maxSecrets {
		return nil, ErrSecret
	}
	return keys, nil
}

func separate(s string) []string { return strings.Fields(s) }

// sign returns the header of a message: for each key the version of the scheme
// and the HMAC-SHA256 of id, time and body, separated by full stops.
func sign(keys [][]byte, id string, at time.Time, body []byte) string {
	var all []string
	for _, key := range keys {
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(id + "." + stamp(at) + "."))
		mac.Write(body)
		all = append(all, "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	}
	return strings.Join(all, " ")
}

// stamp is a moment as the headers have it: whole seconds since 1970.
func stamp(at time.Time) string { return strconv.FormatInt(at.Unix(), 10) }
