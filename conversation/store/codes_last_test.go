package store_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"parley/conversation"
	"parley/conversation/store"
	"parley/conversation/store/storetest"
	"parley/conversation/verify"
	"parley/flows"
)

// lastTry is a service whose loop runs, whose engine may be slow, and whose clock is put
// forward.
type lastTry struct {
	*verify.Service
	t     *testing.T
	s     *store.Store
	ahead atomic.Int64
	n     int
	// approves is what happens to an approval before it is stored.
	approves func() error
	// once is why no code is sent twice; "", not set: codes are.
	once atomic.Value
	// unsent counts the customers who were told that their code does not come again.
	unsent atomic.Int64
}

func newLastTry(t *testing.T, url string) *lastTry {
	l := &lastTry{t: t, approves: func() error { return nil }}
	l.s = storetest.Open(t, store.Options{URL: url, Ahead: func() time.Duration { return time.Duration(l.ahead.Load()) }})
	ring, err := verify.NewKeyring(verify.Key{ID: "k", Secret: make([]byte, 32)})
	if err != nil {
		t.Fatal(err)
	}
	l.Service = &verify.Service{Store: l.s, Keys: ring, Tenant: "t", Log: slog.New(slog.DiscardHandler), Submit: l.submit,
		Line: func(number string) (conversation.Line, bool) {
			return conversation.Line{Number: number, Brand: flows.Brand{Name: "Acme"}}, true
		},
		Judge: func(_ context.Context, c verify.Challenge) (string, error) {
			why, _ := l.once.Load().(string)
			if c.Sends == 0 {
				why = ""
			}
			return why, nil
		}}
	l.Prepare()
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- l.Run(ctx) }()
	t.Cleanup(func() { stop(); <-ended })
	return l
}

// submit is the engine: an event whose change does not hold is refused.
func (l *lastTry) submit(ctx context.Context, events []conversation.Event) ([]conversation.Outcome, error) {
	if v := events[0].Verified; v != nil && v.Outcome == "not_again" {
		l.unsent.Add(1)
	}
	if c := events[0].Change; c != nil && c.To == string(verify.Approved) {
		if err := l.approves(); err != nil {
			return nil, err
		}
	}
	b, err := l.s.Begin(ctx, events)
	if err != nil {
		return nil, err
	}
	defer b.Rollback()
	if b.Refused(0) {
		return []conversation.Outcome{{Status: conversation.Ignored}}, nil
	}
	var w conversation.Writes
	step(b, 0, &w, nil)
	return []conversation.Outcome{{Status: conversation.Applied}}, b.Commit(ctx, w)
}

func (l *lastTry) passes(d time.Duration) { l.ahead.Add(int64(d)) }

func (l *lastTry) is(id string) verify.Challenge {
	c, _, err := l.s.Challenge(l.t.Context(), id)
	if err != nil {
		l.t.Error(err)
	}
	return c
}

func (l *lastTry) becomes(id string, want verify.Status) {
	l.t.Helper()
	for end := time.Now().Add(10 * time.Second); l.is(id).Status != want; time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			l.t.Errorf("it is %s, want %s", l.is(id).Status, want)
			return
		}
	}
}

// asks has a code made, and tried wrongly but for the last time.
func (l *lastTry) asks(to string) (last verify.Check) {
	l.t.Helper()
	l.n++
	subject := fmt.Sprint("last-", l.n)
	c := must(l.Create(l.t.Context(), verify.Request{To: to, Line: line, Purpose: verify.Login, Subject: subject}))(l.t)
	last = verify.Check{ID: c.ID, Code: "000000", Purpose: verify.Login, Subject: subject}
	for to != "" && l.is(c.ID).MAC == "" {
		time.Sleep(2 * time.Millisecond)
	}
	for range c.MostAttempts - 1 {
		_, err := l.Check(l.t.Context(), last)
		check(l.t, "not refused", errors.Is(err, verify.ErrRefused))
	}
	if to != "" {
		last.Code = strings.ReplaceAll(must(l.Fill(l.t.Context(), c.ID, conversation.CodeBlank))(l.t), " ", "")
	}
	return last
}

// looks puts the clock forward to behind the end of what nobody guessed, and waits until
// the loop has ended that of somebody else.
func (l *lastTry) looks() {
	other := l.asks("")
	_, err := l.Check(l.t.Context(), other)
	check(l.t, "not refused", errors.Is(err, verify.ErrRefused))
	l.passes(3 * time.Second)
	l.becomes(other.ID, verify.MaxAttempts)
}

// TestTheLastTryMayBeRight: a right code is taken at the last try, however long its
// approval takes, though the loop ends wrong ones meanwhile. One that nobody approves,
// because the process is gone, ends with its time; one whose approval failed ends as soon
// as wrong ones, so that another may be asked for.
func TestTheLastTryMayBeRight(t *testing.T) {
	storetest.EachURL(t, func(t *testing.T, url string) {
		l := newLastTry(t, url)
		last := l.asks(phone(97))
		l.approves = func() error { l.looks(); return nil }
		_, err := l.Check(t.Context(), last)
		check(t, fmt.Sprint("the right code is refused: ", err), err == nil && l.is(last.ID).Status == verify.Approved)

		last = l.asks(phone(98))
		killed := errors.New("killed")
		gone, kill := context.WithCancel(t.Context())
		l.approves = func() error { kill(); l.looks(); return killed }
		_, err = l.Check(gone, last)
		check(t, "it is over", errors.Is(err, killed) && l.is(last.ID).Status.Live())
		l.passes(verify.Defaults.TTL + 6*time.Second)
		l.becomes(last.ID, verify.Expired)

		last = l.asks(phone(99))
		l.approves = func() error { return conversation.ErrBusy }
		_, err = l.Check(t.Context(), last)
		check(t, "not busy", errors.Is(err, conversation.ErrBusy))
		l.passes(3 * time.Second)
		l.becomes(last.ID, verify.MaxAttempts)
	})
}
