package webhooktest

import (
	"fmt"
	"time"
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
type Knob struct {
	Name   string
	Values []string
	set    func(*Knobs, string) error
	get    func(Knobs) string
}

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
		choice("ids", func(k *Knobs) *IDs { return &k.IDs }, IDsHonoured, IDsIgnored),
		choice("answer", func(k *Knobs) *Answer { return &k.Answer }, AnswerFull, AnswerID, AnswerNumber, AnswerEmpty, AnswerWords, AnswerStrange),
		{
			Name: "latency", Values: []string{"0s", "1s", "20s", "2m0s"},
			set: func(k *Knobs, value string) (err error) {
				if k.Latency, err = time.ParseDuration(value); err != nil {
					err = fmt.Errorf("webhooktest: knob latency: %w", err)
				}
				return err
			},
			get: func(k Knobs) string { return k.Latency.String() },
		},
	}
}

// Set gives the named setting a value of its list, or another that fits.
func (k *Knobs) Set(name, value string) error {
	for _, knob := range knobs() {
		if knob.Name == name {
			return knob.set(k, value)
		}
	}
	return fmt.Errorf("webhooktest: no knob %q", name)
}

// Map returns all settings by name.
func (k Knobs) Map() map[string]string {
	m := map[string]string{}
	for _, knob := range knobs() {
		m[knob.Name] = knob.get(k)
	}
	return m
}

func choice[T ~string](name string, field func(*Knobs) *T, values ...T) Knob {
	k := Knob{Name: name}
	for _, v := range values {
		k.Values = append(k.Values, string(v))
	}
	k.set = func(to *Knobs, value string) error {
		for _, v := range values {
			if string(v) == value {
				*field(to) = v
				return nil
			}
		}
		return fmt.Errorf("webhooktest: knob %s has no value %q", name, value)
	}
	k.get = func(of Knobs) string {
		if v := *field(&of); v != "" {
			return string(v)
		}
		return string(values[0])
	}
	return k
}
