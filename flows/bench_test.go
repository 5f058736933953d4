package flows_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/conversation/classify"
	"parley/flows"
)

func shippedFlow(t testing.TB, name string) *flows.Flow {
	t.Helper()
	l, err := flows.Load([]string{"library"})
	if err != nil {
		t.Fatal(err)
	}
	f, ok := l.Current(name)
	if !ok {
		t.Fatalf("no flow %s", name)
	}
	return f
}

var acme = flows.Scope{
	Now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC), CanReply: true, Line: "+12025550100",
	Brand: flows.Brand{ID: "acme", Name: "Acme"},
}

// BenchmarkReply reads and applies one answer of a two-question flow: the price of
// one text in this package.
func BenchmarkReply(b *testing.B) {
	f := shippedFlow(b, "delivery_feedback")
	run := f.Start(acme, flows.Run{Vars: map[string]any{"name": "Ann", "order": "A-1"}, Language: "en"}).Run
	said := flows.Said{Text: "Yes it did"}
	b.ReportAllocs()
	for b.Loop() {
		r := f.Read(acme, classify.Reader{}, run, said)
		if m := f.Answer(acme, run, said, r); m.Run.State != "condition" {
			b.Fatal(m)
		}
	}
}

// BenchmarkStart enters the first question: its text has five expressions.
func BenchmarkStart(b *testing.B) {
	f := shippedFlow(b, "delivery_feedback")
	run := flows.Run{Vars: map[string]any{"name": "Ann", "order": "A-1"}, Language: "en"}
	b.ReportAllocs()
	for b.Loop() {
		if m := f.Start(acme, run); len(m.Says) != 1 {
			b.Fatal(m)
		}
	}
}

// BenchmarkExpression pays for the virtual machine: dates and times in a text.
func BenchmarkExpression(b *testing.B) {
	f := shippedFlow(b, "booking")
	run := flows.Run{Vars: map[string]any{"name": "Ann", "booking": "B", "what": "cut", "at": "2026-03-05T15:30:00Z"}, Language: "en"}
	b.ReportAllocs()
	for b.Loop() {
		if m := f.Start(acme, run); m.Problem != "" {
			b.Fatal(m.Problem)
		}
	}
}

// BenchmarkParse reads, compiles and checks a whole file.
func BenchmarkParse(b *testing.B) {
	source := shippedFlow(b, "delivery_feedback").Source()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := flows.Compile(source); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkLoad reads, compiles and checks 200 flows (required: under a second).
func BenchmarkLoad(b *testing.B) {
	dir := b.TempDir()
	for i := range 200 {
		name := []string{"booking", "payment_reminder", "interview_scheduling", "onboarding_steps", "delivery_feedback"}[i%5]
		source, err := fs.ReadFile(flows.Shipped(), name+".yaml")
		if err != nil {
			b.Fatal(err)
		}
		copied := strings.Replace(string(source), "flow: "+name, fmt.Sprintf("flow: f%d", i), 1)
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("f%d.yaml", i)), []byte(copied), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		if l, err := flows.Load([]string{dir}); err != nil || len(l.All()) != 200 {
			b.Fatal(err)
		}
	}
	if each := b.Elapsed() / time.Duration(b.N); each > time.Second {
		b.Errorf("200 flows take %v", each)
	}
}
