// Package conversation decides what happens between one of the business's lines
// and one customer's phone, and remembers it.
//
// The path of one text: a door turns a webhook into an Event and hands it to
// Engine.Submit. The engine puts it on the shard of its conversation; the shard
// drains whatever has gathered into one transaction (batch.go): dedupe, lock and
// load, Step each event in memory, write the new states, events, messages and
// jobs, commit. Only then does the door answer 2xx. What the commit left behind is
// carried out by other loops: messages by the dispatcher, jobs by River, deadlines
// by the sweep (timers.go); agents watch the feed (feed.go).
//
// Step is pure: no clock, no randomness, no I/O. Everything it used is stored with
// the event, so that a recorded conversation replays to the same bytes.
//
// Exactly-once holds from the webhook to the queued row and, by the claim, for
// every message whose carrier answered. The one edge that is not: a sender dies
// after the carrier took a message and before the answer was stored. Such a
// message is looked up, repeated under the same idempotency key, or parked, as its
// carrier allows (outbound/fate.go).
package conversation
