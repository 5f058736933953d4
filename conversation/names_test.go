package conversation

import (
	"reflect"
	"strings"
	"testing"
)

// keptAs are the names under which a struct's fields are kept, those of the structs in it
// that have none of their own among them.
func keptAs(of reflect.Type) (names []string) {
	for i := range of.NumField() {
		f := of.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous && name == "" {
			names = append(names, keptAs(f.Type)...)
		} else {
			names = append(names, name)
		}
	}
	return names
}

// TestNoNameIsKeptTwice: of two fields of one name a conversation would keep one only, and
// would not be read again where they are of two kinds.
func TestNoNameIsKeptTwice(t *testing.T) {
	for _, v := range []any{State{}, Run{}, Start{}, Timer{}, Late{}, Pending{}, Which{}, LiveCode{}, Calling{}, Event{}} {
		seen := map[string]bool{}
		for _, name := range keptAs(reflect.TypeOf(v)) {
			if seen[name] && name != "-" {
				t.Errorf("%T keeps two fields as %q", v, name)
			}
			seen[name] = true
		}
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
