package conversation

import "parley/flows"

// Noting is a Reader that notes its guesses, as the engine's does.
func Noting(r flows.Reader, took *Took) flows.Reader { return noted(r, took) }

// Taking is a Flows that notes what Step takes, as the engine's does.
func Taking(f Flows, took *Took, c flows.Contact) Flows { return taking{f, took, c} }

// Answered is a conversation whose first of two questions is open, and the reply.
var Answered = answered
