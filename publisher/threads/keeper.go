package threads

import (
	"sync"
	"time"
)

// barredFor is how long a refusal for lack of a right is held against an account
// that can sign in.
const barredFor = 6 * time.Hour

// A keeper remembers what the account's credentials went through.
type keeper struct {
	mu      sync.Mutex
	barred  *refusal // the account may sign in, but not post
	hint    verdict
	until   time.Time
	token   string // that the account was last looked after with
	pending *Token // a renewed token that could not be verified yet
	grant   grant  // what is known of the person's permission
}

// bar remembers that the account was refused for lack of a right, which asking
// who it is would not show.
func (k *keeper) bar(ref *refusal, v verdict, now time.Time) {
	if ref.Code == 190 || ref.Code == 102 || ref.Code == 452 {
		return // asking who it is shows that
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.barred, k.hint, k.until = ref, v, now.Add(barredFor)
}

// met tells the keeper which token the account has. What was refused to another
// one says nothing about it.
func (k *keeper) met(token string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.token != token && k.token != "" {
		k.barred = nil
	}
	k.token = token
}

func (k *keeper) refused(now time.Time) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.barred == nil || !now.Before(k.until) {
		return nil
	}
	return k.barred.words(k.hint)
}

func (k *keeper) clear() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.barred = nil
}

func (k *keeper) knows(g grant) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.grant = g
}

func (k *keeper) known() grant {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.grant
}
