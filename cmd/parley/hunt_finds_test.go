package main

import "testing"

// TestTheHuntFinds: a code is found in whatever form it is written down, and not where
// its digits are a part of something else.
func TestTheHuntFinds(t *testing.T) {
	for text, want := range map[string]bool{
		"719035": true, "it is 719035.": true, "719 035": true, "719-035": true, "code=719035&": true, `"719035"`: true,
		`{"text":"my code is\n719035\nok"}`: true, `\t719035\r\n`: true, `\u003c719035\u003e`: true, `\u000a719035`: true, `\u0037\u0031\u0039035`: true,
		`{"body":"{\"text\":\"is\\n719035\"}"}`: true, `"\\\\n719035"`: true, `"\x0a719035"`: true, `\"719035\"`: true, `\/719035`: true,
		"Body=Acme%3A+719035+is": true, "Body=Acme%3A%20719035%20is": true, "%3D719035": true, "%3d719035": true, "Body=719+035": true, "Body=719%2D035": true, "+719035": true, "%2B719035": true,
		"%25%20719035": true, "%2520719035": true, "%37%31%39%30%33%35": true, "719%20035": true, `719\u0020035`: true, `719\u002d035`: true,
		"71903": false, "7190351": false, "+12719035": false, "+17190350001": false, "%2B17190350001": false, "1719035": false, "a719035": false, "719035z": false, "719.035": false,
		"100%719035x": false, `\q719035`: false,
	} {
		h := &hunt{t: t, needles: map[string]string{}, kept: map[string][]string{}}
		h.code("a code", "719035")
		if h.in("a text", text); (len(h.result()) == 1) != want {
			t.Errorf("%s: found %v, want %v", text, h.result(), want)
		}
	}
	for text, want := range map[string]bool{
		`{"key":"whsec_ab\/cd+ef=="}`: true, "key=whsec_ab%2Fcd%2Bef%3D%3D": true, `{"key":"whsec_ab/cd\u002bef=="}`: true, "whsec_ab/cd": false,
	} {
		h := &hunt{t: t, needles: map[string]string{}, kept: map[string][]string{}}
		h.secret("a secret", "whsec_ab/cd+ef==")
		if h.in("a text", text); (len(h.result()) == 1) != want {
			t.Errorf("%s: found %v, want %v", text, h.result(), want)
		}
	}
}
