package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"parley/conversation/store"
)

// doctorCommand looks for what a configuration lacks.
type doctorCommand struct {
	Format  string `enum:"text,json" default:"text" help:"text: one line each; json: a list of {state, about, says, do}."`
	Offline bool   `help:"Look at the configuration alone, not at its database."`
}

// Help is what parley doctor --help adds.
func (c *doctorCommand) Help() string {
	return `Reads the configuration, and the database when it can be reached; changes neither.

One line for each protection: ok, warning (it works, and something would be safer) or
missing (it is not there), with what to do. The exit code is 1 when something is missing,
else 0.`
}

// The states of a diagnosis.
const (
	healthy = "ok"
	warning = "warning"
	missing = "missing"
)

// diagnosis is what is to be said about one protection.
type diagnosis struct {
	State string `json:"state"` // ok, warning, missing
	About string `json:"about"` // a key of the configuration, or what else it is about
	Says  string `json:"says"`
	Do    string `json:"do,omitempty"`
}

// inspectTimeout is how long the database may take to answer.
const inspectTimeout = 10 * time.Second

// Run prints the diagnoses.
func (c *doctorCommand) Run(ctx context.Context, p *Program, all *commands) error {
	config, err := all.load()
	if err != nil {
		return err
	}
	found := examine(config)
	if !c.Offline {
		ctx, cancel := context.WithTimeout(ctx, inspectTimeout)
		defer cancel()
		found = append(found, examineDatabase(ctx, config, p.logger(all.LogJSON))...)
	}
	if c.Format == "json" {
		err = writeJSON(p.Out, found)
	} else {
		err = writeDiagnoses(p.Out, found)
	}
	if err != nil {
		return err
	}
	for _, d := range found {
		if d.State == missing {
			return &exitError{code: 1}
		}
	}
	return nil
}

func writeDiagnoses(out io.Writer, found []diagnosis) error {
	counts := map[string]int{}
	for _, d := range found {
		counts[d.State]++
		line := fmt.Sprintf("%-8s %s: %s", d.State, d.About, d.Says)
		if d.Do != "" {
			line += ". " + strings.ToUpper(d.Do[:1]) + d.Do[1:]
		}
		if _, err := fmt.Fprintln(out, line); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(out, "%d ok, %s, %d missing\n", counts[healthy], plural(counts[warning], "warning"), counts[missing])
	return err
}

// patient collects diagnoses.
type patient struct {
	config Config
	found  []diagnosis
}

func (p *patient) ok(about, format string, args ...any) {
	p.found = append(p.found, diagnosis{healthy, about, fmt.Sprintf(format, args...), ""})
}

func (p *patient) warn(about, do, format string, args ...any) {
	p.found = append(p.found, diagnosis{warning, about, fmt.Sprintf(format, args...), do})
}

func (p *patient) lacks(about, do, format string, args ...any) {
	p.found = append(p.found, diagnosis{missing, about, fmt.Sprintf(format, args...), do})
}

// sessions are what design §5 asks of a session, at most.
var sessions = map[string]time.Duration{
	"idle_in_transaction_session_timeout": 5 * time.Second, "lock_timeout": 3 * time.Second,
	"statement_timeout": 10 * time.Second, "tcp_user_timeout": 10 * time.Second,
}

func (p *patient) database(i store.Inspection, err error) {
	if err != nil {
		p.warn("database", "check that it runs and that its address is right, then ask again", "it cannot be looked at: %v", err)
		return
	}
	switch {
	case i.Version < i.Newest:
		p.lacks("migrations", "run parley migrate", "the schema is at version %d of %d", i.Version, i.Newest)
	case i.Version > i.Newest:
		p.lacks("migrations", "use the newer parley", "the schema is at version %d, this program knows %d", i.Version, i.Newest)
	default:
		p.ok("migrations", "the schema is at version %d", i.Version)
	}
	p.timeouts(i.Timeouts)
	switch skew := i.Skew.Abs().Round(time.Millisecond); {
	case skew > 30*time.Second:
		p.lacks("clock", "let both follow NTP: signatures of webhooks are refused beyond five minutes", "the clocks of this machine and the database differ by %s", skew)
	case skew > 2*time.Second:
		p.warn("clock", "let both follow NTP", "the clocks of this machine and the database differ by %s", skew)
	default:
		p.ok("clock", "this machine and the database agree to %s", max(skew, 10*time.Millisecond))
	}
	switch {
	case i.Codes == 0:
	case i.Unplaced == i.Codes:
		p.lacks("codes ip", "send ip with every verification and check: without it all clients are one, and limited together (codes.limits.caller_sends, caller_checks)", "none of the last %d codes was asked for with the client's address", i.Codes)
	case i.Unplaced > 0:
		p.warn("codes ip", "send ip with every verification and check", "%d of the last %d codes were asked for without the client's address", i.Unplaced, i.Codes)
	default:
		p.ok("codes ip", "all of the last %d codes came with the client's address", i.Codes)
	}
}

func (p *patient) timeouts(now map[string]time.Duration) {
	if now == nil {
		return
	}
	good := true
	for _, name := range []string{"idle_in_transaction_session_timeout", "lock_timeout", "statement_timeout", "tcp_user_timeout"} {
		switch is := now[name]; {
		case is == 0 && name == "tcp_user_timeout":
			p.warn("database "+name, "reach the database by TCP on a system that knows it", "it is off: a node that is cut off holds its locks for as long as TCP tries")
		case is == 0:
			p.lacks("database "+name, "take it out of the database's URL: Parley sets "+sessions[name].String(), "it is off: a node that stands still in a transaction holds up the others")
		case is > 3*sessions[name]:
			p.warn("database "+name, "take it out of the database's URL: Parley sets "+sessions[name].String(), "it is %s", is)
		default:
			continue
		}
		good = false
	}
	if good {
		p.ok("database sessions", "their timeouts are set")
	}
}
