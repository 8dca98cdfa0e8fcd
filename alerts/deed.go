package alerts

import (
	"time"

	"spool"
)

// A Deed is something that is to be done about an alert on an account.
type Deed struct {
	Do        Do
	Phase     spool.Phase // what the new words tell, of all but Drop and Withdraw
	Post      spool.Post  // the one to reword, drop, edit, withdraw or answer; of Announce: none
	NotBefore time.Time   // of what is recorded: not before; zero: at once
	Why       string      // for people; of Drop and Withdraw to the letter the reason that the post gets
}

// Do is a kind of deed.
type Do string

// The deeds.
const (
	DoAnnounce Do = "announce" // record the first post about it
	DoRenew    Do = "renew"    // record a fresh announcement, since the one before failed or is not there any more
	DoUpdate   Do = "update"   // record a reply to Post that tells what has changed
	DoClose    Do = "close"    // record a reply to Post that tells that it is over
	DoEdit     Do = "edit"     // record an edit of Post that says that it is over
	DoWithdraw Do = "withdraw" // record that Post is to be taken away
	DoReword   Do = "reword"   // give Post, which nothing was sent of, the words of now
	DoDrop     Do = "drop"     // Post, which nothing was sent of, is not needed any more
)

// Abilities are what an account's network can do, and what else differs from one account
// to another.
type Abilities struct {
	Edits, Withdraws bool

	Account string // its name; empty: an alert that a digest tells is told by it here as well
	Away    bool   // the alert is not for the account, or not any more: it is not announced there
}

// A Decision is what is to be done about an alert on an account.
type Decision struct {
	Deeds []Deed
	Again time.Time // when it is to be looked at again though nothing changes; zero: at no moment
	Why   string    // for people, where nothing is done: why; empty: everything is told
}
