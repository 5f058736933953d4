package classify

import "testing"

// FuzzUnderstand: whatever a service answers, it is one of what was offered, a piece of
// the text, or nothing.
func FuzzUnderstand(f *testing.F) {
	f.Add(good)
	for _, seed := range obedient() {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, content string) {
		a, err := understand(content, asking)
		switch {
		case err != nil && a.Intent+a.Other+a.Value != "":
			t.Errorf("%q failed and gave %+v", content, a)
		case a.Intent != "" && a.Intent != "broken" && a.Intent != "late", a.Other != "" && a.Other != "broken" && a.Other != "late":
			t.Errorf("%q gave %+v", content, a)
		case a.Value != "" && !quotes(asking.Text, a.Value):
			t.Errorf("%q gave the value %q", content, a.Value)
		}
	})
}
