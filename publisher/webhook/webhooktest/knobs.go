package webhooktest

import (
	"time"

	"spool/publisher/standin"
)

// Knobs are the points on which receivers differ. The zero value is what
// docs/webhook.md asks of them.
type Knobs struct {
	IDs     IDs
	Answer  Answer
	Latency time.Duration // until a message takes effect and is answered
}

// IDs is what a hook of the format json makes of a message with an id that it
// knows. Chats always ignore ids.
type IDs string

// The ways with known ids.
const (
	IDsHonoured IDs = "honoured" // default: it counts once, and is answered as the first time
	IDsIgnored  IDs = "ignored"  // a post appears again: no receiver may do that, and no client can help it
)

// Answer is the body of a hook's answer to a message of the format json that it
// took.
type Answer string

// The answers.
const (
	AnswerFull    Answer = "id_and_url" // default
	AnswerID      Answer = "id"
	AnswerNumber  Answer = "number"  // the id is a number
	AnswerEmpty   Answer = "empty"   // status 204
	AnswerWords   Answer = "words"   // status 202, and text that is no JSON
	AnswerStrange Answer = "strange" // an id and an address that make no sense
)

// A Knob is one setting and the values that a client must live with, the default
// first.
type Knob = standin.Knob[Knobs]

// AllKnobs lists the settings with all the values that a test matrix has to run.
// The value "ignored" of ids is not among them, though Set takes it: against that
// no client can do anything.
func AllKnobs() []Knob {
	all := knobs()
	for i, k := range all {
		if k.Name == "ids" {
			all[i].Values = []string{string(IDsHonoured)}
		}
	}
	return all
}

func knobs() []Knob {
	return []Knob{
		standin.Choice("ids", func(k *Knobs) *IDs { return &k.IDs }, IDsHonoured, IDsIgnored),
		standin.Choice("answer", func(k *Knobs) *Answer { return &k.Answer }, AnswerFull, AnswerID, AnswerNumber, AnswerEmpty, AnswerWords, AnswerStrange),
		standin.Duration("latency", func(k *Knobs) *time.Duration { return &k.Latency }, "0s", "1s", "20s", "2m0s"),
	}
}

// Set gives the named setting a value of its list, or another that fits.
func (k *Knobs) Set(name, value string) error { return standin.SetKnob(knobs(), k, name, value) }

// Map returns all settings by name.
func (k Knobs) Map() map[string]string { return standin.MapKnobs(knobs(), k) }
