package segment

import "testing"

func TestFold(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "Acme": "Acme", "Café Müller": "Café Müller", "Česká pojišťovna": "Ceska pojistovna", "Łódź Kebab": "Lodz Kebab",
		"Ståle’s Øl – bar": "Ståle's Øl - bar", "Кофейня": "Кофейня", "寿司 Ō": "寿司 O", "Şişli": "Sisli",
	} {
		if got := Fold(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
