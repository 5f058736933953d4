package conversation

import (
	"context"
	"errors"
	"testing"
)

// began is a feed that has begun anew: its numbers are small again.
type began struct{ reads int }

func (*began) Relay(context.Context, int) (int, error)         { return 0, nil }
func (*began) FeedHead(context.Context) (string, int64, error) { return "old", 900, nil }

// Feed answers from the old epoch once.
func (b *began) Feed(_ context.Context, after int64, _ int) (string, []FeedEntry, error) {
	if b.reads++; b.reads == 1 {
		return "old", []FeedEntry{{Seq: after + 1}}, nil
	}
	if after >= 2 {
		return "new", nil, nil
	}
	return "new", []FeedEntry{{Seq: after + 1}}, nil
}

func TestAWatcherHearsFromTheStartOfANewEpoch(t *testing.T) {
	f := &Feed{Store: &began{}}
	enough := errors.New("enough")
	var heard []int64
	err := f.Watch(t.Context(), 800, func(epoch string, entries []FeedEntry) error {
		heard = append(heard, entries[0].Seq)
		if epoch == "new" {
			return enough
		}
		return nil
	})
	if !errors.Is(err, enough) || len(heard) != 2 || heard[0] != 801 || heard[1] != 1 {
		t.Errorf("heard %v, %v", heard, err)
	}
}
