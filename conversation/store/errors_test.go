package store_test

import (
	"context"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"parley/conversation"
	"parley/conversation/store"
	"parley/conversation/store/storetest"
)

func TestErrorClasses(t *testing.T) {
	pg := func(code string) error { return fmt.Errorf("doing: %w", &pgconn.PgError{Code: code}) }
	for _, c := range []struct {
		err         error
		unavailable bool
	}{
		{pg("40001"), true}, {pg("40P01"), true}, {pg("55P03"), true}, {pg("57014"), true},
		{pg("57P01"), true}, {pg("57P02"), true}, {pg("57P03"), true}, {pg("53100"), true},
		{pg("53300"), true}, {pg("08006"), true}, {pg("25006"), true}, {pg("25P03"), true}, {pg("58030"), true},
		{pg("23505"), false}, {pg("22021"), false}, {pg("22P05"), false}, {pg("42601"), false}, {pg("54000"), false}, {pg("P0001"), false},
		{context.Canceled, true}, {context.DeadlineExceeded, true}, {io.ErrUnexpectedEOF, true}, {net.ErrClosed, true},
		{driver.ErrBadConn, true}, {&net.OpError{Op: "read", Err: errors.New("reset")}, true}, {&pgconn.ConnectError{}, true},
		{errors.New("conn closed"), true}, {errors.New("decoding a conversation's state"), false}, {fs.ErrNotExist, false},
	} {
		got := store.Classify(c.err)
		if errors.Is(got, conversation.ErrUnavailable) != c.unavailable || !errors.Is(got, c.err) {
			t.Errorf("%v is classified as %v", c.err, got)
		}
	}
	if store.Classify(nil) != nil {
		t.Error("nil is an error")
	}
}

// TestEventErrors: what an event's own content does is not blamed on the database.
func TestEventErrors(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		m := say(t, s, nil, text(1, "1"))[0]
		b := begin(t, s, text(1, "2"))
		err := b.Commit(t.Context(), conversation.Writes{Effects: []conversation.Effect{{Send: &m}}})
		if err == nil || errors.Is(err, conversation.ErrUnavailable) {
			t.Errorf("a message that is there already gives %v", err)
		}
		b.Rollback()
		if store.Engine(s) == "postgres" {
			_, err = s.Begin(t.Context(), []conversation.Event{text(1, "\x00")})
			if err == nil || errors.Is(err, conversation.ErrUnavailable) {
				t.Errorf("a key with U+0000 gives %v", err)
			}
			if ok, err := s.Bury(t.Context(), text(1, "\x00"), "bad \x00"); !ok || err != nil {
				t.Errorf("it cannot even be buried: %v", err)
			}
			answer := conversation.Event{Kind: conversation.KindResult, Result: &conversation.Result{Data: json.RawMessage("\"\xff\"")}}
			if ok, err := s.Bury(t.Context(), answer, "bad"); !ok || err != nil {
				t.Errorf("an answer that is not UTF-8 cannot even be buried: %v", err)
			}
		}
		if _, seen := begin(t, s, text(1, "2")).Seen(0); seen {
			t.Error("a batch that failed left its key")
		}
	})
}

// TestDiskFull: a full disk is nobody's event, and passes.
func TestDiskFull(t *testing.T) {
	s := storetest.Open(t, store.Options{URL: storetest.URL(t, "sqlite")})
	var pages int
	if err := store.Writer(s).QueryRow("PRAGMA page_count").Scan(&pages); err != nil {
		t.Fatal(err)
	}
	limit := func(n int) {
		if _, err := store.Writer(s).Exec(fmt.Sprint("PRAGMA max_page_count = ", n)); err != nil {
			t.Fatal(err)
		}
	}
	limit(pages)
	big := func(_ *conversation.Conversation, m *conversation.Message) { m.Text = strings.Repeat("x", 1<<20) }
	b := begin(t, s, text(1, "1"))
	var w conversation.Writes
	step(b, 0, &w, big)
	if err := b.Commit(t.Context(), w); !errors.Is(err, conversation.ErrUnavailable) {
		t.Fatalf("a full disk gives %v", err)
	}
	b.Rollback()
	limit(1 << 30)
	if got := say(t, s, big, text(1, "1")); len(got) != 1 {
		t.Error("the event was kept although nothing was committed")
	}
}

func TestContextEnds(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := s.Begin(ctx, []conversation.Event{text(1, "1")}); !errors.Is(err, conversation.ErrUnavailable) {
			t.Errorf("begin: %v", err)
		}
		b := begin(t, s, text(1, "1"))
		if err := b.Commit(ctx, conversation.Writes{Events: []conversation.Logged{{Conversation: "c", Rev: 1}}}); !errors.Is(err, conversation.ErrUnavailable) {
			t.Errorf("commit: %v", err)
		}
		b.Rollback()
		if got := say(t, s, nil, text(1, "1")); len(got) != 1 {
			t.Error("the key was kept")
		}
	})
}

// TestLostCommitReply: the COMMIT arrives, its answer does not. The next try hears
// that the event is stored.
func TestLostCommitReply(t *testing.T) {
	url := storetest.URL(t, "postgres")
	var deaf atomic.Bool
	s := storetest.Open(t, store.Options{URL: proxied(t, url, &deaf) + "&pool_max_conns=1"})
	say(t, s, nil, text(1, "0")) // prepares the statements: the first time waits for answers
	b := begin(t, s, text(1, "1"))
	var w conversation.Writes
	step(b, 0, &w, nil)
	deaf.Store(true)
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	if err := b.Commit(ctx, w); !errors.Is(err, conversation.ErrUnavailable) {
		t.Fatalf("a lost reply gives %v", err)
	}
	b.Rollback()
	deaf.Store(false)
	b = begin(t, s, text(1, "1"))
	if o, seen := b.Seen(0); !seen || o.Status != conversation.Applied {
		t.Errorf("the next try gives %+v, %v", o, seen)
	}
	if l := b.Load(0); l.Conversation.Rev != 2 {
		t.Errorf("the conversation is at rev %d", l.Conversation.Rev)
	}
}

// proxied is url through a proxy that, while deaf, drops what the server answers.
func proxied(t *testing.T, url string, deaf *atomic.Bool) string {
	t.Helper()
	config, err := pgconn.ParseConfig(url)
	if err != nil {
		t.Fatal(err)
	}
	server := net.JoinHostPort(config.Host, fmt.Sprint(config.Port))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			upstream, err := net.Dial("tcp", server)
			if err != nil {
				client.Close()
				continue
			}
			go func() {
				defer upstream.Close()
				_, _ = io.Copy(upstream, client)
			}()
			go func() {
				defer client.Close()
				buffer := make([]byte, 1<<16)
				for {
					n, err := upstream.Read(buffer)
					if err != nil {
						return
					}
					if !deaf.Load() {
						_, _ = client.Write(buffer[:n])
					}
				}
			}()
		}
	}()
	return strings.Replace(url, server, l.Addr().String(), 1)
}
