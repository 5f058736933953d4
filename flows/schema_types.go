package flows

import (
	"encoding/json"
	"maps"
	"reflect"
	"strconv"
	"strings"
	"sync"
)

// grammarObject is an object of the language, read off its Go type.
type grammarObject struct {
	name, about string
	fields      []grammarField
}

type grammarField struct {
	key      string
	required bool
	typ      reflect.Type
	tag      reflect.StructTag
}

// objectOf reads the struct T of grammar.go.
func objectOf[T any]() grammarObject { return readObject(reflect.TypeFor[T]()) }

func readObject(t reflect.Type) grammarObject {
	var o grammarObject
	for _, f := range reflect.VisibleFields(t) {
		if f.Name == "_" {
			o.name, o.about = f.Tag.Get("name"), f.Tag.Get("about")
			continue
		}
		key, required, _ := strings.Cut(f.Tag.Get("key"), ",")
		o.fields = append(o.fields, grammarField{key, required == "required", f.Type, f.Tag})
	}
	return o
}

// keysOf lists the keys of the struct T.
func keysOf[T any]() []string {
	t := reflect.TypeFor[T]()
	if keys, ok := keysRead.Load(t); ok {
		return keys.([]string)
	}
	var keys []string
	for _, f := range readObject(t).fields {
		keys = append(keys, f.key)
	}
	keysRead.Store(t, keys)
	return keys
}

// keysRead keeps the keys of types, because a parser asks for them at every object.
var keysRead sync.Map

// schema describes the object, and what it refers to among defs.
func (o grammarObject) schema(defs map[string]any) map[string]any {
	properties, required := map[string]any{}, []string(nil)
	defs[o.name] = nil // being described: a circle ends here
	for _, f := range o.fields {
		properties[f.key] = f.schema(defs)
		if f.required {
			required = append(required, f.key)
		}
	}
	s := map[string]any{"type": "object", "additionalProperties": false, "properties": properties, "description": o.about}
	if required != nil {
		s["required"] = required
	}
	if o.name == "action" {
		s["minProperties"], s["maxProperties"] = 1, 1
	}
	defs[o.name] = s
	return s
}

// schema describes the field's value, as its tags bound it.
func (f grammarField) schema(defs map[string]any) map[string]any {
	most := mostOf[f.tag.Get("most")]
	s := maps.Clone(schemaFor(f.typ, most, defs))
	if about := f.tag.Get("about"); about != "" {
		s["description"] = about
	}
	if like := f.tag.Get("like"); like != "" {
		s["examples"] = []any{likeness(like)}
	}
	least, _ := strconv.Atoi(f.tag.Get("least"))
	switch f.typ.Kind() {
	case reflect.Int:
		s["minimum"], s["maximum"] = least, most
		s["default"], _ = strconv.Atoi(f.tag.Get("default"))
	case reflect.Map:
		if most > 0 && s["additionalProperties"] != nil && s["propertyNames"] != nil {
			s["maxProperties"] = most
		}
		if least > 0 {
			s["minProperties"] = least
		}
	}
	return s
}

// likeness reads an example: JSON, or a plain text.
func likeness(like string) any {
	var v any
	if json.Unmarshal([]byte(like), &v) != nil {
		return like
	}
	return v
}
