package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"parley/conversation/store"
	"parley/conversation/verify"
)

// auditCommand reads the audit trail. It holds no codes and no
// texts, and numbers only masked.
type auditCommand struct {
	Verify struct {
		Head string `help:"A head that was printed before, COUNT:HASH: the trail must still have it." placeholder:"COUNT:HASH"`
	} `cmd:"" help:"Walk the whole trail; name the first row that was changed, taken out or put elsewhere."`
	List struct {
		Subject string `help:"Only of this subject or account."`
		Since   string `help:"From when: a span (7d, 12h), a day (2026-03-05) or a moment (RFC 3339)."`
	} `cmd:"" help:"List entries, oldest first."`
}

// Run is reached by its subcommands only.
func (c *auditCommand) Run(ctx context.Context, p *Program, all *commands, command string) error {
	var since time.Time
	var kept verify.Head
	var err error
	if c.List.Since != "" {
		if since, err = moment(c.List.Since, time.Now()); err != nil {
			return &exitError{2, err}
		}
	}
	if c.Verify.Head != "" {
		if kept, err = parseHead(c.Verify.Head); err != nil {
			return &exitError{2, err}
		}
	}
	s, err := all.openStore(ctx, p)
	if err != nil {
		return err
	}
	defer s.Close()
	if command == "audit list" {
		return c.list(ctx, p, s, since)
	}
	return c.verify(ctx, p, s, kept)
}

func (c *auditCommand) verify(ctx context.Context, p *Program, s *store.Store, kept verify.Head) error {
	head, err := verify.CheckTrail(ctx, s, kept)
	var broken *verify.BrokenError
	switch {
	case errors.As(err, &broken):
		return fmt.Errorf("the audit trail is broken: %w; the %d rows before it are as they were written", broken, head.Count)
	case err != nil:
		return err
	}
	waiting, err := s.AuditWaiting(ctx)
	if err != nil {
		return err
	}
	if waiting > 0 {
		fmt.Fprintf(p.Out, "%d more entries wait to be chained, which a server does within a second or so: nothing vouches for them yet.\n", waiting)
	}
	fmt.Fprintf(p.Out, "%d rows, each as it was written. Keep this elsewhere, and check it next time (--head):\n%d:%s\n", head.Count, head.Count, head.Hash)
	return nil
}

func (c *auditCommand) list(ctx context.Context, p *Program, t verify.Trail, since time.Time) error {
	w := p.columns("ROW\tAT\tWHAT\tSUBJECT\tOF\tWHO\tREASON\tDETAIL")
	err := verify.Entries(ctx, t, c.List.Subject, since, func(seq int64, e verify.Entry) {
		at := time.UnixMilli(e.At).UTC().Format("2006-01-02 15:04:05")
		fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", seq, at, oneLine(e.What), oneLine(e.Subject), oneLine(e.ID), oneLine(e.Who), oneLine(e.Reason), oneLine(e.Detail))
	})
	return errors.Join(err, w.Flush())
}

func parseHead(text string) (verify.Head, error) {
	count, hash, ok := strings.Cut(text, ":")
	n, err := strconv.ParseInt(count, 10, 64)
	if !ok || err != nil || n < 1 || len(hash) != 64 {
		return verify.Head{}, fmt.Errorf("%q is no head: copy the last line that parley audit verify printed", text)
	}
	return verify.Head{Count: n, Hash: hash}, nil
}
