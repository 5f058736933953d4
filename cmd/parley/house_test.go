package main

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// rooms says which rooms each room may import. Imports run one way; a change here
// needs its reason in the commit.
var rooms = map[string][]string{
	"conversation/phone": {},
	"outbound/segment":   {},
	"outbound/senders":   {},
	"outbound/quiet":     {},
	"outbound/egress":    {},
	"migrations":         {},

	"flows":                 {},
	"flows/library":         {},
	"conversation":          {"flows"},
	"conversation/classify": {"conversation", "flows"},
	"conversation/verify":   {"conversation", "flows"},
	"conversation/jobs":     {"conversation"},
	"outbound/provider":     {"conversation", "flows"},
	"inbound":               {"conversation", "flows", "conversation/verify", "outbound/provider"},
	"outbound":              {"conversation", "flows", "outbound/provider"},
	"agentui":               {"conversation", "flows", "conversation/verify"},
	"conversation/store":    {"conversation", "flows", "conversation/verify", "conversation/jobs", "outbound", "inbound", "agentui", "migrations"},
}

// leaves may be imported by any room.
var leaves = []string{"conversation/phone", "outbound/segment", "outbound/senders", "outbound/quiet", "outbound/egress"}

// single says which room alone may import a library.
var single = map[string]string{
	"github.com/nyaruka/phonenumbers":    "conversation/phone",
	"github.com/warthog618/sms":          "outbound/segment",
	"github.com/looplab/fsm":             "flows",
	"github.com/expr-lang/expr":          "flows",
	"github.com/riverqueue/river":        "conversation/jobs",
	"github.com/gorilla/websocket":       "agentui",
	"github.com/sashabaranov/go-openai":  "conversation/classify",
	"github.com/failsafe-go/failsafe-go": "conversation/classify",
	"github.com/jackc/pgx":               "conversation/store",
	"github.com/segmentio/encoding":      "conversation",
	"modernc.org/sqlite":                 "conversation/store",
	"github.com/danielgtaylor/huma":      "inbound",
	"github.com/alecthomas/kong":         "cmd/parley",
	"code.dny.dev/ssrf":                  "outbound/egress",
	"github.com/alexedwards/argon2id":    "agentui",
	"github.com/coreos/go-oidc":          "agentui",
	"golang.org/x/oauth2":                "agentui",
}

type goPackage struct {
	ImportPath, Dir string
	Imports         []string
}

func packages(t *testing.T) []goPackage {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Dir,Imports", "parley/...")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var list []goPackage
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return list
		} else if err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
}

func TestImportsRunOneWay(t *testing.T) {
	for _, p := range packages(t) {
		room := strings.TrimPrefix(p.ImportPath, "parley/")
		if strings.HasPrefix(room, "cmd/") || strings.HasSuffix(room, "test") {
			continue
		}
		may, known := rooms[room]
		if !known {
			t.Errorf("%s is not in the table of rooms", room)
		}
		for _, imported := range p.Imports {
			other, ours := strings.CutPrefix(imported, "parley/")
			if ours && !slices.Contains(may, other) && !slices.Contains(leaves, other) {
				t.Errorf("%s imports %s", room, other)
			}
		}
	}
}

func TestLibrariesLiveInOneRoom(t *testing.T) {
	for _, p := range packages(t) {
		room := strings.TrimPrefix(p.ImportPath, "parley/")
		for _, imported := range p.Imports {
			for library, home := range single {
				inHome := room == home || strings.HasPrefix(room, home+"/")
				if strings.HasPrefix(imported, library) && !inHome && !(library == "github.com/jackc/pgx" && room == "conversation/jobs") {
					t.Errorf("%s imports %s, which belongs to %s", room, imported, home)
				}
			}
		}
	}
}

// TestFilesAreReadable keeps every file within 400 lines, every function outside of tests
// within 45, and every package with exactly one comment.
func TestFilesAreReadable(t *testing.T) {
	const most = 400
	for _, p := range packages(t) {
		comments := 0
		files, err := filepath.Glob(filepath.Join(p.Dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if n := strings.Count(string(src), "\n"); n > most {
				t.Errorf("%s has %d lines; %d are enough for anyone", file, n, most)
			}
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			if readable(t, file, src) {
				comments++
			}
		}
		if comments != 1 {
			t.Errorf("%s has %d package comments", p.ImportPath, comments)
		}
	}
}

// readable looks at a file's functions, and says whether it has the package's comment.
func readable(t *testing.T, file string, src []byte) (commented bool) {
	const most = 45
	at := token.NewFileSet()
	parsed, err := parser.ParseFile(at, file, src, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range parsed.Decls {
		if f, ok := d.(*ast.FuncDecl); ok {
			if n := at.Position(f.End()).Line - at.Position(f.Pos()).Line + 1; n > most {
				t.Errorf("%s: %s has %d lines; after %d a reader has forgotten the first", file, f.Name.Name, n, most)
			}
		}
	}
	return parsed.Doc != nil
}
