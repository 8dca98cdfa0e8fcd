package gtfs

import (
	"slices"
	"strconv"
	"strings"
)

// colourWord is the English word for a colour, given as six hexadecimal digits; empty
// when people would not agree on one. Black, white and grey are what lines have that
// have no colour, so they have no word.
func colourWord(hex string) string {
	hex = strings.TrimPrefix(hex, "#")
	rgb, err := strconv.ParseUint(hex, 16, 32)
	if err != nil || len(hex) != 6 {
		return ""
	}
	hue, saturation, value := hsv(float64(rgb>>16&0xff), float64(rgb>>8&0xff), float64(rgb&0xff))
	reddish := hue >= 330 || hue < 10
	switch {
	case reddish && saturation >= .2 && saturation < .5 && value >= .85:
		return "pink"
	case saturation < .4 || value < .3:
		return ""
	case value < .72 && hue >= 14 && hue < 45:
		return "brown"
	case hue >= 300 && hue < 338:
		if value < .75 {
			return "purple"
		}
		return "pink"
	}
	for _, h := range hues() {
		if hue >= h.from && hue < h.to {
			return h.word
		}
	}
	return ""
}

// A hue is a part of the colour circle, in degrees, that has one name. Between the
// parts are those that some call this and some that.
type hue struct {
	from, to float64
	word     string
}

func hues() []hue {
	return []hue{
		{0, 10, "red"}, {11, 41, "orange"}, {43, 66, "yellow"}, {75, 165, "green"}, {168, 189, "turquoise"},
		{190, 254, "blue"}, {258, 300, "purple"}, {342, 360, "red"},
	}
}

// hsv turns a colour of parts from 0 to 255 into its hue in degrees, and its
// saturation and value from 0 to 1.
func hsv(r, g, b float64) (hue, saturation, value float64) {
	most := max(r, g, b)
	span := most - min(r, g, b)
	if span == 0 {
		return 0, 0, most / 255
	}
	switch most {
	case r:
		hue = (g - b) / span
	case g:
		hue = 2 + (b-r)/span
	default:
		hue = 4 + (r-g)/span
	}
	if hue < 0 {
		hue += 6
	}
	return hue * 60, span / most, most / 255
}

// isColour reports whether a name is nothing but a colour in English.
func isColour(name string) bool {
	return slices.Contains([]string{
		"red", "orange", "yellow", "green", "turquoise", "blue", "purple", "pink", "brown", "silver", "gold", "grey", "gray", "black", "white",
	}, strings.ToLower(name))
}
