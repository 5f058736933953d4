package flows

import "reflect"

// The values that keys have, as types of their own where a plain one says too little.
type (
	word       string // a name
	identifier string // a name that can stand in an expression
	stateName  string // of a state of this flow
	textIn     string // a text, or one for each language
	span       string // of time
	formula    string // an expression without braces
	literal    string // a text, a number, true or false

	intentName  string
	class       string
	overlapping string
	lateness    string
	method      string
	purpose     string
	lockScope   string
	inputType   string
	captureType string

	hoursOrOff    string // of quiet
	hours         string // a pair of them
	matchWord     string
	inputOrType   struct{} // an input's type, or inputKeys
	captureOrType struct{}
	resultOrType  struct{}
	tagsOrKeys    struct{}
	flowOrKeys    struct{}
	setKeys       string // values of variables

	some[T any] []T // a list, or one alone
	object      struct{}
)

// defined are the values that the schema describes once, by their names there.
var defined = map[any]string{word(""): "word", stateName(""): "state", textIn(""): "texts", span(""): "span",
	formula(""): "expression", literal(""): "literal", setKeys(""): "set"}

// options are the values of those that are one of a few.
var options = map[any][]string{
	class(""):       classNames,
	overlapping(""): overlapNames,
	lateness(""):    lateNames,
	method(""):      methodNames,
	purpose(""):     purposeNames,
	lockScope(""):   scopeNames,
	inputType(""):   inputKinds,
	captureType(""): captureKinds,
}

// The names that keys choose from, the default first. The default of late is another
// one for alerts, and a purpose has none.
var (
	classNames   = []string{string(Notice), string(Code), string(Alert), string(Bulk)}
	overlapNames = []string{"queue", "replace", "parallel"}
	lateNames    = []string{"read", "agent", "ignore"}
	methodNames  = []string{"GET", "POST", "PUT", "PATCH", "DELETE"}
	purposeNames = []string{"login", "password_reset", "payment", "account_unlock", "number_change", "custom"}
	scopeNames   = []string{"purchases", "transfers", "all"}
)

// mostOf are the greatest numbers of items that fields name in their tag most.
var mostOf = map[string]int{"languages": maxLanguages, "inputs": maxInputs, "states": maxStates, "keywords": maxKeywords, "attached": maxAttached,
	"actions": maxActions, "replies": maxReplies, "steps": maxSilence, "tries": maxTries, "examples": maxExamples, "values": maxValues, "tags": maxTags}

// The values that no plain type describes.

func (intentName) schema(map[string]any) map[string]any {
	return map[string]any{"type": "string", "examples": intentNames}
}

func (identifier) schema(map[string]any) map[string]any {
	return map[string]any{"type": "string", "pattern": identifierPattern}
}

func (hoursOrOff) schema(map[string]any) map[string]any {
	return map[string]any{"type": []string{"string", "boolean"}, "examples": []any{"21:00-08:00", "off"}}
}

func (hours) schema(map[string]any) map[string]any {
	return map[string]any{"type": "array", "minItems": 2, "maxItems": 2, "items": map[string]any{"type": "string"}, "examples": []any{[]string{"09:00", "20:00"}}}
}

func (matchWord) schema(map[string]any) map[string]any {
	return map[string]any{"type": []string{"string", "integer"}}
}

func (inputOrType) schema(defs map[string]any) map[string]any {
	return either(schemaFor(reflect.TypeFor[inputType](), 0, defs), schemaFor(reflect.TypeFor[inputKeys](), 0, defs))
}

func (captureOrType) schema(defs map[string]any) map[string]any {
	return either(schemaFor(reflect.TypeFor[captureType](), 0, defs), schemaFor(reflect.TypeFor[captureKeys](), 0, defs))
}

func (resultOrType) schema(defs map[string]any) map[string]any {
	return either(schemaFor(reflect.TypeFor[inputType](), 0, defs), schemaFor(reflect.TypeFor[resultKeys](), 0, defs))
}

func (tagsOrKeys) schema(defs map[string]any) map[string]any {
	return either(schemaFor(reflect.TypeFor[string](), 0, defs), schemaFor(reflect.TypeFor[[]string](), mostOf["tags"], defs),
		schemaFor(reflect.TypeFor[tagKeys](), 0, defs))
}

func (flowOrKeys) schema(defs map[string]any) map[string]any {
	return either(schemaFor(reflect.TypeFor[word](), 0, defs), schemaFor(reflect.TypeFor[startKeys](), 0, defs))
}
