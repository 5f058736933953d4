package flows

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
)

// SchemaID names the schema of flow files.
const SchemaID = "https://parley.example/flow.schema.json"

// Schema describes flow files as JSON Schema (2020-12), for editors: keys, types,
// enumerations, what each key means. It is made of the Go types of the language
// (grammar.go). The parser is stricter; parley flows check has the last word.
func Schema() map[string]any {
	defs := map[string]any{}
	root := objectOf[flowFile]().schema(defs)
	delete(defs, objectOf[flowFile]().name)
	maps.Copy(defs, sharedDefinitions())
	maps.Copy(root, map[string]any{"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SchemaID,
		"title": "A Parley flow", "$defs": defs})
	return root
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
		"set": map[string]any{"type": "object", "propertyNames": map[string]any{"pattern": identifierPattern},
			"description": "Gives variables values; null takes one away.", "examples": []any{map[string]any{"order": "{{ event.data.order }}"}}},
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
