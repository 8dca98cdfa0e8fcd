package standin

import (
	"fmt"
	"strconv"
	"time"
)

// A Knob is one setting of K, and the values that a client must live with, the
// default first.
type Knob[K any] struct {
	Name   string
	Values []string
	set    func(*K, string) error
	get    func(K) string
}

// SetKnob gives the named setting a value of its list, or another that fits.
func SetKnob[K any](all []Knob[K], k *K, name, value string) error {
	for _, knob := range all {
		if knob.Name == name {
			return knob.set(k, value)
		}
	}
	return fmt.Errorf("stand-in: no knob %q", name)
}

// MapKnobs returns all settings by name.
func MapKnobs[K any](all []Knob[K], k K) map[string]string {
	m := map[string]string{}
	for _, knob := range all {
		m[knob.Name] = knob.get(k)
	}
	return m
}

// Choice is a knob that has one of these values, the first if none is set.
func Choice[K any, T ~string](name string, field func(*K) *T, values ...T) Knob[K] {
	k := Knob[K]{Name: name}
	for _, v := range values {
		k.Values = append(k.Values, string(v))
	}
	k.set = func(to *K, value string) error {
		for _, v := range values {
			if string(v) == value {
				*field(to) = v
				return nil
			}
		}
		return fmt.Errorf("stand-in: knob %s has no value %q", name, value)
	}
	k.get = func(of K) string {
		if v := *field(&of); v != "" {
			return string(v)
		}
		return string(values[0])
	}
	return k
}

// Duration is a knob with a time; 0 reads as the first of the values.
func Duration[K any](name string, field func(*K) *time.Duration, values ...string) Knob[K] {
	return parsed(name, field, time.ParseDuration, time.Duration.String, values)
}

// Number is a knob with a whole number; 0 reads as the first of the values.
func Number[K any](name string, field func(*K) *int, values ...string) Knob[K] {
	return parsed(name, field, strconv.Atoi, strconv.Itoa, values)
}

// Truth is a knob that is off or on.
func Truth[K any](name string, field func(*K) *bool) Knob[K] {
	return parsed(name, field, strconv.ParseBool, strconv.FormatBool, []string{"false", "true"})
}

// parsed makes a knob whose zero value reads as the first of its values.
func parsed[K any, T comparable](name string, field func(*K) *T, parse func(string) (T, error), format func(T) string, values []string) Knob[K] {
	return Knob[K]{
		Name: name, Values: values,
		set: func(to *K, value string) error {
			v, err := parse(value)
			if err != nil {
				return fmt.Errorf("stand-in: knob %s: %w", name, err)
			}
			*field(to) = v
			return nil
		},
		get: func(of K) string {
			var zero T
			if v := *field(&of); v != zero {
				return format(v)
			}
			return values[0]
		},
	}
}
