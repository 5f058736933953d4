package main

import (
	"context"
	"log/slog"
	"regexp"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"parley/conversation/store/storetest"
)

// TestStagesEndInTurn: the last that was started ends first, and nobody is told to
// end before all that hand work to it are gone.
func TestStagesEndInTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told, ended []string
		s := newStages(slog.New(slog.DiscardHandler))
		for _, name := range []string{"pool", "dispatcher", "engine", "doors"} {
			s.start(name, func(ctx context.Context) error {
				<-ctx.Done()
				told = append(told, name)
				time.Sleep(time.Second) // in the bubble's time: it has to finish something
				if len(told) != len(ended)+1 {
					t.Errorf("%s is still busy, and told to end were %v", name, told)
				}
				ended = append(ended, name)
				return nil
			})
		}
		s.stop()
		if want := []string{"doors", "engine", "dispatcher", "pool"}; !slices.Equal(ended, want) {
			t.Errorf("they ended as %v, want %v", ended, want)
		}
	})
}

var endedRoom = regexp.MustCompile(`msg="a room has ended" room=(\w+)`)

// TestDrainOrder: a server that is told to end closes its doors, then lets the
// engine, the dispatcher and the jobs finish, as docs/design.md §5 says.
func TestDrainOrder(t *testing.T) {
	var s *server
	t.Run("serving", func(t *testing.T) { s = serveTest(t, testConfig(storetest.URL(t, "sqlite"))) })
	want := []string{"doors", "engine", "dispatcher", "jobs"}
	var ended []string
	for _, found := range endedRoom.FindAllStringSubmatch(s.logs.String(), -1) {
		if slices.Contains(want, found[1]) {
			ended = append(ended, found[1])
		}
	}
	if !slices.Equal(ended, want) {
		t.Errorf("the rooms ended as %v, want %v", ended, want)
	}
}
