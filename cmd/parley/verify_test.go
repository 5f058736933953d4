package main

import (
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/outbound/provider"
)

// TestVerifyingExamples runs what docs/callbacks.md tells readers to copy on a callback
// as Parley signs it, and on one that somebody has changed.
func TestVerifyingExamples(t *testing.T) {
	examples := map[string]string{}
	for _, b := range blocksOf(t, filepath.Join(root, "docs", "callbacks.md")) {
		examples[b.mark] = b.text
	}
	keys, err := provider.ParseKeys(testSecret)
	if err != nil {
		t.Fatal(err)
	}
	const body = `{"type":"run.ended","data":{"name":"Zoë"}}`
	h := http.Header{}
	keys.Sign(h, "job_1", time.Now(), []byte(body))
	for _, name := range []string{"go", "python", "bash"} {
		if examples[name] == "" {
			t.Errorf("there is no example in %s", name)
			continue
		}
		t.Run(name, func(t *testing.T) {
			verifies := verifiers[name](t, examples[name])
			if !verifies(h, body) {
				t.Error("what Parley signed is refused")
			}
			if verifies(h, body+" ") {
				t.Error("another body is taken")
			}
			old := http.Header{}
			keys.Sign(old, "job_1", time.Now().Add(-time.Hour), []byte(body))
			if name != "bash" && verifies(old, body) { // which leaves the time to its reader
				t.Error("a copy of an hour ago is taken")
			}
		})
	}
}

// verifiers make of an example what says whether a callback is Parley's.
var verifiers = map[string]func(*testing.T, string) func(http.Header, string) bool{
	"go": func(t *testing.T, example string) func(http.Header, string) bool {
		file := write(t, t.TempDir(), "main.go", `package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
)

`+example+`
func main() {
	var h http.Header
	if err := json.Unmarshal([]byte(os.Args[2]), &h); err != nil {
		panic(err)
	}
	fmt.Print(verified(os.Args[1], h, []byte(os.Args[3]), time.Now()))
}
`)
		return func(h http.Header, body string) bool {
			return run(t, nil, "go", "run", file, testSecret, asJSON(t, h), body) == "true"
		}
	},
	"python": func(t *testing.T, example string) func(http.Header, string) bool {
		file := write(t, t.TempDir(), "verify.py", example+`
import json, sys
headers = {name.lower(): values[0] for name, values in json.loads(sys.argv[2]).items()}
print(verified(sys.argv[1], headers, sys.argv[3].encode()))
`)
		return func(h http.Header, body string) bool {
			return run(t, nil, "python3", file, testSecret, asJSON(t, h), body) == "True"
		}
	},
	"bash": func(t *testing.T, example string) func(http.Header, string) bool {
		return func(h http.Header, body string) bool {
			env := []string{"SECRET=" + testSecret, "ID=" + h.Get("webhook-id"), "TIMESTAMP=" + h.Get("webhook-timestamp"), "BODY=" + body}
			return "v1,"+run(t, env, "bash", "-c", example) == h.Get("webhook-signature")
		}
	},
}

// run carries out a program that not every machine has.
func run(t *testing.T, env []string, name string, args ...string) string {
	t.Helper()
	for _, needed := range map[string][]string{"bash": {"bash", "openssl", "od"}, "python3": {"python3"}, "go": {"go"}}[name] {
		if _, err := exec.LookPath(needed); err != nil {
			t.Skip(err)
		}
	}
	c := exec.CommandContext(t.Context(), name, args...)
	c.Env = append(os.Environ(), env...)
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return strings.TrimSpace(string(out))
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
