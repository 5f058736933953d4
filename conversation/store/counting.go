package store

import (
	"context"
	"maps"
	"slices"

	"parley/conversation/verify"
)

// counting counts what many callers do under keys that they may share, in their order:
// each is held against what those before it added. The keys are locked from lock to the
// transaction's end, with or without rows.
type counting struct {
	keys map[string]*counted
}

// counted is one key: its row, and what is added to it.
type counted struct {
	verify.Hit
	bucket, n0, n1, n2 int64
	forgiven           bool // what the row holds is taken back
	added              int64
}

func newCounting() *counting { return &counting{make(map[string]*counted)} }

// want takes the keys in.
func (c *counting) want(hits []verify.Hit) {
	for _, h := range hits {
		if c.keys[h.Key] == nil {
			c.keys[h.Key] = &counted{Hit: h}
		}
	}
}

// lock queues the locks of all keys, and the reading of their rows.
func (c *counting) lock(p *pipe, on backend) {
	keys := slices.Sorted(maps.Keys(c.keys))
	on.lockKeys(p, keys)
	p.inList(func(r row) error {
		var key string
		var n counted
		err := r.Scan(&key, &n.bucket, &n.n0, &n.n1, &n.n2)
		if k := c.keys[key]; k != nil {
			k.bucket, k.n0, k.n1, k.n2 = n.bucket, n.n0, n.n1, n.n2
		}
		return err
	}, countsSQL, keys)
}

// pausesSQL reads when something was paused, and until when.
const pausesSQL = `SELECT key, started_at, until_at FROM pauses WHERE key IN ({ids})`

// lift takes back what a pause has been served for: what is counted of a window is so for
// up to a half longer, and codes that are sent again would be refused. A window of more than
// twice its pause is the business's choice, and goes on.
func (c *counting) lift(ctx context.Context, tx session, now int64) error {
	full := make(map[string][]*counted)
	for _, k := range c.keys {
		if k.Pauses != "" && !k.Client && k.Per <= 2*k.Pause && k.counts(now) >= int64(k.Most) {
			full[k.Pauses] = append(full[k.Pauses], k)
		}
	}
	if len(full) == 0 {
		return nil
	}
	p := new(pipe)
	p.inList(func(r row) error {
		var key string
		var started, until int64
		err := r.Scan(&key, &started, &until)
		for _, k := range full[key] {
			if until <= now && now-started < 3*half(k.Hit) {
				k.forgiven, k.n0, k.n1, k.n2 = true, 0, 0, 0
			}
		}
		return err
	}, pausesSQL, slices.Sorted(maps.Keys(full)))
	return tx.flush(ctx, p)
}

// counts is how many there were in the last three half windows, as hitSQL counts them.
func (k *counted) counts(now int64) int64 {
	n := k.added
	switch now/half(k.Hit) - k.bucket {
	case -1, 0:
		n += k.n0 + k.n1 + k.n2
	case 1:
		n += k.n0 + k.n1
	case 2:
		n += k.n0
	}
	return n
}

// over lists those of the hits that are at their limit.
func (c *counting) over(hits []verify.Hit, now int64) []verify.Hit {
	var all []verify.Hit
	for _, h := range hits {
		if c.keys[h.Key].counts(now) >= int64(h.Most) {
			all = append(all, h)
		}
	}
	return all
}

// add counts those of the hits that are not at their limit.
func (c *counting) add(hits []verify.Hit, now int64) {
	for _, h := range hits {
		if k := c.keys[h.Key]; k.counts(now) < int64(h.Most) {
			k.added++
		}
	}
}

// forgive takes back what was counted under those of the hits that are so.
func (c *counting) forgive(hits []verify.Hit, now int64) {
	for _, h := range hits {
		if k := c.keys[h.Key]; h.Forgiven && k.counts(now) > 0 {
			k.forgiven = k.forgiven || k.counts(now) > k.added
			k.n0, k.n1, k.n2, k.added = 0, 0, 0, 0
		}
	}
}

// write queues what was taken back and what was added since, sorted by key.
func (c *counting) write(p *pipe) {
	var rows [][]any
	var forgiven []string
	for _, key := range slices.Sorted(maps.Keys(c.keys)) {
		k := c.keys[key]
		if k.forgiven {
			forgiven = append(forgiven, key)
		}
		if k.added > 0 {
			rows = append(rows, []any{key, half(k.Hit), k.added, int64(k.Most), 2 * k.Per.Milliseconds()})
		}
	}
	p.inList(nil, forgivenSQL, forgiven)
	p.each(nil, countManySQL, rows)
}
