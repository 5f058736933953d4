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

// Valid says whether s is one of the statuses above.
func (s Status) Valid() bool {
	switch s {
	case Queued, Sending, Sent, Delivered, Failed, Cancelled, Superseded, Expired:
		return true
	}
	return false
}
