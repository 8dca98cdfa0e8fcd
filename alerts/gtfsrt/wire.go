package gtfsrt

import (
	"errors"
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"
)

// A field is one of a protobuf message. Which one is told by its tag: number and wire
// type together, so that one of a type that the schema does not have is unknown, as
// protobuf wants it.
type field struct {
	tag uint64
	n   uint64 // of a varint
	b   []byte // of what has a length
}

// each calls do with the fields of a message, in order. Groups and numbers of fixed
// size are passed over: the schema has none that is wanted.
func each(b []byte, do func(field) error) error {
	for at := 0; at < len(b); {
		num, kind, n := protowire.ConsumeTag(b[at:])
		if n < 0 {
			return fmt.Errorf("byte %d: %w", at, wireError(n))
		}
		at += n
		f := field{tag: uint64(num)<<3 | uint64(kind)}
		switch kind {
		case protowire.VarintType:
			f.n, n = protowire.ConsumeVarint(b[at:])
		case protowire.BytesType:
			f.b, n = protowire.ConsumeBytes(b[at:])
		default:
			n = protowire.ConsumeFieldValue(num, kind, b[at:])
		}
		if n < 0 {
			return fmt.Errorf("byte %d, field %d: %w", at, num, valueError(kind, b[at:], n))
		}
		at += n
		if err := do(f); err != nil {
			return err
		}
	}
	return nil
}

// valueError says what is wrong with the value of a field.
func valueError(kind protowire.Type, b []byte, code int) error {
	if length, n := protowire.ConsumeVarint(b); kind == protowire.BytesType && n > 0 {
		return fmt.Errorf("it claims to have %d bytes, but %d are left: the document was cut off or is broken", length, len(b)-n)
	}
	return wireError(code)
}

// wireError is the error for a code of package protowire, in words of our own: those
// of the package begin with its name.
func wireError(code int) error {
	switch err := protowire.ParseError(code); {
	case err == nil:
		return nil
	case errors.Is(err, protowire.ParseError(-1)):
		return errors.New("it ends in the middle of a field: the document was cut off or is broken")
	case errors.Is(err, protowire.ParseError(-2)):
		return errors.New("a field has a number that cannot be")
	case errors.Is(err, protowire.ParseError(-3)):
		return errors.New("a number does not fit in 64 bits")
	case errors.Is(err, protowire.ParseError(-4)):
		return errors.New("a field is of a type that does not exist")
	case errors.Is(err, protowire.ParseError(-5)):
		return errors.New("a group ends that has not begun, or does not end")
	}
	return errors.New("it cannot be parsed, or is too deep")
}

// at names the place of an error; nil stays nil.
func at(place string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", place, err)
}
