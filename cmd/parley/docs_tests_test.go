package main

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// TestTestsThatPagesName looks for the tests by which pages say that something is held.
func TestTestsThatPagesName(t *testing.T) {
	there, named := map[string]bool{}, regexp.MustCompile(`\bTest[A-Z][A-Za-z0-9]+\b`)
	function := regexp.MustCompile(`(?m)^func (Test[A-Z][A-Za-z0-9]+)\(`)
	for _, p := range packages(t) {
		files, err := filepath.Glob(filepath.Join(p.Dir, "*_test.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range function.FindAllStringSubmatch(string(source), -1) {
				there[m[1]] = true
			}
		}
	}
	for _, page := range documents(t) {
		source, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range named.FindAllString(string(source), -1) {
			if !there[name] && name != "TestProof" { // by which the proofs' names begin
				t.Errorf("%s names %s, which is no test", page, name)
			}
		}
	}
}
