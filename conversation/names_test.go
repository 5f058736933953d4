package conversation

import (
	"reflect"
	"strings"
	"testing"
)

// TestEveryFieldHasItsOwnName: of two fields of one name, one of them embedded, JSON keeps
// the outer one and drops the other, without a word.
func TestEveryFieldHasItsOwnName(t *testing.T) {
	seen := map[reflect.Type]bool{}
	var look func(of reflect.Type, names map[string]string)
	look = func(of reflect.Type, names map[string]string) {
		for of.Kind() == reflect.Pointer || of.Kind() == reflect.Slice || of.Kind() == reflect.Map {
			of = of.Elem()
		}
		if of.Kind() != reflect.Struct || names == nil && seen[of] {
			return
		}
		if names == nil {
			names, seen[of] = map[string]string{}, true
		}
		for i := range of.NumField() {
			f := of.Field(i)
			if f.Anonymous && f.Tag.Get("json") == "" {
				look(f.Type, names)
				continue
			}
			if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" && name != "-" {
				if other, taken := names[name]; taken {
					t.Errorf("%s: %s and %s are both %q", of, other, f.Name, name)
				}
				names[name] = f.Name
			}
			look(f.Type, nil)
		}
	}
	look(reflect.TypeFor[State](), nil)
	look(reflect.TypeFor[Event](), nil)
	look(reflect.TypeFor[Record](), nil)
	if len(seen) < 15 {
		t.Errorf("only %d types were looked at", len(seen))
	}
}

// TestRunsOfBeforeAreRead: what an earlier version kept of a run is what this one reads.
func TestRunsOfBeforeAreRead(t *testing.T) {
	var s State
	err := s.Decode(`{"r":[{"id":"cv.1","bg":1,"ai":2,"tx":3}]}`)
	if err != nil || len(s.Runs) != 1 || s.Runs[0].Texts != 3 || s.Runs[0].Texted {
		t.Errorf("%+v, %v", s, err)
	}
}
