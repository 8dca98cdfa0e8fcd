package alerts

import "spool"

// ModeOf is the kind of vehicle of a route type of GTFS: those of the specification, and
// the extended ones, which are the hierarchical codes of the European TPEG standard as
// Google Transit lists them. Empty: one that has no word here, such as taxis.
func ModeOf(routeType int64) spool.Mode {
	n := routeType
	if n >= 0 && n < 100 {
		return basicMode(n)
	}
	switch n / 100 {
	case 1, 3: // railways; suburban ones
		return spool.Rail
	case 2, 7: // coaches; buses
		return spool.Bus
	case 4: // urban railways, of which 405 is the monorail
		if n == 405 {
			return spool.Monorail
		}
		return spool.Metro
	case 5, 6: // metro; underground
		return spool.Metro
	case 8:
		return spool.Trolleybus
	case 9:
		return spool.Tram
	case 10, 12: // by water; ferries
		return spool.Ferry
	case 13:
		return spool.Lift
	case 14:
		return spool.Funicular
	}
	return ""
}

// basicMode is the kind of vehicle of a route type of the specification.
func basicMode(n int64) spool.Mode {
	switch n {
	case 0:
		return spool.Tram
	case 1:
		return spool.Metro
	case 2:
		return spool.Rail
	case 3:
		return spool.Bus
	case 4:
		return spool.Ferry
	case 5:
		return spool.CableTram
	case 6:
		return spool.Lift
	case 7:
		return spool.Funicular
	case 11:
		return spool.Trolleybus
	case 12:
		return spool.Monorail
	}
	return ""
}
