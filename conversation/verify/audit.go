package verify

import (
	"strings"

	"parley/conversation/phone"
)

// Entry is one line of the audit trail: who did what to what, and why. It holds no
// code, no grant, no text, and numbers only masked.
type Entry struct {
	At      int64  `json:"at"` // Unix ms of the database's clock; 0: the store fills it in
	What    string `json:"what"`
	Who     string `json:"who,omitempty"`     // key_…, agent:ann, flow:fraud_alert, system
	Subject string `json:"subject,omitempty"` // the subject or account
	ID      string `json:"id,omitempty"`      // of the challenge, the run …
	Reason  string `json:"reason,omitempty"`
	Detail  string `json:"detail,omitempty"` // what else there is to know, in words
}

// Masked is a subject as entries name it: as it is, unless it is a phone number.
func Masked(subject string) string {
	if strings.HasPrefix(subject, "+") {
		return phone.Mask(subject)
	}
	return subject
}
