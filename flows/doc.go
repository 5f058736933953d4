// Package flows reads the flow files that businesses write, checks them, and
// decides the moves of one run: which state comes next, what is said, which
// actions are asked for. It is pure, values in and values out; Load and
// LoadListening alone read files.
//
// The life of a flow, in the order in which to read the package:
//
//   - A file becomes nodes with their places (node.go). A stored version becomes
//     the same nodes, without places (canonical.go).
//   - The parser makes a Flow (flow.go) of them: parse.go from the top down,
//     parse_state.go, parse_reply.go, parse_on.go and request.go its parts, and
//     action_NAME.go one action each. The keys that it takes are the Go types of
//     grammar.go; schema.go makes the JSON Schema for editors of the same.
//   - Expressions (expression.go) and texts (template.go) are compiled against
//     the variables that the flow declares (variable.go). The ways between states
//     become the table of a state machine (engine.go; machine.go, over
//     looplab/fsm), and the source gets its hash: a run stays on the version that
//     started it.
//   - Check looks at the flow as a whole (check.go and check_*.go). Load does all
//     of this for folders (load.go), with the wordings that override single texts
//     (overrides.go), and returns a Library.
//   - The state that waits reads a text (read.go). What captures make of it is in
//     answer_types.go, and below that in amounts.go, numerals.go, moments.go,
//     dates.go and clocks.go. What words do not settle is guessed: guess.go by the
//     author's examples, ask.go by an LLM, skim.go by how the text begins.
//   - A move (move.go) carries one input of a run (run.go) out: it enters states
//     (enter.go) within a call (call.go) and returns the run afterwards, with what
//     is to be said and done. silence.go says when a wait is over.
//
// Beside this path stand the dialogues (dialogue.go; package conversation plays
// them, and coverage.go says what they reached) and what shows a flow to people:
// graph.go, diff.go, preview.go, sample.go, results.go and traits.go.
package flows
