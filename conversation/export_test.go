package conversation

import "parley/flows"

// Taking is a Flows that notes what Step takes, as the engine's does.
func Taking(f Flows, took *Took, c flows.Contact) Flows { return taking{f, took, c} }
