package alerts

import (
	"regexp"
)

// judgedBy changes when the program's own judgement of alerts does, so that what was
// judged by a version before is judged again.
const judgedBy = "1"

// A versioned directory says which names it knows: another version knows others.
type versioned interface{ Version() string }

// imprint is a digest of everything in a policy by which alerts are judged. While it and
// what the source says of an alert stay the same, so does the judgement, and costly
// patterns need not be asked again.
func (p Policy) imprint() string {
	b := appendString(nil, judgedBy)
	b = appendBools(b, p.Log)
	b = appendMatch(b, p.Include)
	b = appendString(b, "exclude")
	for _, m := range p.Exclude {
		b = appendMatch(b, m)
	}
	b = appendString(b, "rules")
	for _, r := range p.Rules {
		b = appendMatch(b, r.Match)
		b = appendList(b, []string{string(r.Effect), string(r.Cause), string(r.Severity)})
		b = appendMaybe(appendBools(b, r.Always), r.Planned)
	}
	b = appendPatterns(b, p.Resumed)
	if d, ok := p.Directory.(versioned); ok {
		b = appendString(append(b, 2), d.Version())
	} else {
		b = appendBools(b, p.Directory != nil)
	}
	return digest(b)
}

func appendMatch(b []byte, m Match) []byte {
	for _, all := range [...][]string{m.Agency, m.Route, m.Stop, m.ID} {
		b = appendList(b, all)
	}
	b = appendList(b, m.Mode)
	b = appendList(b, m.Effect)
	b = appendList(b, m.Cause)
	b = appendList(b, m.Severity)
	b = appendMaybe(b, m.Planned)
	return appendPatterns(appendPatterns(b, m.Text), m.IDPattern)
}

func appendList[T ~string](b []byte, all []T) []byte {
	b = append(b, byte(len(all)), byte(len(all)>>8), byte(len(all)>>16))
	for _, s := range all {
		b = appendString(b, string(s))
	}
	return b
}

func appendPatterns(b []byte, all []*regexp.Regexp) []byte {
	names := make([]string, len(all))
	for i, r := range all {
		names[i] = r.String()
	}
	return appendList(b, names)
}

func appendMaybe(b []byte, v *bool) []byte {
	if v == nil {
		return append(b, 2)
	}
	return appendBools(b, *v)
}
