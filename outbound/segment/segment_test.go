package segment_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"

	"parley/outbound/segment"
)

func ExampleCount() {
	fmt.Printf("%+v\n", segment.Count("Your code is 4711"))
	fmt.Printf("%+v\n", segment.Count("It’s here"))
	// Output:
	// {Segments:1 Encoding:GSM-7 Units:17 Left:143 Offending:0}
	// {Segments:1 Encoding:UCS-2 Units:9 Left:61 Offending:8217}
}

func TestCount(t *testing.T) {
	a, e := strings.Repeat("a", 500), strings.Repeat("ж", 500)
	tests := []struct {
		name, text string
		segments   int
		encoding   segment.Encoding
		left       int
	}{
		{"empty", "", 1, segment.GSM7, 160},
		{"full single", a[:160], 1, segment.GSM7, 0},
		{"two", a[:161], 2, segment.GSM7, 145},
		{"two full", a[:306], 2, segment.GSM7, 0},
		{"three", a[:307], 3, segment.GSM7, 152},
		{"escape pair fits", a[:158] + "€", 1, segment.GSM7, 0},
		{"escape pair pushes over", a[:159] + "€", 2, segment.GSM7, 145},
		{"escape pair not split", a[:152] + "€" + a[:152], 3, segment.GSM7, 152},
		{"escape pair at the end of a part", a[:151] + "€" + a[:153], 2, segment.GSM7, 0},
		{"umlaut is one", strings.Repeat("ü", 160), 1, segment.GSM7, 0},
		{"capital cedilla is GSM", "Ç", 1, segment.GSM7, 159},
		{"small cedilla is not", "ç", 1, segment.UCS2, 69},
		{"backtick is not", "`", 1, segment.UCS2, 69},
		{"tab is not", "a\tb", 1, segment.UCS2, 67},
		{"escape is not", "\x1b", 1, segment.UCS2, 69},
		{"zero is not", "\x00", 1, segment.UCS2, 69},
		{"full UCS-2", e[:140], 1, segment.UCS2, 0},
		{"two UCS-2", e[:142], 2, segment.UCS2, 63},
		{"two full UCS-2", e[:268], 2, segment.UCS2, 0},
		{"emoji is two", "😀", 1, segment.UCS2, 68},
		{"surrogates fill", strings.Repeat("😀", 35), 1, segment.UCS2, 0},
		{"surrogates not split", strings.Repeat("😀", 67), 3, segment.UCS2, 65},
	}
	for _, tt := range tests {
		got := segment.Count(tt.text)
		if got.Segments != tt.segments || got.Encoding != tt.encoding || got.Left != tt.left {
			t.Errorf("%s: %+v, want %d %s left %d", tt.name, got, tt.segments, tt.encoding, tt.left)
		}
		if (got.Offending != 0) != (tt.encoding == segment.UCS2) {
			t.Errorf("%s: offending %q", tt.name, got.Offending)
		}
	}
}

// The alphabet as TS 23.038 prints it, written out a second time.
const (
	basic    = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
	extended = "\f^{}\\[~]|€"
)

// plain counts by building the segments, one list of units each.
func plain(text string) (segments, last int, encoding segment.Encoding) {
	var chars [][]uint16
	encoding, single, part := segment.GSM7, 160, 153
	for _, r := range text {
		if !strings.ContainsRune(basic+extended, r) {
			encoding, single, part = segment.UCS2, 70, 67
		}
	}
	var all []uint16
	for _, r := range text {
		c := utf16.Encode([]rune{r})
		if encoding == segment.GSM7 && strings.ContainsRune(extended, r) {
			c = []uint16{0x1b, uint16(r)}
		}
		chars, all = append(chars, c), append(all, c...)
	}
	if len(all) <= single {
		return 1, len(all), encoding
	}
	parts := [][]uint16{nil}
	for _, c := range chars {
		if len(parts[len(parts)-1])+len(c) > part {
			parts = append(parts, nil)
		}
		parts[len(parts)-1] = append(parts[len(parts)-1], c...)
	}
	return len(parts), len(parts[len(parts)-1]), encoding
}

// FuzzCount compares with the straightforward computation.
func FuzzCount(f *testing.F) {
	for _, s := range []string{"", basic, extended, strings.Repeat("€", 80), strings.Repeat("a€", 100), strings.Repeat("😀", 67), "\xff", "’"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := segment.Count(s)
		n, last, enc := plain(s)
		capacity := map[segment.Encoding][2]int{segment.GSM7: {160, 153}, segment.UCS2: {70, 67}}[enc]
		left := capacity[min(n-1, 1)] - last
		if got.Segments != n || got.Encoding != enc || got.Left != left {
			t.Errorf("Count(%q) = %+v, want %d %s left %d", s, got, n, enc, left)
		}
	})
}

func TestCountAllocatesNothing(t *testing.T) {
	for _, s := range []string{"Your code is 4711", strings.Repeat("€", 200), "Привет"} {
		if n := testing.AllocsPerRun(100, func() { segment.Count(s) }); n != 0 {
			t.Errorf("%q: %v allocations", s[:10], n)
		}
	}
}

func BenchmarkCount(b *testing.B) {
	for name, s := range map[string]string{"ascii": strings.Repeat("Your code is ", 8), "gsm7-300": strings.Repeat("Grüße für ", 30), "ucs2-100": strings.Repeat("Привет ты", 11)} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				segment.Count(s)
			}
		})
	}
}
