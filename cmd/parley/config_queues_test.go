package main

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"parley/agentui"
	"parley/conversation/store"
	"parley/conversation/store/storetest"
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

// TestDoctorKnowsMembers: who is named and does not work here is given nothing, and the
// doctor says so.
func TestDoctorKnowsMembers(t *testing.T) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, url string) {
		s := storetest.Open(t, store.Options{URL: url})
		for name, role := range map[string]agentui.Role{"ann": agentui.RoleAgent, "eve": agentui.RoleAuditor, "gone": agentui.RoleLead} {
			if ok, err := s.AddAgent(t.Context(), agentui.Agent{Name: name, Role: role, Password: "none"}); err != nil || !ok {
				t.Fatal(ok, err)
			}
		}
		if ok, err := s.DisableAgent(t.Context(), "gone"); err != nil || !ok {
			t.Fatal(ok, err)
		}
		c := testConfig(url)
		c.Console.Queues = map[string]QueueConfig{"all": {}, "good": {Members: []string{"ann"}}, "half": {Members: []string{"an", "ann", "eve"}}, "none": {Members: []string{"gone"}}}
		said := map[string]string{}
		for _, d := range examineDatabase(t.Context(), c, slog.New(slog.DiscardHandler)) {
			said[d.About] = d.State + ": " + d.Says
		}
		for queue, want := range map[string]string{"all": "", "good": "ok: 1 member", "half": "warning: an, eve cannot be given anything", "none": "missing: none of its members works here: it gives nothing to anybody"} {
			if got := said["console.queues."+queue]; got != want {
				t.Errorf("%s: %q, want %q", queue, got, want)
			}
		}
	})
}
