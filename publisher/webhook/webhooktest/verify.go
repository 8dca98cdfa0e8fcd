package webhooktest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// tolerance is how far a message's time may be from the clock.
const tolerance = 5 * time.Minute

// verify checks a message as docs/webhook.md tells receivers to. It shares no code
// with what signs.
func verify(secrets, id, timestamp, signatures string, body []byte, now time.Time) error {
	if id == "" {
		return errors.New("there is no webhook-id")
	}
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil {
		return errors.New("webhook-timestamp is no number")
	}
	if age := now.Sub(time.Unix(seconds, 0)); age.Abs() > tolerance {
		return fmt.Errorf("the message is of %v ago", age)
	}
	if secrets == "" {
		return nil
	}
	for _, secret := range strings.Fields(secrets) {
		key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
		if err != nil {
			return fmt.Errorf("a secret of the hook is not base64: %w", err)
		}
		mac := hmac.New(sha256.New, key)
		fmt.Fprintf(mac, "%s.%d.%s", id, seconds, body)
		want := mac.Sum(nil)
		for _, signature := range strings.Split(signatures, " ") {
			version, encoded, _ := strings.Cut(signature, ",")
			got, err := base64.StdEncoding.DecodeString(encoded)
			if err == nil && version == "v1" && hmac.Equal(got, want) {
				return nil
			}
		}
	}
	return errors.New("no signature is right")
}
