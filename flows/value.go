package flows

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Values of variables are what JSON holds, so that a run survives being stored:
// text, whole numbers (int, or float64 once stored), numbers, true and false,
// lists, objects. Dates are "2026-03-05", times "15:30", moments RFC 3339, money
// {"amount": 12.5, "currency": "USD"}.

// CheckInput checks what a business sent against the flow's inputs. vars holds the
// values with defaults applied, unknown keys left out; problems has one sentence
// for each input that is missing or mistyped.
func (f *Flow) CheckInput(data map[string]any) (vars map[string]any, problems []string) {
	vars = make(map[string]any, len(f.inputs))
	for _, v := range f.inputs {
		value, problem := f.checkInput(v, data[v.name])
		if problem != "" {
			problems = append(problems, problem)
		} else if value != nil {
			vars[v.name] = value
		}
	}
	if sizeOf(vars) > maxVars {
		problems = append(problems, "The data is too long: at most 64 KiB are kept.")
	}
	return vars, problems
}

// WrongInput names the first input that is missing or mistyped, and what is wrong with it; "":
// none is.
func (f *Flow) WrongInput(data map[string]any) (name, problem string) {
	for _, v := range f.inputs {
		if _, problem = f.checkInput(v, data[v.name]); problem != "" {
			return v.name, problem
		}
	}
	return "", ""
}

// checkInput gives an input's value as variables hold it, nil when there is none, or a
// sentence that says what is wrong.
func (f *Flow) checkInput(v *variable, raw any) (value any, problem string) {
	switch {
	case raw != nil:
		if value, problem = v.check(raw); problem != "" {
			return nil, v.name + " " + problem + "."
		}
		return value, ""
	case v.def == nil && v.required:
		return nil, fmt.Sprintf("%s is missing: the flow %s needs %s.", v.name, f.Name, kindWords[v.kind])
	}
	return v.def, ""
}

// input is the input of that name; nil: there is none.
func (f *Flow) input(name string) *variable {
	for _, v := range f.inputs {
		if v.name == name {
			return v
		}
	}
	return nil
}

// kindWords say what is expected, in words for the one who calls the API.
var kindWords = map[kind]string{
	kindString:   "a text",
	kindText:     "a text",
	kindPattern:  "a text",
	kindEmail:    "an email address",
	kindInteger:  "a whole number",
	kindNumber:   "a number",
	kindBoolean:  "true or false",
	kindDate:     `a date such as "2026-03-05"`,
	kindTime:     `a time such as "15:30"`,
	kindDatetime: `a moment such as "2026-03-05T15:30:00Z"`,
	kindMoney:    `money such as {"amount": 12.5, "currency": "USD"} or "12.50 USD"`,
	kindList:     "a list",
	kindMedia:    "media",
}

// check returns the value as variables hold it, or what is wrong with it.
func (v *variable) check(raw any) (value any, problem string) {
	value, ok := v.coerce(raw)
	if !ok {
		return nil, "must be " + kindWords[v.kind]
	}
	switch x := value.(type) {
	case string:
		if !utf8.ValidString(x) || strings.ContainsRune(x, 0) {
			return nil, "must be UTF-8 text"
		}
		if utf8.RuneCountInString(x) > maxText {
			return nil, fmt.Sprintf("must be at most %d characters", maxText)
		}
	case []any:
		if len(x) > maxList {
			return nil, fmt.Sprintf("must be at most %d items", maxList)
		}
	}
	return value, v.within(value)
}

