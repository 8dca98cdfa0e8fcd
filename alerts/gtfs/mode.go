package gtfs

import (
	"strconv"

	"spool"
	"spool/alerts"
)

// modeOf is the kind of vehicle of a route_type; empty: it is none that has a word.
func modeOf(cell string) spool.Mode {
	n, err := strconv.ParseInt(cell, 10, 32)
	if err != nil {
		return ""
	}
	return alerts.ModeOf(n)
}

// railed reports whether riders call a line of this kind a line.
func railed(m spool.Mode) bool {
	switch m {
	case spool.Tram, spool.Metro, spool.Rail, spool.Monorail:
		return true
	}
	return false
}
