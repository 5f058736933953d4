// Package verify keeps one-time codes and customer accounts: what people attack.
//
// A code is a challenge. The business asks for one at the API, or a flow by
// issue_code; either way a row is written, and a loop makes the code, seals it, and
// gives the conversation an Event that texts it. The challenge's row and the message
// commit together, in the engine's transaction. A check spends its attempt in a
// transaction of its own, compares, and submits an approval, whose guard decides
// which of two right answers at the same time is the first. No text ever checks a
// code: one that comes as a text is burned.
//
// An account is what the business locks. Every change of it is decided by one pure
// function, under the account's own lock; what raises access needs two proofs of
// different kinds, and none of them is a text (docs/design.md, law 5).
//
// Reasons are kept in the audit trail and nowhere else: a wrong code, an expired one
// and one that never was are answered alike.
//
// Sources: NIST SP 800-63B, OWASP ASVS 5.0 (6.5, 6.6) and the Forgot Password cheat
// sheet; CAMARA's SIM Swap API.
package verify
