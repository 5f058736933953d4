package conversation

// Status is where a message stands on its way to the customer's phone.
//
// Queued < Sending < Sent < Delivered. Failed, Cancelled, Superseded and
// Expired are final; only Failed may still become Delivered, because carriers
// send late receipts.
type Status string

// The statuses of a message.
const (
	Queued     Status = "queued"     // committed, waiting for a sender
	Sending    Status = "sending"    // claimed under a lease; its fate is open
	Sent       Status = "sent"       // the carrier accepted it
	Delivered  Status = "delivered"  // the carrier says that the phone has it
	Failed     Status = "failed"     // the carrier refused it or could not deliver it
	Cancelled  Status = "cancelled"  // STOP or an operator took it back before it was claimed
	Superseded Status = "superseded" // an agent took over before it was claimed
	Expired    Status = "expired"    // too late to be of use; never claimed
)

// ranks orders the statuses; a move is forward when the rank grows.
var ranks = map[Status]int{Queued: 1, Sending: 2, Sent: 3, Failed: 4, Cancelled: 4, Superseded: 4, Expired: 4, Delivered: 5}

// Valid says whether s is one of the statuses above.
func (s Status) Valid() bool { return ranks[s] > 0 }

// Final says whether s is normally the last word on a message.
func (s Status) Final() bool { return ranks[s] >= 4 }

// MayBecome says whether a message of status s may move on to next.
func (s Status) MayBecome(next Status) bool {
	if s.Final() {
		return s == Failed && next == Delivered
	}
	return ranks[next] > ranks[s]
}
