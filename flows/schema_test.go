package flows

import (
	"encoding/json"
	"go/ast"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
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
	tags := strings.TrimSuffix(strings.Repeat("x, ", maxTags), ", ")
	most := "flow: x\nstart: a\nstates:\n  a: {do: [{tag: [" + tags + "]}, {tag: {add: [" + tags + "]}}], end: done}\n"
	mustParse(t, most)
	if err := validate(t, s, []byte(most)); err != nil {
		t.Errorf("as many labels as a contact may have: %v", err)
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

// grammarTypes are the structs of the grammar by their declared names, read from its
// source.
func grammarTypes(t *testing.T) map[string]*ast.StructType {
	t.Helper()
	out := map[string]*ast.StructType{}
	eachNode(t, func(file string, n ast.Node) {
		spec, ok := n.(*ast.TypeSpec)
		if !ok || !strings.HasPrefix(filepath.Base(file), "grammar") {
			return
		}
		if s, ok := spec.Type.(*ast.StructType); ok && len(s.Fields.List) > 0 {
			out[spec.Name.Name] = s
		}
	})
	return out
}

// The parser takes an object's keys from its type, from nowhere else, and there is no
// type that it does not take keys from.
func TestParserTakesItsKeysFromTheTypes(t *testing.T) {
	types := grammarTypes(t)
	if len(types) < 25 {
		t.Fatalf("only %d types found in the grammar: the test proves nothing", len(types))
	}
	used := map[string]bool{}
	eachNode(t, func(file string, n ast.Node) {
		switch n := n.(type) {
		case *ast.IndexExpr:
			if f, ok := n.X.(*ast.Ident); ok && f.Name == "keysOf" {
				used[n.Index.(*ast.Ident).Name] = true
			}
		case *ast.CallExpr:
			f, ok := n.Fun.(*ast.SelectorExpr)
			if !ok || f.Sel.Name != "keys" || len(n.Args) != 3 {
				return
			}
			if id, ok := n.Args[2].(*ast.Ident); ok && id.Name == "known" {
				return // handed down by whoever calls it
			}
			if call, ok := n.Args[2].(*ast.CallExpr); !ok || !isKeysOf(call) {
				t.Errorf("%s: keys that come from no type", file)
			}
		}
	})
	for name := range types {
		if !used[name] && name != "T" {
			t.Errorf("the parser takes no keys from %s", name)
		}
	}
}

func isKeysOf(call *ast.CallExpr) bool {
	index, ok := call.Fun.(*ast.IndexExpr)
	if !ok {
		return false
	}
	f, ok := index.X.(*ast.Ident)
	return ok && f.Name == "keysOf"
}

// The parser reads every key that a type has: none is taken and passed by.
func TestParserReadsEveryKey(t *testing.T) {
	read := map[string]bool{}
	eachNode(t, func(_ string, n ast.Node) {
		if lit, ok := n.(*ast.BasicLit); ok {
			if s, err := strconv.Unquote(lit.Value); err == nil {
				read[s] = true
			}
		}
	})
	for name, s := range grammarTypes(t) {
		for _, f := range s.Fields.List {
			tag, _ := strconv.Unquote(f.Tag.Value)
			key, _, _ := strings.Cut(reflect.StructTag(tag).Get("key"), ",")
			if key != "" && !read[key] {
				t.Errorf("%s.%s is read by nothing", name, key)
			}
		}
	}
}

// Every value of the schema says what it means, and refers to what is there.
func TestSchemaDescribes(t *testing.T) {
	var out map[string]any
	if err := json.Unmarshal(schemaText(t), &out); err != nil {
		t.Fatal(err)
	}
	defs := out["$defs"].(map[string]any)
	objects := map[string]any{"the file": out}
	maps.Copy(objects, defs)
	described := 0
	for name, o := range objects {
		properties, _ := o.(map[string]any)["properties"].(map[string]any)
		for key, s := range properties {
			s := s.(map[string]any)
			described++
			if to, ok := s["$ref"].(string); ok {
				if defs[strings.TrimPrefix(to, "#/$defs/")] == nil {
					t.Errorf("%s.%s refers to %s, which is not there", name, key, to)
				}
			} else if s["description"] == nil {
				t.Errorf("%s.%s has no description", name, key)
			}
		}
	}
	if described < 90 {
		t.Errorf("only %d keys: the test proves nothing", described)
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
