package main

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// sealedRooms are those in which bytes are compared by hmac.Equal or
// subtle.ConstantTimeCompare alone: what is bytes there is a MAC, a key or a signature,
// whatever it is called.
var sealedRooms = []string{"conversation/verify", "inbound", "agentui", "outbound", "outbound/provider", "cmd/parley"}

// TestBytesAreComparedInConstantTime holds sealedRooms to that by the types of what is
// compared, and not by names.
func TestBytesAreComparedInConstantTime(t *testing.T) {
	lookup, sources := exports(t, sealedRooms...)
	for _, room := range sealedRooms {
		files := token.NewFileSet()
		var all []*ast.File
		if len(sources[room]) == 0 {
			t.Fatal(room)
		}
		for _, name := range sources[room] {
			file, err := parser.ParseFile(files, filepath.Join("..", "..", room, name), nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, file)
		}
		info := typesOf(t, files, lookup, room, all)
		for _, file := range all {
			for _, n := range byteComparisons(info, file) {
				t.Errorf("%s compares bytes: use hmac.Equal", files.Position(n.Pos()))
			}
		}
		if room == "conversation/verify" {
			digestIs(t, files, info, all)
		}
	}
}

// digestIs holds the one method by which codes are compared to hmac.Equal: on the digest
// itself, and in whatever it returns.
func digestIs(t *testing.T, files *token.FileSet, info *types.Info, all []*ast.File) {
	t.Helper()
	found := false
	for _, file := range all {
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Recv == nil || f.Name.Name != "is" || types.ExprString(f.Recv.List[0].Type) != "digest" {
				continue
			}
			found = true
			self := f.Recv.List[0].Names[0].Name
			ast.Inspect(f.Body, func(n ast.Node) bool {
				r, ok := n.(*ast.ReturnStmt)
				if ok && !slices.ContainsFunc(conjuncts(r.Results[0]), func(e ast.Expr) bool {
					c, ok := e.(*ast.CallExpr)
					return ok && funcOf(info, c) == "crypto/hmac.Equal" && slices.ContainsFunc(c.Args, func(a ast.Expr) bool { return types.ExprString(a) == self+".sum" })
				}) {
					t.Errorf("%s returns what hmac.Equal has not said of the digest", files.Position(r.Pos()))
				}
				return true
			})
		}
	}
	if !found {
		t.Error("digest.is is not there: by what are codes compared?")
	}
}

// conjuncts are what must all be true for an expression to be.
func conjuncts(e ast.Expr) []ast.Expr {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return conjuncts(e.X)
	case *ast.BinaryExpr:
		if e.Op == token.LAND {
			return append(conjuncts(e.X), conjuncts(e.Y)...)
		}
	}
	return []ast.Expr{e}
}

// TestTheLintSeesBytes: it must be able to fail, and leave alone what is fixed or no
// secret's bytes.
func TestTheLintSeesBytes(t *testing.T) {
	lookup, _ := exports(t, "conversation/verify", "bytes", "reflect", "slices", "strings", "crypto/subtle")
	const text = `package p
import ("bytes"; "crypto/hmac"; "crypto/sha256"; "crypto/subtle"; "encoding/base64"; "encoding/hex"; "reflect"; "slices"; "strings")
type digest struct { sum []byte; known bool }
type key [32]byte
var d digest; var a, b []byte; var x, y [32]byte; var k key; var s, u string; var n []int; var any1, any2 any
var _, _, _, _, _, _, _, _ = bytes.Equal, hmac.Equal, sha256.Sum256, subtle.ConstantTimeCompare, base64.StdEncoding, hex.EncodeToString, reflect.DeepEqual, strings.Compare
var _ = slices.Equal[[]int]
var _ = %s
`
	for expr, want := range map[string]int{
		`bytes.Equal(d.sum, a)`: 1, `bytes.Compare(a, b) == 0`: 1, `bytes.EqualFold(a, b)`: 1, `bytes.HasPrefix(a, b)`: 1, `slices.Equal(a, b)`: 1, `slices.Compare(a, b) == 0`: 1,
		`slices.EqualFunc(a, b, func(p, q byte) bool { return p == q })`: 1, `reflect.DeepEqual(a, b)`: 1, `reflect.DeepEqual(any1, d)`: 1, `x == y`: 1, `x != y`: 1, `k == key(x)`: 1, `sha256.Sum256(a) == x`: 1,
		`string(a) == string(b)`: 1, `string(x[:]) != s`: 1, `s == hex.EncodeToString(a)`: 1, `base64.RawURLEncoding.EncodeToString(a) == s`: 1, `strings.Compare(string(a), s) == 0`: 1, `strings.EqualFold(hex.EncodeToString(a), s)`: 1,
		`func() bool { switch x { case y: return true }; return false }()`: 1, `func() bool { switch string(a) { case s: return true }; return false }()`: 1, `a[0] == b[0]`: 1,
		`hmac.Equal(d.sum, a)`: 0, `subtle.ConstantTimeCompare(a, b) == 1`: 0, `a == nil`: 0, `len(a) == len(b)`: 0, `s == u`: 0, `slices.Equal(n, n)`: 0, `bytes.Equal(a, []byte("BOM"))`: 0, `string(a) == "null"`: 0, `a[0] == '{'`: 0, `bytes.HasPrefix(a, []byte("x"))`: 0,
	} {
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, "p.go", fmt.Sprintf(text, expr), parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(expr, err)
		}
		if got := len(byteComparisons(typesOf(t, files, lookup, "p", []*ast.File{file}), file)); got != want {
			t.Errorf("%s: %d comparisons found, want %d", expr, got, want)
		}
	}
}

