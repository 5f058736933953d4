package flows

import (
	"maps"
	"math"
	"regexp/syntax"
	"strings"
	"time"
	"unicode/utf8"
)

// Samples makes up values for the flow's inputs that the given data lacks, by type
// and limits, so that a flow can be tried and looked at. Names of the made-up ones
// are in made, in the order of the inputs.
func (f *Flow) Samples(now time.Time, given map[string]any) (data map[string]any, made []string) {
	data = make(map[string]any, len(f.inputs))
	maps.Copy(data, given)
	for _, v := range f.inputs {
		if data[v.name] != nil || v.def != nil {
			continue
		}
		data[v.name] = v.sample(now)
		made = append(made, v.name)
	}
	return data, made
}

// sampleDays is how far ahead made-up moments lie.
const sampleDays = 3

// sample is a value that the variable takes.
func (v *variable) sample(now time.Time) any {
	if len(v.values) > 0 {
		return v.values[0]
	}
	day := now.AddDate(0, 0, sampleDays)
	switch v.kind {
	case kindInteger, kindNumber:
		return v.sampleNumber(2)
	case kindBoolean:
		return true
	case kindDate:
		return day.Format(time.DateOnly)
	case kindTime:
		return "15:30"
	case kindDatetime:
		return time.Date(day.Year(), day.Month(), day.Day(), 15, 30, 0, 0, day.Location()).Format(time.RFC3339)
	case kindMoney:
		return moneyValue(v.sampleNumber(49.9), "USD")
	case kindList:
		return []any{"first", "second", "third"}
	case kindMedia:
		return []any{map[string]any{"url": "photo.jpg", "type": "image/jpeg"}}
	case kindAny:
		return nil
	}
	return v.sampleText()
}

// sampleNumber is the wanted number, or the nearest within the limits.
func (v *variable) sampleNumber(wanted float64) float64 {
	if v.min != nil {
		wanted = max(wanted, *v.min)
	}
	if v.max != nil {
		wanted = min(wanted, *v.max)
	}
	if v.kind == kindInteger {
		return math.Ceil(wanted)
	}
	return wanted
}

// sampleTexts are what variables of common names hold.
var sampleTexts = map[string]string{
	"name": "Ann", "first_name": "Ann", "customer": "Ann", "order": "A-1001", "booking": "B-1001", "email": "ann@example.com",
	"merchant": "Corner Shop", "product": "Garden chair", "account": "1001", "phone": "+12025550123", "url": "https://example.com/a",
}

// sampleText is a text of the variable's form, else one that says what it stands for.
func (v *variable) sampleText() string {
	text, ok := sampleTexts[v.name]
	switch {
	case v.kind == kindEmail:
		text = sampleTexts["email"]
	case !ok:
		text = strings.ReplaceAll(v.name, "_", " ")
	}
	if v.pattern != nil && !v.pattern.MatchString(text) {
		if re, err := syntax.Parse(v.pattern.String(), syntax.Perl); err == nil {
			text = exampleOf(re.Simplify())
		}
	}
	if v.max != nil && utf8.RuneCountInString(text) > int(*v.max) {
		text = string([]rune(text)[:int(*v.max)])
	}
	for v.min != nil && utf8.RuneCountInString(text) < int(*v.min) {
		text += "x"
	}
	return text
}

// exampleOf is a text that the expression matches: its first ways, as few times as
// it takes.
func exampleOf(re *syntax.Regexp) string {
	switch re.Op {
	case syntax.OpLiteral:
		return string(re.Rune)
	case syntax.OpCharClass:
		return string(firstOf(re.Rune))
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return "x"
	case syntax.OpCapture, syntax.OpPlus, syntax.OpAlternate:
		return exampleOf(re.Sub[0])
	case syntax.OpConcat:
		var b strings.Builder
		for _, sub := range re.Sub {
			b.WriteString(exampleOf(sub))
		}
		return b.String()
	}
	return "" // what need not be there, and what matches no character
}

// firstOf is a character of the class that people can read: a letter or digit if
// there is one.
func firstOf(class []rune) rune {
	for _, good := range []rune{'1', 'A', 'a'} {
		for i := 0; i+1 < len(class); i += 2 {
			if class[i] <= good && good <= class[i+1] {
				return good
			}
		}
	}
	if len(class) == 0 {
		return 'x'
	}
	return class[0]
}

// sampleNow is the moment of made-up values that stand for real ones.
var sampleNow = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
