package phone_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/nyaruka/phonenumbers"

	"parley/conversation/phone"
)

func Example() {
	n, err := phone.Parse("(202) 555-0123", "US")
	fmt.Println(n, err, phone.Region(n), phone.KindOf(n), phone.Mask(n))
	// Output: +12025550123 <nil> US mobile +1•••••0123
}

func TestParse(t *testing.T) {
	tests := []struct{ in, region, want string }{
		{"+12025550123", "", "+12025550123"},
		{"+1 202-555-0123", "", "+12025550123"},
		{"2025550123", "US", "+12025550123"},
		{"12025550123", phone.International, "+12025550123"},
		{"0012025550123", phone.International, "+12025550123"},
		{"+12025550123", phone.International, "+12025550123"},
		{"+44 (0)7700 900123", "", "+447700900123"},
		{"07700 900123", "GB", "+447700900123"},
		{"447700900123", phone.International, "+447700900123"},
		{"+390612345678", "", "+390612345678"}, // Italy keeps its zero
		{"2025550123", "", ""},
		{"+1202555012", "", ""},
		{"+120255501234", "", ""},
		{"12345", "US", ""},
		{"+12025550123 ext. 5", "", ""},
		{"", "US", ""}, {"+", "", ""}, {"ACME", "US", ""}, {"Call 2025550123 now", "", ""},
		{strings.Repeat("1", 300), "US", ""},
	}
	for _, tt := range tests {
		got, err := phone.Parse(tt.in, tt.region)
		if got != tt.want || (err != nil) != (tt.want == "") {
			t.Errorf("Parse(%q, %q) = %q, %v; want %q", tt.in, tt.region, got, err, tt.want)
		}
	}
}

func TestParseLine(t *testing.T) {
	for in, want := range map[string]string{"12345": "12345", "911": "911", "12": "", "2025550123": "+12025550123"} {
		if got, _ := phone.ParseLine(in, "US"); got != want {
			t.Errorf("ParseLine(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestRegionAndKind(t *testing.T) {
	tests := []struct {
		in, region string
		kind       phone.Kind
	}{
		{"+12025550123", "US", phone.Mobile},
		{"+18005550123", "US", phone.TollFree},
		{"+19005550123", "US", phone.Premium},
		{"+14165550123", "CA", phone.Mobile},
		{"+17875550123", "PR", phone.Mobile},
		{"+447400123456", "GB", phone.Mobile},
		{"+442079460958", "GB", phone.Landline},
		{"+493012345678", "DE", phone.Landline},
		{"+77010000000", "KZ", phone.Mobile},
		{"+447012345678", "GB", phone.Personal},
		{"+881612345678", "", phone.Satellite},
		{"+870773111632", "", phone.Satellite},
		{"+882161234567", "", phone.Satellite},
		{"+883510012345", "", phone.Satellite},
		{"+979123456789", "", phone.Satellite},
		{"+445612345678", "GB", phone.VoIP},
		{"nonsense", "", phone.Unknown},
		{"+999123456", "", phone.Unknown},
	}
	for _, tt := range tests {
		if r, k := phone.Region(tt.in), phone.KindOf(tt.in); r != tt.region || k != tt.kind {
			t.Errorf("%s: %q %q, want %q %q", tt.in, r, k, tt.region, tt.kind)
		}
	}
}

func TestMask(t *testing.T) {
	for in, want := range map[string]string{
		"+12025550123": "+1•••••0123", "+447700900123": "+4•••••0123", "12345": "•••••5", "": "", "12": "•••••", "ACME": "•••••E", "+1234": "•••••4",
	} {
		if got := phone.Mask(in); got != want {
			t.Errorf("Mask(%q) = %q, want %q", in, got, want)
		}
	}
}

// FuzzParse checks that what Parse returns is stable: its E.164 form parses to
// itself, also by the shortcut for North American numbers.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"+12025550123", "2025550123", "+44 (0)7700 900123", "+390612345678", "٠١٢٣", "+1 900 555 0000"} {
		f.Add(s, "US")
		f.Add(s, phone.International)
	}
	f.Fuzz(func(t *testing.T, s, region string) {
		n, err := phone.Parse(s, region)
		if err != nil {
			return
		}
		again, err := phone.Parse(" "+n, "") // the space keeps it off the shortcut
		if err != nil || again != n {
			t.Errorf("Parse(%q, %q) = %q, which parses to %q, %v", s, region, n, again, err)
		}
	})
}

func BenchmarkParse(b *testing.B) {
	for _, s := range []string{"+12025550123", "+447700900123"} {
		b.Run(s, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := phone.Parse(s, ""); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// TestRegionIsThatOfTheWholeParse holds the short way against the library's, for numbers of
// every kind in every region, with other digits in their last places too.
func TestRegionIsThatOfTheWholeParse(t *testing.T) {
	n := 0
	for region := range phonenumbers.GetSupportedRegions() {
		for kind := phonenumbers.FIXED_LINE; kind <= phonenumbers.VOICEMAIL; kind++ {
			example := phonenumbers.GetExampleNumberForType(region, kind)
			if example == nil {
				continue
			}
			e164 := phonenumbers.Format(example, phonenumbers.E164)
			for place := len(e164) - 7; place < len(e164); place += 3 {
				for digit := '0'; digit <= '9'; digit += 3 {
					number := e164[:max(3, place)] + string(digit) + e164[max(3, place)+1:]
					if again, err := phone.Parse(number, ""); err != nil || again != number {
						continue
					}
					n++
					parsed, _ := phonenumbers.Parse(number, "")
					want := phonenumbers.GetRegionCodeForNumber(parsed)
					if want == "" && parsed.GetCountryCode() != 1 {
						want = phonenumbers.GetRegionCodeForCountryCode(int(parsed.GetCountryCode()))
					}
					if got := phone.Region(number); got != want {
						t.Errorf("%s: %q, want %q", number, got, want)
					}
				}
			}
		}
	}
	if n < 2000 {
		t.Errorf("%d numbers", n)
	}
}

func BenchmarkRegion(b *testing.B) {
	for _, number := range []string{"+12025550123", "+31612345678"} {
		b.Run(number, func(b *testing.B) {
			for b.Loop() {
				phone.Region(number)
			}
		})
	}
}
