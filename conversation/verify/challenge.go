package verify

// Status is where a challenge stands.
type Status string

// The statuses. Pending and sent are live; the others are final. The database holds to
// that: every statement that changes a status names those that it may have been. Pending
// may become approved: the carrier's answer may come after the customer's.
const (
	Pending     Status = "pending" // asked for, and not with the carrier yet
	Sent        Status = "sent"    // the carrier took the text
	Approved    Status = "approved"
	MaxAttempts Status = "max_attempts" // wrong too often; the right code is refused as well
	Expired     Status = "expired"
	Canceled    Status = "canceled" // by the business, by NO, by being texted to us
	Failed      Status = "failed"   // nothing was sent, or it did not arrive
)

// Live says whether a code is still good.
func (s Status) Live() bool { return s == Pending || s == Sent }

// Challenge is one code that was asked for, as its row keeps it. Times are Unix
// milliseconds of the database's clock.
type Challenge struct {
	ID           string // 128 random bits: checks need it
	Subject      string
	Purpose      Purpose
	Line, Phone  string // Phone "": a decoy, of a subject that nobody knows
	Conversation string
	Run          string // the flow's run that asked for it
	Language     string // BCP 47; "": English
	Context      string // SHA-256 of the transaction, hex
	About        *Paying
	Autofill     Autofill
	Proof        string // of number_change: by what the business says that its customer was shown to be; "": it does not
	Origin       string // what asked for it, once; "": may ask again
	Client       string // its network, or the caller that did not name it
	Test         bool
	Digits       int

	Kid, MAC, Sealed string // of the code; MAC "": there is none yet

	Status       Status
	Open         bool // to whoever asked: it can be checked, canceled, asked for again
	Reason       string
	Attempts     int
	MostAttempts int
	Sends        int // made
	Asked        int // asked for
	Again        int // texted for by its customer, of which whoever asks sees nothing
	MostSends    int
	Rotate       bool // another send brings another code
	NextSendAt   int64
	CreatedAt    int64
	ExpiresAt    int64
	Now          int64 // when it was read
}

// Decoy says that nobody is texted: the subject is unknown, and whoever asks must not
// be able to tell.
func (c Challenge) Decoy() bool { return c.Phone == "" }

// SendsLeft is how often a code may still be asked for.
func (c Challenge) SendsLeft() int { return max(0, c.MostSends-c.Asked) }

// Due says whether another send is to be made.
func (c Challenge) Due() bool { return c.Sends < min(c.Asked+c.Again, c.MostSends) }

// Spent says that no attempt is left.
func (c Challenge) Spent() bool { return c.Attempts >= c.MostAttempts }

// Whose code it is, as the business calls them.
func (c Challenge) Whose() string { return plain(c.Subject) }
