package flows

import (
	"errors"
	"strings"
)

// A text of several lines stands on one line of a dialogue, with \n for each break.

// OneLine writes a text as a line of a dialogue has it.
func OneLine(text string) string { return strings.ReplaceAll(text, "\n", `\n`) }

func manyLines(text string) string { return strings.ReplaceAll(text, `\n`, "\n") }

// UpdateMark begins the comment under a line that `parley flows test --update` has
// written and that nobody has read yet.
const UpdateMark = "# CHECK: written by --update"

// isMark says whether the line is such a comment.
func isMark(line string) bool { return strings.HasPrefix(strings.TrimSpace(line), UpdateMark) }

// marks finds the lines that nobody has read since they were written.
func (d *dialogues) marks() {
	for i, line := range d.lines {
		if isMark(line) {
			d.fail(i, "written by --update: read it, then remove the mark")
		}
	}
}

// ParseStep reads one line of a dialogue.
func ParseStep(line string) (Step, error) {
	d := &dialogues{parser: newParser("line")}
	d.lines = []string{line}
	step := Step{Line: 1}
	if d.step(&step, strings.TrimSpace(line), 0) {
		return step, nil
	}
	return Step{}, errors.New(d.problems[0].Message)
}
