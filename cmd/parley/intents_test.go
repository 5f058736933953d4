package main

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestIntentsTest(t *testing.T) {
	delivery := filepath.Join(root, "conversation", "classify", "testdata", "delivery.tsv")
	parcel := filepath.Join(root, "conversation", "classify", "testdata", "parcel_words.yaml")
	code, out, errs := invoke(t, "", "intents", "test", delivery, "--flow", parcel)
	if code != 0 {
		t.Fatal(errs)
	}
	says(t, out, "56 texts, 10 intents", "wrong                 0.000 (0/37)", "wrong polarity        0.000 (0/12)", "out-of-scope recall   1.000 (19/19)", "lexicon 15", "damaged", "read as -")

	const mixed = "yes\tno\nyeah\tyes\nnope\tyes\nit arrived broken\twrong_item\nit arrived broken\tsomething\r\n\nhello\tother\n"
	code, out, errs = invoke(t, mixed, "intents", "test", "-", "--flow", parcel, "--state", "ask", "--worst", "3")
	if code != 0 {
		t.Fatal(errs)
	}
	says(t, out, "6 texts, 4 intents", "accuracy              0.250 (1/4)", "wrong                 0.750 (3/4)", "wrong polarity        0.667 (2/3)", "out-of-scope recall   0.500 (1/2)",
		"no                           read as yes", "-                            read as damaged", "1.00  yes read as no by lexicon: nope")
	if strings.Count(out[strings.Index(out, "worst"):], "\n") != 4 {
		t.Errorf("more than three mistakes:\n%s", out)
	}

	shop := filepath.Join(root, "docs", "examples", "shop", "flows", "intents.yaml")
	code, out, errs = invoke(t, "any news of my parcel\twhere_is_my_order\norder status\twhere_is_my_order\ntell me a joke\t-\n", "intents", "test", "-", "--intents", shop)
	if code != 0 {
		t.Fatal(errs)
	}
	says(t, out, "3 texts, 9 intents", "accuracy              1.000 (2/2)", "words 1, lexicon 0, beginnings 0, examples 1", "wrong polarity             -")
}

// What a state may not guess is not counted as if it might.
func TestIntentsTestOfAnAlert(t *testing.T) {
	code, out, errs := invoke(t, "it was me, i promise\tyes\nno\tno\n", "intents", "test", "-", "--flow", "fraud_alert")
	if code != 0 {
		t.Fatal(errs)
	}
	says(t, out, "unsure                0.500 (1/2)", "examples 0")
}

func TestIntentsTestSaysWhatIsWrong(t *testing.T) {
	bad := write(t, t.TempDir(), "intents.yaml", "a b: {}\n")
	for _, c := range []struct {
		in, want string
		args     []string
	}{
		{"x\ty\n", "missing flags", nil},
		{"x\ty\n", "can't be used together", []string{"--flow", "booking", "--intents", bad}},
		{"x\ty\n", "there is no flow", []string{"--flow", "nothing"}},
		{"x\ty\n", "has no state", []string{"--flow", "booking", "--state", "nowhere"}},
		{"x\ty\n", "listens for no intent", []string{"--flow", "delivery_feedback", "--state", "thanks"}},
		{"x\ty\n", "is no name for an intent", []string{"--intents", bad}},
		{"x\ty\n", "is a state of a flow", []string{"--intents", bad, "--state", "ask"}},
		{"x\ty\nz\n", "-:2: no tab", []string{"--flow", "booking"}},
		{"\n", "has no texts", []string{"--flow", "booking"}},
	} {
		code, _, errs := invoke(t, c.in, append([]string{"intents", "test", "-"}, c.args...)...)
		if code == 0 || !strings.Contains(errs, c.want) {
			t.Errorf("%v: %d %s, want %q", c.args, code, errs, c.want)
		}
	}
}
