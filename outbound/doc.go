// Package outbound hands committed messages to carriers: it claims what is due on a
// line (claim.go) at the line's pace (pace.go), sends (send.go), and settles what became
// of it (settle.go). The claim in the database decides every race; this package holds
// nothing that the database does not.
//
// The one edge that is not exactly-once is a sender that dies between the carrier's
// answer and the settle. Its message is found again when the lease expires (fate.go): it
// is looked up where the carrier can be asked, sent again under the same idempotency key
// where the carrier honours one, else parked, or sent again and marked when it is a code
// or an alert.
//
// It also carries out what flows and the business ask of other services: calls
// (call.go), callbacks (callback.go), and the media that customers sent (media.go).
package outbound
