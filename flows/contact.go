package flows

import (
	"maps"
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"
)

// contact notes what an expression reads of the contact, when the node is that.
func (w *walker) contact(n ast.Node) bool {
	path := pathOf(n)
	if len(path) == 0 || path[0] != "contact" {
		return false
	}
	seen := strings.Join(path[1:min(len(path), 3)], ".")
	if len(path) == 1 {
		seen = "contact"
	}
	w.sees = append(w.sees, seen)
	w.name("contact", true) // it is always there
	return true
}

func (f *Flow) see(paths []string) {
	for _, path := range paths {
		if !slices.Contains(f.sees, path) {
			f.sees = append(f.sees, path)
		}
	}
}

// SeenOf is the contact with only what the flow's expressions read of it; false:
// they read nothing that it has. It is what a record of an event has to keep.
func (f *Flow) SeenOf(c Contact) (Contact, bool) {
	var out Contact
	all := slices.Contains(f.sees, "contact")
	sees := func(name string) bool { return all || slices.Contains(f.sees, name) }
	if sees("name") {
		out.Name = c.Name
	}
	if sees("timezone") {
		out.Timezone = c.Timezone
	}
	if sees("language") {
		out.Language = c.Language
	}
	if sees("tags") || f.tags {
		out.Tags = c.Tags
	}
	for name, value := range c.Fields {
		if sees("fields") || sees("fields."+name) {
			if out.Fields == nil {
				out.Fields = map[string]any{}
			}
			out.Fields[name] = value
		}
	}
	return out, out.Name != "" || out.Timezone != "" || out.Language != "" || len(out.Tags) > 0 || len(out.Fields) > 0
}

// With lays what is known elsewhere of the same contact over it.
func (c Contact) With(more Contact) Contact {
	if more.Name != "" {
		c.Name = more.Name
	}
	if more.Timezone != "" {
		c.Timezone = more.Timezone
	}
	if more.Language != "" {
		c.Language = more.Language
	}
	if len(more.Tags) > 0 {
		c.Tags = more.Tags
	}
	if len(more.Fields) > 0 {
		fields := map[string]any{}
		maps.Copy(fields, c.Fields)
		maps.Copy(fields, more.Fields)
		c.Fields = fields
	}
	return c
}
