package segment_test

import (
	"encoding/json"
	"flag"
	"os"
	"strings"
	"testing"

	"parley/outbound/segment"
)

var update = flag.Bool("update", false, "write testdata/vectors.json anew")

// vector is one text with what Count says of it. The console's page counts by the same
// file (agentui/web/test).
type vector struct {
	Text      string `json:"text"`
	Segments  int    `json:"segments"`
	Encoding  string `json:"encoding"`
	Units     int    `json:"units"`
	Left      int    `json:"left"`
	Offending string `json:"offending"` // "": none
}

// vectorTexts are on both sides of every edge.
func vectorTexts() []string {
	a, e, c := strings.Repeat("a", 500), strings.Repeat("€", 300), strings.Repeat("ж", 300)
	texts := []string{"", "hello", basic, extended, basic + extended, "It’s here", "ç", "Ç", "`", "a\tb", "\x1b", "line\nline", "😀", "e\u0301", "👩‍👩‍👧", "مرحبا", "\u00a0"}
	for _, n := range []int{159, 160, 161, 305, 306, 307, 459, 460} {
		texts = append(texts, a[:n], a[:n-1]+"€", a[:n]+"😀")
	}
	for _, n := range []int{76, 77, 80, 81, 152, 153, 154} {
		texts = append(texts, strings.Repeat("€", n), "a"+e[:3*n])
	}
	for _, n := range []int{69, 70, 71, 133, 134, 135, 201, 202} {
		texts = append(texts, c[:2*n], c[:2*n-2]+"😀", "a"+strings.Repeat("😀", n/2))
	}
	return texts
}

// TestVectors holds the file to Count, and Count to the straightforward computation.
func TestVectors(t *testing.T) {
	var all []vector
	for _, text := range vectorTexts() {
		info := segment.Count(text)
		v := vector{Text: text, Segments: info.Segments, Encoding: string(info.Encoding), Units: info.Units, Left: info.Left}
		if info.Offending != 0 {
			v.Offending = string(info.Offending)
		}
		if n, _, enc := plain(text); n != info.Segments || enc != info.Encoding {
			t.Errorf("%.20q: %+v, want %d %s", text, info, n, enc)
		}
		all = append(all, v)
	}
	want, err := json.MarshalIndent(all, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	const file = "testdata/vectors.json"
	if *update {
		if err := os.WriteFile(file, append(want, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if stands, err := os.ReadFile(file); err != nil || string(stands) != string(want)+"\n" {
		t.Errorf("%s is stale (%v): go test ./outbound/segment -run Vectors -update", file, err)
	}
}
