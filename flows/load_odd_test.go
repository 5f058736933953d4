package flows

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestLoadOddFiles: what editors and file systems leave beside flows is none of them,
// and folders that are called like one neither.
func TestLoadOddFiles(t *testing.T) {
	dir := t.TempDir()
	const source = "flow: a\ntitle: A\nstart: s\nstates: {s: {say: Hello., end: done}}\n"
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("a.yaml", "\xef\xbb\xbf"+strings.ReplaceAll(source, "\n", "\r\n"))
	write("._a.yaml", "\x00\x05\x16\x07")
	if err := os.Symlink("bo@host.4711", filepath.Join(dir, ".#a.yaml")); err != nil {
		t.Fatal(err)
	}
	for _, folder := range []string{"b.yaml", "texts"} {
		if err := os.Mkdir(filepath.Join(dir, folder), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	write("texts/.a.en.yaml.swp", "x")
	l, err := Load([]string{dir})
	if err != nil {
		t.Fatal(err)
	}
	if len(l.All()) != 1 {
		t.Errorf("%d flows", len(l.All()))
	}
}

// TestWordingsThatCannotBeRead: customers must not get the old wording because the
// folder of the new one cannot be read.
func TestWordingsThatCannotBeRead(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "texts"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load([]string{dir}); err == nil {
		t.Error("it was passed over in silence")
	}
}

// TestMarkedDialogues: dialogues may begin with the mark of UTF-8, as flow files may.
func TestMarkedDialogues(t *testing.T) {
	list, err := ParseDialogues("a.chat", []byte("\xef\xbb\xbf# a title\r\nstart\r\n< Hello.\r\n"))
	if err != nil || len(list) != 1 || list[0].Title != "a title" {
		t.Errorf("%+v, %v", list, err)
	}
}
