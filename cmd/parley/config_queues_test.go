package main

import (
	"fmt"
	"strings"
	"testing"
)

// TestQueuesOfTheConsole: what cannot work is refused by its name, and what is left out is
// as if the queue were not there.
func TestQueuesOfTheConsole(t *testing.T) {
	folder := t.TempDir()
	for text, wrong := range map[string]string{
		"{queues: {a: {rule: balanced, members: [ann], hours: 'Mo-Fr 09:00-18:00', first_response: 10m}, b: {}}}": "",
		"{queues: {a: {rule: random}}}":               "console.queues.a.rule",
		"{queues: {a: {members: ['ann lee']}}}":       "console.queues.a.members",
		"{queues: {a: {capacity: -1}}}":               "console.queues.a.capacity",
		"{queues: {a: {first_response: -1m}}}":        "console.queues.a.first_response",
		"{queues: {a: {next_response: 1000h}}}":       "console.queues.a.next_response",
		"{queues: {a: {return_after: 1ms}}}":          "console.queues.a.return_after",
		"{queues: {a: {hours: 'office hours'}}}":      "console.queues.a.hours",
		"{queues: {'': {rule: manual}}}":              "console.queues",
		"{away_after: 1ms}":                           "console.away_after",
		"{queues: {a: {reassign: yes, rule: first}}}": "reassign",
	} {
		file := write(t, folder, "parley.yaml", fmt.Sprintf(minimal, folder)+"console: "+text+"\n")
		code, out, errs := invoke(t, "", "--config", file, "config", "check")
		if (wrong == "") != (code == 0) || !strings.Contains(errs+out, wrong) {
			t.Errorf("%s: %d %s%s", text, code, out, errs)
		}
	}
	var c ConsoleConfig
	c.Queues = map[string]QueueConfig{"a": {}}
	c.check(func(format string, args ...any) { t.Errorf(format, args...) })
	if q := c.queues["a"]; q.Capacity != 5 || q.Hours != nil || c.AwayAfter != defaultAway {
		t.Errorf("%+v", c)
	}
}
