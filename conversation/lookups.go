package conversation

import "parley/flows"

// inputs checks what starts a flow. What a text left out its lookup may bring.
func inputs(f *flows.Flow, t Trigger) (vars map[string]any, problems []string) {
	if t.ByText {
		vars, _, problems = f.CheckText(t.Data)
		return vars, problems
	}
	return f.CheckInput(t.Data)
}

// opening is the first move of a run: its first state, or the lookup that has to
// come before it.
func opening(f *flows.Flow, sc flows.Scope, t Trigger, run flows.Run) flows.Move {
	if t.ByText {
		if _, lookUp, _ := f.CheckText(t.Data); lookUp {
			return f.LookUp(sc, run)
		}
	}
	return f.Start(sc, run)
}
