package flows

import "reflect"

// schemaFor describes a Go type of the grammar; most bounds lists. What it refers to
// comes to stand among defs.
func schemaFor(t reflect.Type, most int, defs map[string]any) map[string]any {
	zero := reflect.Zero(t).Interface()
	if zero != nil && t.Comparable() {
		if name, ok := defined[zero]; ok {
			return ref(name)
		}
		if values, ok := options[zero]; ok {
			return map[string]any{"enum": values}
		}
	}
	if own, ok := zero.(interface {
		schema(map[string]any) map[string]any
	}); ok {
		return own.schema(defs)
	}
	switch t.Kind() {
	case reflect.String:
		return map[string]any{"type": "string"}
	case reflect.Float64:
		return map[string]any{"type": "number"}
	case reflect.Int:
		return map[string]any{"type": "integer"}
	case reflect.Bool:
		return map[string]any{"type": "boolean", "default": false}
	case reflect.Pointer: // what it is when left out depends on other keys
		return map[string]any{"type": "boolean"}
	case reflect.Slice:
		return sliceSchema(t, most, defs)
	case reflect.Map:
		return mapSchema(t, most, defs)
	case reflect.Struct:
		o := readObject(t)
		if _, known := defs[o.name]; !known {
			o.schema(defs)
		}
		return ref(o.name)
	}
	return map[string]any{} // any value
}

// sliceSchema is a list; of a some, one item alone will do.
func sliceSchema(t reflect.Type, most int, defs map[string]any) map[string]any {
	item := schemaFor(t.Elem(), 0, defs)
	list := map[string]any{"type": "array", "items": item, "maxItems": most}
	if t.Name() == "" {
		return list
	}
	return either(item, list)
}

// mapSchema is an object whose keys the author chooses.
func mapSchema(t reflect.Type, most int, defs map[string]any) map[string]any {
	s := map[string]any{"type": "object", "additionalProperties": schemaFor(t.Elem(), most, defs)}
	switch reflect.Zero(t.Key()).Interface().(type) {
	case word:
		s["propertyNames"] = map[string]any{"pattern": wordPattern}
	case identifier:
		s["propertyNames"] = map[string]any{"pattern": identifierPattern}
	}
	return s
}

func ref(name string) map[string]any { return map[string]any{"$ref": "#/$defs/" + name} }

func either(forms ...any) map[string]any { return map[string]any{"anyOf": forms} }
