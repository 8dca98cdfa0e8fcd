package compose

// Limits are what a network takes as the words of a post. Each network's
// package states its own.
type Limits struct {
	Network string
	Max     int                 // the longest text, in units of Length
	Length  func(string) int    // how the network counts; nil counts code points
	Bytes   int                 // a second limit in UTF-8 bytes for which Content.Short is made; 0: none
	Topic   int                 // the longest topic in code points; 0: the network has no topics
	Alt     int                 // the longest image description in code points
	Card    bool                // the network shows a link as a card that costs no characters
	Mute    func(string) string // makes accidental syntax of the network in feed text harmless; nil: nothing to do
}
