package spool

import "time"

// A Count is how many posts of an account are in a state.
type Count struct {
	Account string
	State   State
	Posts   int
	Due     time.Time // of waiting posts: the earliest NotBefore; zero in other states
}
