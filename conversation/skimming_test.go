package conversation

import (
	"strings"
	"testing"
	"time"
)

// TestSkimComesAfterAGuess: an intent of the flow says more than the yes before it, and
// an alert takes no answer that a text only begins with.
func TestSkimComesAfterAGuess(t *testing.T) {
	for _, c := range []struct{ class, text, want, layer string }{
		{"notice", "yes but it was broken", "How bad.", "model"},
		{"notice", "yes the driver was here", "Good.", "head"},
		{"notice", "no the driver never came", "Sorry.", "head"},
		{"alert", "yes the driver was here", "YES or NO please.", ""},
	} {
		k := guesser(t, strings.Replace(order, "flow: order", "flow: order\nclass: "+c.class, 1))
		k.start("order", nil)
		k.taken().after(time.Minute).text(c.text)
		k.wantSaid(c.want)
		if c.layer != "" && k.decided(c.layer).Choice == "" {
			t.Errorf("%q was not read by %s", c.text, c.layer)
		}
	}
}
