package flows

import (
	"encoding/json"
	"go/ast"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// schemaText is the schema as `parley flows schema` prints it.
func schemaText(t *testing.T) []byte {
	t.Helper()
	b, err := SchemaJSON()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func compiledSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(string(schemaText(t))))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource(SchemaID, doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(SchemaID)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// validate holds a flow file against the schema.
func validate(t *testing.T, s *jsonschema.Schema, source []byte) error {
	t.Helper()
	b, err := yaml.YAMLToJSON(source)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(string(b)))
	if err != nil {
		t.Fatal(err)
	}
	return s.Validate(doc)
}

// The published schema is the one that the program prints.
func TestSchemaIsPublished(t *testing.T) {
	published, err := os.ReadFile("../docs/flow.schema.json")
	if err != nil || string(published) != string(schemaText(t)) {
		t.Errorf("docs/flow.schema.json is stale (%v): go run ./cmd/parley flows schema > docs/flow.schema.json", err)
	}
}

func TestSchemaTakesGoodFlows(t *testing.T) {
	s := compiledSchema(t)
	var files []string
	for _, pattern := range []string{"library/*.yaml", "testdata/actions/*.yaml"} {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) == 0 {
			t.Fatal(pattern, err)
		}
		files = append(files, found...)
	}
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := validate(t, s, source); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
	reference, err := os.ReadFile("../docs/flows.md")
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(string(reference), "```yaml flow\n")
	for _, part := range parts[1:] {
		block, _, _ := strings.Cut(part, "```")
		if _, err := Parse("flows.md", []byte(block)); err != nil {
			continue // what the language does not have yet
		}
		if err := validate(t, s, []byte(block)); err != nil {
			t.Errorf("%s\n%v", block, err)
		}
	}
}

func TestSchemaRefusesBadFlows(t *testing.T) {
	s := compiledSchema(t)
	good := "flow: x\nstart: a\nstates:\n  a: {say: hi, end: done}\n"
	if err := validate(t, s, []byte(good)); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{
		strings.Replace(good, "start: a", "", 1), strings.Replace(good, "say", "sya", 1), strings.Replace(good, "end: done", "goto: [b]", 1),
		good + "class: loud\n", good + "input: {n: nonsense}\n", good + "colour: red\n", good + "overlap: sometimes\n",
		strings.Replace(good, "say: hi", "do: [{sing: loud}]", 1), strings.Replace(good, "say: hi", "do: [{emit: {event: x}, set: {}}]", 1),
		strings.Replace(good, "end: done", "silence: {after: soon, goto: a}", 1), strings.Replace(good, "say: hi", "otherwise: {tries: 11}", 1),
	} {
		if validate(t, s, []byte(bad)) == nil {
			t.Errorf("taken:\n%s", bad)
		}
	}
}

// later are objects that the schema describes elsewhere than among its definitions
// of the same name, or not at all: other files have them.
var later = []string{"the texts of", "set", "the shared intents"}

// The schema has exactly the keys that the parser's own calls know.
func TestSchemaHasTheParsersKeys(t *testing.T) {
	parsed := parserKeys(t)
	if len(parsed) < 14 {
		t.Fatalf("only %d objects found in the parser: the test proves nothing", len(parsed))
	}
	all := Schema()
	defs := all["$defs"].(map[string]any)
	for what, keys := range parsed {
		if slices.Contains(later, what) {
			continue
		}
		s, ok := defs[what].(map[string]any)
		if what == schemaRoot {
			s, ok = all, true
		}
		if what == "an action" {
			s, ok = defs["action"].(map[string]any), true
		}
		if !ok {
			s, ok = defs["action."+what].(map[string]any)
		}
		if !ok {
			t.Errorf("the schema does not describe %s (%s)", what, keys)
			continue
		}
		if got, want := propertiesOf(s), words(keys); !sameWords(got, want) {
			t.Errorf("%s: the schema has %v, the parser %v", what, got, want)
		}
	}
	if got := propertiesOf(defs["action.call"].(map[string]any)); !sameWords(got, words(requestKeys)) {
		t.Errorf("call: %v", got)
	}
	for name := range objects() {
		if name != "input" && name != "capture" && parsed[name] == "" {
			t.Errorf("the schema describes %s, which the parser does not read", name)
		}
	}
	for name := range actions {
		if defs["action."+name] == nil {
			t.Errorf("the schema does not describe the action %s", name)
		}
	}
	if got := propertiesOf(defs["input"].(map[string]any)); !sameWords(got, words(variableKeys)) {
		t.Errorf("input: %v", got)
	}
}

// propertiesOf lists the keys of an object's schema, or of the object among several
// forms.
func propertiesOf(s map[string]any) []string {
	if forms, ok := s["anyOf"].([]any); ok {
		for _, form := range forms {
			if f := form.(map[string]any); f["properties"] != nil {
				s = f
			}
		}
	}
	p, _ := s["properties"].(map[string]any)
	return slices.Sorted(maps.Keys(p))
}

func sameWords(a, b []string) bool {
	a, b = slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))
	return slices.Equal(a, b)
}

// parserKeys reads the parser's source: every p.keys(node, WHAT, KEYS, LATER).
func parserKeys(t *testing.T) map[string]string {
	t.Helper()
	constants, calls := map[string]string{}, map[string]ast.Expr{}
	eachNode(t, func(_ string, n ast.Node) {
		switch n := n.(type) {
		case *ast.ValueSpec:
			for i, id := range n.Names {
				if i < len(n.Values) {
					constants[id.Name] = literalOf(n.Values[i])
				}
			}
		case *ast.CallExpr:
			f, ok := n.Fun.(*ast.SelectorExpr)
			if what := ""; ok && f.Sel.Name == "keys" && len(n.Args) == 4 {
				if what = strings.TrimSpace(literalOf(n.Args[1])); what != "" {
					calls[what] = n.Args[2]
				}
			}
		}
	})
	out := map[string]string{}
	for what, e := range calls {
		if id, ok := e.(*ast.Ident); ok {
			out[what] = constants[id.Name]
		} else {
			out[what] = literalOf(e)
		}
	}
	return out
}

// literalOf is a string literal, or the one that a sum begins with.
func literalOf(e ast.Expr) string {
	if sum, ok := e.(*ast.BinaryExpr); ok {
		return literalOf(sum.X)
	}
	lit, ok := e.(*ast.BasicLit)
	if !ok {
		return ""
	}
	s, _ := strconv.Unquote(lit.Value)
	return s
}

// Every value of the schema says what it means.
func TestSchemaDescribes(t *testing.T) {
	for name, o := range objects() {
		for key, s := range o.keys {
			described := s.(map[string]any)
			if described["description"] == nil && described["$ref"] == nil {
				t.Errorf("%s.%s has no description", name, key)
			}
		}
	}
	var out map[string]any
	if err := json.Unmarshal(schemaText(t), &out); err != nil {
		t.Error(err)
	}
}

func TestShippedFlowsHaveModelines(t *testing.T) {
	files, _ := fs.Glob(Shipped(), "*.yaml")
	for _, name := range files {
		source, err := fs.ReadFile(Shipped(), name)
		if err != nil {
			t.Fatal(err)
		}
		line, rest := CutModeline(source)
		if name == intentsFile {
			continue
		}
		if line != Modeline("../../docs/flow.schema.json") || !strings.HasPrefix(string(rest), "flow: ") {
			t.Errorf("%s begins with %q: editors do not find the schema", name, line)
		}
	}
}
