package flows

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// ReadInput reads an input's value from text, as a table's cell has it, by the type
// that the flow declares: numbers and true or false become such, a list is JSON or
// its items with | between, all else stays text. A name that is no input stays text.
// problem says what is wrong; CheckInput looks at bounds and the rest.
func (f *Flow) ReadInput(name, text string) (value any, problem string) {
	v := f.input(name)
	text = strings.TrimSpace(text)
	if v == nil {
		return text, ""
	}
	return v.read(text)
}

// read makes a value of the variable's type of a text.
func (v *variable) read(text string) (value any, problem string) {
	wrong := fmt.Sprintf("%s must be %s, not %s.", v.name, kindWords[v.kind], quote(text))
	switch v.kind {
	case kindInteger:
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return nil, wrong
		}
		return int(n), ""
	case kindNumber:
		n, err := strconv.ParseFloat(text, 64)
		if _, ok := float(n); err != nil || !ok {
			return nil, wrong
		}
		return n, ""
	case kindBoolean:
		word := strings.ToLower(text)
		switch {
		case slices.Contains([]string{"true", "yes", "1"}, word):
			return true, ""
		case slices.Contains([]string{"false", "no", "0"}, word):
			return false, ""
		}
		return nil, wrong
	case kindList:
		return itemsOf(text, wrong)
	}
	return text, ""
}

func itemsOf(text, wrong string) (any, string) {
	if !strings.HasPrefix(text, "[") {
		list := []any{}
		for item := range strings.SplitSeq(text, "|") {
			list = append(list, strings.TrimSpace(item))
		}
		return list, ""
	}
	var list []any
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		return nil, wrong
	}
	return list, ""
}
