package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"parley/conversation"
	"parley/flows"
)

// update writes what came into the files, each line marked so that the tests stay
// red until a person has read it.
func (c *flowsPlay) update(p *Program, chats []*chat) error {
	var wrong []error
	written := 0
	for _, chat := range chats {
		lines := strings.Split(string(chat.text), "\n")
		changed := 0
		for i := len(chat.played) - 1; i >= 0; i-- { // from the end: the numbers before it stay true
			for j := len(chat.played[i].found) - 1; j >= 0; j-- {
				d := chat.played[i].found[j]
				if d.Err != nil {
					wrong = append(wrong, fmt.Errorf("%s:%d: this line cannot be updated: %w", chat.name, d.Line, d.Err))
					continue
				}
				lines = amended(lines, d)
				changed++
			}
		}
		if changed == 0 {
			continue
		}
		if chat.shipped {
			return fmt.Errorf("%s: a shipped dialogue is not written: parley flows copy makes one of your own", chat.name)
		}
		if err := replace(chat.name, strings.Join(lines, "\n")); err != nil {
			return err
		}
		fmt.Fprintf(p.Out, "%s: %d lines written: read each, then remove the mark beneath it\n", chat.name, changed)
		written += changed
	}
	if written == 0 && len(wrong) == 0 {
		fmt.Fprintln(p.Out, "every dialogue went as written: nothing to update")
	}
	return errors.Join(wrong...)
}

// replace writes a file anew, at its own rights.
func replace(name, text string) error {
	info, err := os.Stat(name)
	if err != nil {
		return fmt.Errorf("updating the dialogues: %w", err)
	}
	if err := os.WriteFile(name, []byte(text), info.Mode().Perm()); err != nil {
		return fmt.Errorf("updating the dialogues: %w", err)
	}
	return nil
}

// amended puts one difference into the file's lines.
func amended(lines []string, d conversation.Difference) []string {
	at := d.Line - 1
	old, end := strings.CutSuffix(lines[at], "\r")
	indent := old[:len(old)-len(strings.TrimLeft(old, " \t"))]
	cr := ""
	if end {
		cr = "\r"
	}
	mark := indent + flows.UpdateMark
	var now []string
	switch {
	case d.Added:
		now = []string{old, indent + d.Got, mark}
	case d.Got == "":
		now = []string{mark + ": nothing of the kind came: " + strings.TrimSpace(old)}
	default:
		now = []string{indent + d.Got, mark}
	}
	out := append([]string{}, lines[:at]...)
	for _, line := range now {
		out = append(out, line+cr)
	}
	return append(out, lines[at+1:]...)
}
