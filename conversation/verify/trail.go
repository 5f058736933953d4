package verify

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"
)

// Link is one row of the audit trail. Its hash covers the hash before it, so that no
// row can be changed, taken out or put elsewhere without all that follow being others.
type Link struct {
	Seq  int64  // from 1, without a gap
	At   int64  // of the entry, Unix ms
	Data string // the entry as JSON
	Hash string // hex
}

// Trail is the audit trail as it is kept.
type Trail interface {
	// AuditLinks lists rows after seq, in order, at most limit.
	AuditLinks(ctx context.Context, after int64, limit int) ([]Link, error)
}

// LinkHash is the hash of a row: SHA-256 of the hash before (32 bytes; zeros before
// the first), the row's number (8 bytes, big-endian) and its data; hex.
func LinkHash(before string, seq int64, data string) string {
	h := sha256.New()
	var prior [sha256.Size]byte
	_, _ = hex.Decode(prior[:], []byte(before)) // what is no hash leads to another one than the row has
	h.Write(prior[:])
	_ = binary.Write(h, binary.BigEndian, seq) // a hash takes everything
	h.Write([]byte(data))
	return hex.EncodeToString(h.Sum(nil))
}

// BrokenError is the first row of a trail that is not what was written.
type BrokenError struct {
	Seq int64
	Why string
}

// Error names the row and what is wrong with it.
func (e *BrokenError) Error() string { return fmt.Sprintf("row %d %s", e.Seq, e.Why) }

// Head is the newest row of a trail: what to keep elsewhere, since nothing in a trail
// tells that its last rows were cut off.
type Head struct {
	Count int64
	Hash  string // "": of an empty trail
}

// auditPage is how many rows are read at a time.
const auditPage = 1000

// CheckTrail walks the whole trail. kept, when it is not zero, is a head that was
// written down before: the trail must still have it. The first row that is wrong is a
// *BrokenError.
func CheckTrail(ctx context.Context, t Trail, kept Head) (Head, error) {
	var head Head
	for {
		page, err := t.AuditLinks(ctx, head.Count, auditPage)
		if err != nil {
			return head, err
		}
		for _, l := range page {
			if why := l.wrong(head, kept); why != "" {
				return head, &BrokenError{Seq: head.Count + 1, Why: why}
			}
			head = Head{Count: l.Seq, Hash: l.Hash}
		}
		if len(page) < auditPage {
			break
		}
	}
	if head.Count < kept.Count {
		return head, &BrokenError{Seq: head.Count + 1, Why: fmt.Sprintf("is missing: there were %d", kept.Count)}
	}
	return head, nil
}

// wrong says what is wrong with the row that follows head; "": nothing.
func (l Link) wrong(head, kept Head) string {
	var e Entry
	switch {
	case l.Seq != head.Count+1:
		return "is missing"
	case l.Hash != LinkHash(head.Hash, l.Seq, l.Data):
		return "is not what was written: its hash does not fit"
	case json.Unmarshal([]byte(l.Data), &e) != nil || e.At != l.At:
		return "is not what was written: its time is another"
	case l.Seq == kept.Count && l.Hash != kept.Hash:
		return "has another hash than the one that was kept: the trail was written anew"
	}
	return ""
}

// asked is what the trail calls the beginning of a challenge.
const asked = "verification.asked"

// Entries lists entries of the trail since a moment, oldest first; of one subject, or of
// all when it is empty. What became of a code names its challenge alone, and is its
// subject's as well.
func Entries(ctx context.Context, t Trail, subject string, since time.Time, each func(seq int64, e Entry)) error {
	codes := make(map[string]bool) // that were asked for this subject, by challenge
	for after := int64(0); ; {
		page, err := t.AuditLinks(ctx, after, auditPage)
		if err != nil {
			return err
		}
		for _, l := range page {
			after = l.Seq
			var e Entry
			if err := json.Unmarshal([]byte(l.Data), &e); err != nil {
				return fmt.Errorf("reading row %d of the audit trail: %w", l.Seq, err)
			}
			of := subject == "" || e.Subject == subject || e.Subject == Masked(subject)
			if of && e.What == asked {
				codes[e.ID] = true
			}
			if l.At >= since.UnixMilli() && (of || e.Subject == "" && codes[e.ID]) {
				each(l.Seq, e)
			}
		}
		if len(page) < auditPage {
			return nil
		}
	}
}
