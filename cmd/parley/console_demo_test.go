package main

import (
	"net/http"
	"regexp"
	"testing"
)

var (
	demoPhone = regexp.MustCompile(`http://\S+?/phone/`)
	demoEnter = regexp.MustCompile(`http://\S+/console/enter\?key=\S+`)
)

// TestProofDemoInABrowser starts `parley demo` as anybody would, and is both sides of it
// in Chromium: the customer at the phone, whom the bot hands over, and the agent who sees
// why, answers, and gives the customer back.
func TestProofDemoInABrowser(t *testing.T) {
	inBrowser(t)
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	out := &syncBuffer{}
	p := spawn(t, out, path, "demo")
	eventually(t, "the demo says where to look", func() bool { return demoEnter.MatchString(out.String()) })
	phone, enter := demoPhone.FindString(out.String()), demoEnter.FindString(out.String())
	said, err := scripted(t, "demo.mjs", phone[:len(phone)-len("/phone/")], http.NotFoundHandler(), "PARLEY_ENTER="+enter)
	t.Logf("%s", said)
	if err != nil {
		t.Errorf("%v; the demo says:\n%s", err, out)
	}
	p.stop()
}
