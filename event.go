package spool

import "time"

// What names something that happens to a post. The strings are stored.
type What string

// What can happen to a post.
const (
	Recorded  What = "recorded"  // it was accepted, with its item
	Prepared  What = "prepared"  // the network holds a draft that readers cannot see
	Began     What = "began"     // a request that could make it visible is about to start
	Delivered What = "delivered" // the network says that it is live
	Refused   What = "refused"   // a request ended with a Failure
	Lapsed    What = "lapsed"    // whoever was sending it is gone
	Found     What = "found"     // somebody looked, and it is live
	Absent    What = "absent"    // somebody looked, and it is not there
	Unclear   What = "unclear"   // somebody looked and could not tell
	Checked   What = "checked"   // a live post was looked at again
	Pictured  What = "pictured"  // somebody went to fetch its pictures
	Amended   What = "amended"   // a live post has other words now
	Withdrawn What = "withdrawn" // a live post was taken off the account
	Reworded  What = "reworded"  // its item changed before it was sent
	Raised    What = "raised"    // a feed of higher priority brings its item, and takes it over; or its alert has become worse
	Expired   What = "expired"   // its deadline passed
	Orphaned  What = "orphaned"  // what it follows from is not live any more
	Holding   What = "hold"      // a person holds it back
	Approved  What = "approved"  // a person releases it
	Resumed   What = "resumed"   // what kept the account from posting is mended
	Cancelled What = "cancelled" // a person does not want it, or what it was to tell is no longer so
	Retried   What = "retried"   // a person wants a failed post tried again
	Hurried   What = "hurried"   // a person wants it now
)

// An Event is something that happens to a post.
type Event struct {
	What    What
	Who     string        // the person; empty: spool itself
	Cause   string        // for people; a Failure speaks for itself
	Failure *Failure      // of Refused and Unclear
	Receipt Receipt       // of Delivered, Found and Checked
	Draft   *Draft        // of Prepared and Absent: what is kept of the preparation
	Gone    bool          // of Absent: nothing that was sent can become visible any more
	Again   bool          // of Absent: sending the very same once more cannot make a second one
	Content Content       // of Reworded, Raised, Pictured and Amended
	Hold    string        // of Pictured: why a person has to see it first; empty: nobody has to
	Embargo time.Time     // of Reworded and Raised: the item's, as it is now
	Wait    time.Duration // of Lapsed, Throttled, Pictured and Checked: not before so long from now; of Raised: no later

	Feed     string   // of Raised: the feed that takes it over
	Priority Priority // of Raised: that feed's
}
