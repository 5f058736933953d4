package classify_test

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"testing"

	"parley/conversation"
	"parley/conversation/classify"
	"parley/flows"
)

// fate is what became of a card alert after one reply.
type fate struct{ cleared, locked, asked, left bool }

// answered lets the shipped alert ask "did you pay this?" and the customer reply.
func answered(t *testing.T, library *flows.Library, language, reply string) fate {
	t.Helper()
	r := conversation.NewRehearsal(library, classify.Reader{}, "fraud_alert")
	r.Conversation.State.Language = language
	out := r.Start(map[string]any{"name": "Ann", "account": "acc-1", "card": "1234", "transactions": []any{
		map[string]any{"id": "t1", "merchant": "Garage 24", "amount": "900.00 USD", "at": "2026-03-02T08:50:00Z"}}})
	if out.Status != conversation.Applied {
		t.Fatalf("%+v", out)
	}
	r.Said()
	r.Text(reply, nil)
	var f fate
	for _, j := range r.Emitted() {
		f.cleared = f.cleared || j.Name == "account.recognise"
		f.locked = f.locked || j.Name == "account.lock"
	}
	f.asked = r.Conversation.State.Which != nil
	f.left = !f.cleared && !f.locked && !f.asked
	return f
}

// TestPaymentReplies holds the shipped alert to replies that were written by hand, most
// of them to deceive it: none of those may clear the payment, nearly all plain denials
// lock at once, and most plain confirmations get through, some after one more question.
func TestPaymentReplies(t *testing.T) {
	library, err := flows.Load([]string{"../../flows/library"})
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.Open("testdata/payment.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	counts := map[string]map[string]int{}
	for lines := bufio.NewScanner(file); lines.Scan(); {
		row := strings.Split(lines.Text(), "\t")
		text, kind, language := strings.ReplaceAll(row[0], `\n`, "\n"), row[1], row[2]
		f := answered(t, library, language, text)
		if counts[kind] == nil {
			counts[kind] = map[string]int{}
		}
		c := counts[kind]
		c["all"]++
		switch {
		case f.cleared:
			c["cleared"]++
		case f.locked:
			c["locked"]++
		case f.asked:
			c["asked"]++
		default:
			c["left"]++
		}
		for _, dressed := range []string{text, strings.ToUpper(text), " " + text + "!!", text + ".", "Hi, " + text, text + ", thanks", "please " + text + " please"} {
			if kind != "confirm" && answered(t, library, language, dressed).cleared {
				t.Errorf("%s: %q clears the payment", language, dressed)
			}
		}
		if f.locked && kind == "confirm" {
			t.Errorf("%s: %q locks the account", language, text)
		}
		if (kind == "deny" && !f.locked || kind == "confirm" && f.left || kind == "trap" && f.asked) && os.Getenv("PARLEY_MISSES") != "" {
			fmt.Printf("  MISS %s %s %q: %+v\n", language, kind, text, f)
		}
	}
	trap, deny, confirm := counts["trap"], counts["deny"], counts["confirm"]
	fmt.Printf("payment: of %d that deceive %d clear it  target 0   (%d lock, %d are asked to confirm, %d left)\n", trap["all"], trap["cleared"], trap["locked"], trap["asked"], trap["left"])
	fmt.Printf("payment: of %d denials %.3f lock at once  target 0.90   (%d clear)\n", deny["all"], share(deny["locked"], deny["all"]), deny["cleared"])
	fmt.Printf("payment: of %d confirmations %.3f clear or are asked once  target 0.70   (%d clear, %d asked, %d lock)\n",
		confirm["all"], share(confirm["cleared"]+confirm["asked"], confirm["all"]), confirm["cleared"], confirm["asked"], confirm["locked"])
	if trap["all"] < 400 || deny["all"] < 150 || confirm["all"] < 100 {
		t.Errorf("the set has shrunk: %v", counts)
	}
	if share(deny["locked"], deny["all"]) < 0.9 || share(confirm["cleared"]+confirm["asked"], confirm["all"]) < 0.7 {
		t.Errorf("%v", counts)
	}
}

func share(n, of int) float64 { return float64(n) / float64(max(of, 1)) }