func (v *variable) coerce(raw any) (any, bool) {
	s, isText := raw.(string)
	switch v.kind {
	case kindString, kindText, kindPattern, kindEmail:
		return s, isText
	case kindInteger:
		f, ok := float(raw)
		return int(f), ok && f == math.Trunc(f) && math.Abs(f) <= 1<<53
	case kindNumber:
		f, ok := float(raw)
		return f, ok
	case kindBoolean:
		b, ok := raw.(bool)
		return b, ok
	case kindDate:
		_, err := time.Parse(time.DateOnly, s)
		return s, isText && err == nil
	case kindTime:
		_, err := time.Parse("15:04", s)
		return s, isText && err == nil
	case kindDatetime:
		_, err := time.Parse(time.RFC3339, s)
		return s, isText && err == nil
	case kindMoney:
		return coerceMoney(raw)
	case kindList:
		list, ok := raw.([]any)
		return list, ok
	}
	return raw, true
}

func coerceMoney(raw any) (any, bool) {
	switch x := raw.(type) {
	case string:
		amount, currency, ok := readMoney(x, "en")
		return moneyValue(amount, currency), ok && currency != ""
	case map[string]any:
		amount, ok := float(x["amount"])
		if s, isText := x["amount"].(string); isText {
			f, err := strconv.ParseFloat(s, 64)
			amount, ok = f, err == nil && !math.IsNaN(f) && !math.IsInf(f, 0)
		}
		currency, _ := x["currency"].(string)
		return moneyValue(amount, strings.ToUpper(currency)), ok && isCurrency(strings.ToUpper(currency))
	}
	return nil, false
}

func moneyValue(amount float64, currency string) map[string]any {
	return map[string]any{"amount": amount, "currency": currency}
}

func isCurrency(s string) bool {
	if len(s) != 3 {
		return false
	}
	for _, r := range s {
		if r < 'A' || r > 'Z' {
			return false
		}
	}
	return true
}

// float reads any kind of number that JSON or an expression may hold.
func float(v any) (float64, bool) {
	switch x := v.(type) {
	case int:
		return float64(x), true
	case int64:
		return float64(x), true
	case float64:
		return x, !math.IsNaN(x) && !math.IsInf(x, 0)
	case json.Number:
		f, err := x.Float64()
		return f, err == nil
	}
	return 0, false
}

// plain turns a node of the file into the value it stands for.
func plain(n *node) any {
	switch n.shape {
	case isText:
		return n.text
	case isFlag:
		return n.text == "true"
	case isInt:
		i, _ := strconv.Atoi(n.text)
		return i
	case isFloat:
		f, _ := strconv.ParseFloat(n.text, 64)
		return f
	case isList:
		out := make([]any, 0, len(n.items))
		for _, item := range n.items {
			out = append(out, plain(item))
		}
		return out
	case isObject:
		out := make(map[string]any, len(n.keys))
		for _, e := range n.keys {
			out[e.name] = plain(e.value)
		}
		return out
	}
	return nil
}

// storable turns what an expression made into what variables and data hold.
func storable(v any) (any, bool) {
	switch x := v.(type) {
	case nil, string, bool, int:
		return x, true
	case float64:
		return x, !math.IsNaN(x) && !math.IsInf(x, 0)
	case time.Time:
		return x.Format(time.RFC3339), true
	case time.Duration:
		return x.String(), true
	case int64:
		return int(x), true
	case []string:
		out := make([]any, len(x))
		for i, s := range x {
			out[i] = s
		}
		return out, true
	case []any:
		if !slices.ContainsFunc(x, odd) {
			return x, true
		}
		return nil, false
	case map[string]any:
		for _, item := range x {
			if odd(item) {
				return nil, false
			}
		}
		return x, true
	}
	return nil, false
}

// odd says whether a value inside a list or object cannot stay as it is.
func odd(v any) bool {
	switch v.(type) {
	case time.Time, time.Duration, []string, int64:
		return true
	}
	_, ok := storable(v)
	return !ok
}

// sizeOf is about the length of a value's JSON.
func sizeOf(v any) int {
	switch x := v.(type) {
	case string:
		return len(x) + 2
	case []any:
		n := 2
		for _, item := range x {
			n += sizeOf(item) + 1
		}
		return n
	case map[string]any:
		n := 2
		for k, item := range x {
			n += len(k) + sizeOf(item) + 4
		}
		return n
	}
	return 8
}
