package phone

import "testing"

func TestReservedNumbers(t *testing.T) {
	for number, want := range map[string]bool{
		"+12025550100": true, "+12025550199": true, "+15005550006": true, "+447700900461": true, "+33639981234": true, "+493023125000": true,
		"+12025550200": false, "+18005550100": false, "+18885550123": false, "+19005550100": false, "+18015550100": true, "+12025551100": false, "+12025560100": false, "+447700901000": false, "+33639991234": false, "+33612345678": false,
		"+493023126000": false, "+112025550100": false, "+120255501000": false, "12025550100": false, "": false,
	} {
		if Reserved(number) != want {
			t.Errorf("%s: %v", number, !want)
		}
		if _, err := Parse(number, "US"); want && err != nil {
			t.Errorf("%s cannot be texted: %v", number, err)
		}
	}
}
