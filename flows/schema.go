package flows

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// SchemaID names the schema of flow files.
const SchemaID = "https://parley.example/flow.schema.json"

// Schema describes flow files as JSON Schema (2020-12), for editors: keys, types,
// enumerations, what each key means. The parser is stricter; parley flows check
// has the last word.
func Schema() map[string]any {
	defs := sharedDefinitions()
	for name, s := range actionSchemas() {
		if actions[name] != nil {
			defs["action."+name] = s
		}
	}
	defs["action"] = anAction()
	for name, o := range objects() {
		defs[name] = o.schema()
	}
	root := objects()[schemaRoot].schema()
	delete(defs, schemaRoot)
	maps.Copy(root, map[string]any{"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SchemaID,
		"title": "A Parley flow", "$defs": defs})
	return root
}

// schemaRoot is what the parser calls the whole file.
const schemaRoot = "a flow"

// object is one kind of object of the language. The parser's own words for it are
// its name, so that a test can lay both sides beside each other.
type object struct {
	about    string
	required []string
	keys     map[string]any // JSON Schema of each
}

func (o object) schema() map[string]any {
	s := map[string]any{"type": "object", "additionalProperties": false, "properties": o.keys, "description": o.about}
	if len(o.required) > 0 {
		s["required"] = o.required
	}
	return s
}

// anAction is one action of do: an object of exactly one of the kinds.
func anAction() map[string]any {
	properties := map[string]any{}
	for name := range actions {
		properties[name] = ref("action." + name)
	}
	return map[string]any{"type": "object", "description": "One action.", "properties": properties,
		"additionalProperties": false, "minProperties": 1, "maxProperties": 1}
}

// The small words of JSON Schema.

func ref(name string) map[string]any { return map[string]any{"$ref": "#/$defs/" + name} }

func about(s map[string]any, text string) map[string]any {
	out := maps.Clone(s)
	out["description"] = text
	return out
}

func like(s map[string]any, examples ...any) map[string]any {
	out := maps.Clone(s)
	out["examples"] = examples
	return out
}

func text(description string) map[string]any {
	return map[string]any{"type": "string", "description": description}
}

func truth(description string) map[string]any {
	return map[string]any{"type": "boolean", "default": false, "description": description}
}

func numeric(description string) map[string]any {
	return map[string]any{"type": "number", "description": description}
}

func enum(values []string, description string) map[string]any {
	return map[string]any{"enum": values, "description": description}
}

func listOfAll(item map[string]any, most int, description string) map[string]any {
	return map[string]any{"type": "array", "items": item, "maxItems": most, "description": description}
}

// oneOrMore is a list, or one item alone.
func oneOrMore(item map[string]any, most int, description string) map[string]any {
	return map[string]any{"anyOf": []any{item, map[string]any{"type": "array", "items": item, "maxItems": most}}, "description": description}
}

// namesTo is an object whose keys the author chooses.
func namesTo(value map[string]any, description string) map[string]any {
	return map[string]any{"type": "object", "additionalProperties": value, "description": description}
}

// wordPattern is what isWord accepts, identifierPattern what isIdentifier does.
const (
	wordPattern       = "^[A-Za-z_][A-Za-z0-9_.-]{0,59}$"
	identifierPattern = "^[A-Za-z_][A-Za-z0-9_]{0,59}$"
	spanPattern       = `^([0-9]{1,3}d)?([0-9]+(\.[0-9]+)?(ns|us|ms|s|m|h))*$`
)

// sharedDefinitions are the values that many keys have.
func sharedDefinitions() map[string]any {
	languages := map[string]any{"type": "object", "additionalProperties": map[string]any{"type": "string", "minLength": 1},
		"propertyNames": map[string]any{"pattern": "^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$"}}
	return map[string]any{
		"word":  map[string]any{"type": "string", "pattern": wordPattern, "description": "A name: letters, digits, . _ -"},
		"state": map[string]any{"type": "string", "pattern": wordPattern, "description": "The name of a state of this flow."},
		"texts": map[string]any{"anyOf": []any{map[string]any{"type": "string", "minLength": 1, "maxLength": maxTemplate}, languages},
			"description": "A text, or one for each language. {{ expressions }} stand in it.",
			"examples":    []any{"{{ brand }}: your order {{ order }} is on its way.", map[string]any{"en": "Thank you!", "es": "Gracias!"}}},
		"span":       map[string]any{"type": "string", "pattern": spanPattern, "minLength": 1, "description": "A span of time.", "examples": []any{"30m", "24h", "3d"}},
		"expression": map[string]any{"type": "string", "minLength": 1, "description": "An expression, written without {{ }}."},
		"literal":    map[string]any{"type": []string{"string", "number", "boolean"}},
	}
}

var modelinePattern = regexp.MustCompile(`(?m)\A# yaml-language-server: \$schema=.*\n`)

// CutModeline parts a flow file from its first line, when that line names the
// schema for editors.
func CutModeline(source []byte) (modeline string, rest []byte) {
	at := modelinePattern.FindIndex(source)
	if at == nil {
		return "", source
	}
	return string(source[:at[1]]), slices.Clone(source[at[1]:])
}

// Modeline is the line that tells editors where the schema is.
func Modeline(path string) string { return "# yaml-language-server: $schema=" + path + "\n" }

// words splits the parser's own key strings.
func words(keys string) []string { return strings.Fields(keys) }

// SchemaJSON is the schema as it is published.
func SchemaJSON() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(Schema()); err != nil {
		return nil, fmt.Errorf("encoding the schema: %w", err)
	}
	return b.Bytes(), nil
}
