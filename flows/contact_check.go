package flows

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"golang.org/x/text/language"
)

// Bounds of a contact.
const (
	maxFields     = 50
	maxFieldName  = 60
	maxFieldBytes = 8 << 10 // of all fields as JSON
	maxName       = 200
)

// ContactColumns are what a file of contacts has besides their fields. No field is
// called so.
var ContactColumns = []string{"phone", "name", "language", "timezone", "tags"}

// Problems says what is wrong with a contact: one sentence each, which begins with
// the name of what is wrong.
func (c *Contact) Problems() []string {
	var out []string
	wrong := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	if utf8.RuneCountInString(c.Name) > maxName || !clean(c.Name) {
		wrong("name: write at most %d characters of UTF-8 text", maxName)
	}
	if !isLanguage(c.Language) {
		wrong("language: %s is no BCP 47 tag such as en or pt-BR", quote(c.Language))
	}
	if !isZone(c.Timezone) {
		wrong("timezone: there is no zone %s: write an IANA name such as America/New_York", quote(c.Timezone))
	}
	if len(c.Tags) > maxTags {
		wrong("tags: %d of them; at most %d", len(c.Tags), maxTags)
	}
	for i, tag := range c.Tags {
		if !isWord(tag) {
			wrong("tags: %s is no name: use letters, digits, and . _ - between them, 60 at most", quote(tag))
		} else if slices.Contains(c.Tags[:i], tag) {
			wrong("tags: %s is written twice", tag)
		}
	}
	return append(out, c.fieldProblems()...)
}

func (c *Contact) fieldProblems() []string {
	if len(c.Fields) == 0 {
		return nil
	}
	if len(c.Fields) > maxFields {
		return []string{fmt.Sprintf("fields: %d of them; at most %d", len(c.Fields), maxFields)}
	}
	for name, value := range c.Fields {
		if slices.Contains(ContactColumns, name) {
			return []string{fmt.Sprintf("fields: a contact has its own %s: choose another name", name)}
		}
		if name != strings.TrimSpace(name) {
			return []string{fmt.Sprintf("fields: %s: leave the blanks around the name out", quote(name))}
		}
		if name == "" || len(name) > maxFieldName || !clean(name) || !clean(value) {
			return []string{fmt.Sprintf("fields: %s: a name has 1 to %d bytes, and its value is UTF-8 text", quote(name), maxFieldName)}
		}
	}
	b, err := json.Marshal(c.Fields)
	if err != nil || len(b) > maxFieldBytes {
		return []string{fmt.Sprintf("fields: %d bytes of JSON; at most %d", len(b), maxFieldBytes)}
	}
	return nil
}

// zones remembers the names that were good: reading a zone costs a file, and there
// are only some hundreds.
var zones sync.Map

func isZone(name string) bool {
	if _, good := zones.Load(name); good || name == "" {
		return true
	}
	if _, err := time.LoadLocation(name); err != nil || name == "Local" { // the server's own is nobody's
		return false
	}
	zones.Store(name, true)
	return true
}

func isLanguage(tag string) bool {
	if tag == "" {
		return true
	}
	_, err := language.Parse(tag)
	return err == nil && len(tag) <= 35
}