// byteComparers compare bytes in a time that tells where the difference is.
var byteComparers = []string{"bytes.Equal", "bytes.Compare", "bytes.EqualFold", "bytes.HasPrefix", "bytes.HasSuffix", "slices.Equal", "slices.EqualFunc", "slices.Compare", "slices.CompareFunc",
	"reflect.DeepEqual", "strings.Compare", "strings.EqualFold", "strings.HasPrefix", "strings.HasSuffix", "cmp.Compare"}

// byteComparisons are the places of a file where bytes are compared with others that are
// not fixed.
func byteComparisons(info *types.Info, file *ast.File) (all []ast.Node) {
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BinaryExpr:
			if (n.Op == token.EQL || n.Op == token.NEQ) && comparesBytes(info, n.X, n.Y) {
				all = append(all, n)
			}
		case *ast.CallExpr:
			if len(n.Args) > 1 && slices.Contains(byteComparers, funcOf(info, n)) && comparesBytes(info, n.Args[0], n.Args[1]) {
				all = append(all, n)
			}
		case *ast.SwitchStmt:
			for _, c := range n.Body.List {
				if n.Tag != nil && slices.ContainsFunc(c.(*ast.CaseClause).List, func(e ast.Expr) bool { return comparesBytes(info, n.Tag, e) }) {
					all = append(all, n)
					break
				}
			}
		}
		return true
	})
	return all
}

// comparesBytes says that one of two is bytes, and that neither is fixed.
func comparesBytes(info *types.Info, x, y ast.Expr) bool {
	return !isFixed(info, x) && !isFixed(info, y) && (ofBytes(info, x) || ofBytes(info, y))
}

// isFixed says that the program holds the value: a constant, or one as bytes.
func isFixed(info *types.Info, e ast.Expr) bool {
	v := info.Types[e]
	if v.Value != nil || v.IsNil() {
		return true
	}
	c, ok := e.(*ast.CallExpr)
	return ok && info.Types[c.Fun].IsType() && len(c.Args) == 1 && info.Types[c.Args[0]].Value != nil
}

// ofBytes says that an expression is bytes: a slice or an array of them, one out of such,
// something that holds them, or the text of them.
func ofBytes(info *types.Info, e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return ofBytes(info, e.X)
	case *ast.IndexExpr:
		return isBytes(info.TypeOf(e.X))
	case *ast.CallExpr:
		if info.Types[e.Fun].IsType() && len(e.Args) == 1 { // string(b)
			return ofBytes(info, e.Args[0])
		}
		if strings.HasSuffix(funcOf(info, e), ".EncodeToString") {
			return true
		}
	}
	t := info.TypeOf(e)
	if s, ok := t.Underlying().(*types.Struct); ok {
		for f := range s.Fields() {
			if isBytes(f.Type()) {
				return true
			}
		}
	}
	return isBytes(t)
}

func isBytes(t types.Type) bool {
	var of types.Type
	switch t := t.Underlying().(type) {
	case *types.Slice:
		of = t.Elem()
	case *types.Array:
		of = t.Elem()
	default:
		return false
	}
	b, ok := of.Underlying().(*types.Basic)
	return ok && b.Kind() == types.Byte
}

// funcOf names the function that is called, with its package's path; of a method, the
// package's path and its name.
func funcOf(info *types.Info, c *ast.CallExpr) string {
	f := ast.Unparen(c.Fun)
	if i, ok := f.(*ast.IndexExpr); ok {
		f = i.X
	}
	var name *ast.Ident
	switch f := f.(type) {
	case *ast.Ident:
		name = f
	case *ast.SelectorExpr:
		name = f.Sel
	default:
		return ""
	}
	if is, ok := info.Uses[name].(*types.Func); ok && is.Pkg() != nil {
		return is.Pkg().Path() + "." + is.Name()
	}
	return ""
}

func typesOf(t *testing.T, files *token.FileSet, lookup importer.Lookup, name string, all []*ast.File) *types.Info {
	t.Helper()
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}}
	config := types.Config{Importer: importer.ForCompiler(files, "gc", lookup)}
	if _, err := config.Check(path.Base(name), files, all, info); err != nil {
		t.Fatal(err)
	}
	return info
}

// exports finds what the compiler wrote of packages and of all that they import, and of
// rooms the files that they are compiled from.
func exports(t *testing.T, names ...string) (importer.Lookup, map[string][]string) {
	t.Helper()
	args := []string{"list", "-export", "-deps", "-json=ImportPath,Export,GoFiles"}
	for _, name := range names {
		if _, err := os.Stat(filepath.Join("..", "..", name)); err == nil {
			name = "parley/" + name
		}
		args = append(args, name)
	}
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	at, sources := map[string]string{}, map[string][]string{}
	for dec := json.NewDecoder(strings.NewReader(string(out))); dec.More(); {
		var p struct {
			ImportPath, Export string
			GoFiles            []string
		}
		if err := dec.Decode(&p); err != nil {
			t.Fatal(err)
		}
		at[p.ImportPath] = p.Export
		sources[strings.TrimPrefix(p.ImportPath, "parley/")] = p.GoFiles
	}
	return func(name string) (io.ReadCloser, error) { return os.Open(at[name]) }, sources
}
