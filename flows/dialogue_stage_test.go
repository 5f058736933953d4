package flows

import (
	"strings"
	"testing"
)

func TestDialogueLinesOfCalls(t *testing.T) {
	for line, want := range map[string]string{
		"call":                 "x.chat:2:1: call \"\": write an HTTP status",
		"call soon":            "x.chat:2:1: call \"soon\": write an HTTP status",
		"call 99":              "x.chat:2:1: call \"99\"",
		"call failed {}":       "x.chat:2:1: call failed with more behind it",
		"call 200 [1]":         "x.chat:2:10: the data is not readable as JSON",
		"@ contact":            "x.chat:2:1: @ contact without data",
		"@ contact {":          "x.chat:2:11: the data is not readable as JSON",
		"@ one-way please":     "x.chat:2:1: @ one-way with more behind it",
		"@ oneway":             "did you mean one-way?",
		"call 200 {\"a\": 1}":  "",
		"call 404":             "",
		"call failed":          "",
		"@ contact {\"a\": 1}": "",
		"  @ one-way":          "",
	} {
		_, err := ParseDialogues("x.chat", []byte("start\n"+line+"\n"))
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", line, err, want)
		}
	}
}
