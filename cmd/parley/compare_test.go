package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// secretName are the names under which codes, grants, keys and what is made of them go.
var secretName = regexp.MustCompile(`(?i)^(code|codes|mac|macs|grant|sealed|secret|pepper|token|otp)$`)

// spared are comparisons of such names that compare no secret, each with its reason.
var spared = map[string]string{
	"conversation/codes.go: Code": "Which.Code is the id of a challenge",
	"cmd/parley/doctor.go: Codes": "it is how many were asked for",
}

// TestSecretsAreComparedInConstantTime: in the rooms that know codes, a code, a MAC, a
// grant or a key is compared by hmac.Equal and by nothing else. To look one up by its
// hash, in the database, is no comparison: what the index betrays is about the hash.
func TestSecretsAreComparedInConstantTime(t *testing.T) {
	files := token.NewFileSet()
	used := map[string]bool{}
	for _, room := range []string{"conversation/verify", "conversation/store", "inbound", "conversation", "agentui", "outbound", "outbound/provider", "cmd/parley"} {
		paths, err := filepath.Glob(filepath.Join("..", "..", room, "*.go"))
		if err != nil || len(paths) == 0 {
			t.Fatal(room, err)
		}
		for _, path := range paths {
			if strings.HasSuffix(path, "_test.go") {
				continue
			}
			file, err := parser.ParseFile(files, path, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			for _, at := range comparisons(file) {
				where := files.Position(at.Pos())
				text := filepath.ToSlash(strings.TrimPrefix(where.Filename, "../../")) + ": " + nameIn(at)
				if _, ok := spared[text]; ok {
					used[text] = true
					continue
				}
				t.Errorf("%s:%d compares %s: use hmac.Equal", where.Filename, where.Line, nameIn(at))
			}
		}
	}
	for text := range spared {
		if !used[text] {
			t.Errorf("%s is spared and not there", text)
		}
	}
}

// TestTheLintSees: it must be able to fail.
func TestTheLintSees(t *testing.T) {
	for source, want := range map[string]int{
		`c.MAC == other`: 1, `code.Reveal() != typed`: 1, `bytes.Equal(mac, sum)`: 1, `strings.EqualFold(grant, x)`: 1, `subtle == secret`: 1,
		`string(mac) == x`: 1, `slices.Equal(x.Sealed, y)`: 1, `reflect.DeepEqual(code, x)`: 1, `strings.Compare(c.Code, x) == 0`: 1, `hex.EncodeToString(mac) == x`: 1,
		`c.MAC == ""`: 0, `len(code) != 6`: 0, `err.Code == "23505"`: 0, `hmac.Equal(mac, want)`: 0, `c.Purpose == p`: 0, `event.Code != nil`: 0,
	} {
		expr, err := parser.ParseExpr(source)
		if err != nil {
			t.Fatal(err)
		}
		if got := len(comparisons(expr)); got != want {
			t.Errorf("%s: %d comparisons found, want %d", source, got, want)
		}
	}
}

// comparers compare as == does: in a time that tells where the difference is.
var comparers = []string{"bytes.Equal", "bytes.Compare", "strings.EqualFold", "strings.Compare", "slices.Equal", "reflect.DeepEqual", "strings.HasPrefix", "slices.Contains", "cmp.Compare"}

// comparisons are the expressions in which a secret's name is compared.
func comparisons(in ast.Node) (all []ast.Node) {
	ast.Inspect(in, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BinaryExpr:
			if (n.Op == token.EQL || n.Op == token.NEQ) && !fixed(n.X) && !fixed(n.Y) && (secretIn(n.X) != "" || secretIn(n.Y) != "") {
				all = append(all, n)
			}
		case *ast.CallExpr:
			if called := calledName(n); slices.Contains(comparers, called) && slices.ContainsFunc(n.Args, func(a ast.Expr) bool { return secretIn(a) != "" }) {
				all = append(all, n)
			}
		case *ast.SwitchStmt:
			if n.Tag != nil && secretIn(n.Tag) != "" && slices.ContainsFunc(n.Body.List, func(c ast.Stmt) bool {
				return slices.ContainsFunc(c.(*ast.CaseClause).List, func(e ast.Expr) bool { return !fixed(e) })
			}) {
				all = append(all, n.Tag)
			}
		}
		return true
	})
	return all
}

// fixed says whether an expression is known when the program is written.
func fixed(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.BasicLit:
		return true
	case *ast.Ident:
		return e.Name == "nil" || e.Name == "true" || e.Name == "false"
	}
	return false
}

// secretIn is the secret's name in an expression, "" if there is none.
func secretIn(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		if secretName.MatchString(e.Name) {
			return e.Name
		}
	case *ast.SelectorExpr:
		if x, ok := e.X.(*ast.Ident); ok && x.Name == "flows" {
			return "" // flows.Code is a class of messages
		}
		if secretName.MatchString(e.Sel.Name) {
			return e.Sel.Name
		}
	case *ast.CallExpr:
		if name := calledName(e); strings.HasSuffix(name, ".Reveal") {
			return name
		} else if name == "len" || strings.HasPrefix(name, "hmac.") {
			return ""
		}
		for _, a := range e.Args {
			if name := secretIn(a); name != "" {
				return name
			}
		}
	case *ast.IndexExpr:
		return secretIn(e.X)
	case *ast.SliceExpr:
		return secretIn(e.X)
	case *ast.StarExpr:
		return secretIn(e.X)
	case *ast.ParenExpr:
		return secretIn(e.X)
	}
	return ""
}

func calledName(c *ast.CallExpr) string {
	switch f := c.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		if x, ok := f.X.(*ast.Ident); ok {
			return x.Name + "." + f.Sel.Name
		}
		return "." + f.Sel.Name
	}
	return ""
}

// nameIn names what is compared.
func nameIn(n ast.Node) (name string) {
	ast.Inspect(n, func(n ast.Node) bool {
		if e, ok := n.(ast.Expr); ok && name == "" {
			name = secretIn(e)
		}
		return name == ""
	})
	return name
}
