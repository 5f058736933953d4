package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestCommandsOfPages carries out every command line of the README and of the pages beside
// it (the tutorial has a test of its own), in their order, as somebody would who has put the
// files there that they name. What builds and fetches the program is only looked up.
func TestCommandsOfPages(t *testing.T) {
	shop := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) }))
	defer shop.Close()
	pages := map[string][]block{}
	for _, page := range documents(t) {
		pages[filepath.Base(page)] = blocksOf(t, page)
	}
	t.Chdir(t.TempDir())
	r := &reader{learner: learner{T: t, listen: freeAddress(t)}, shop: strings.TrimPrefix(shop.URL, "http://")}
	r.outfit(pages["README.md"])
	for _, page := range []string{"README.md", "console.md", "replies.md", "verifications.md"} {
		for _, b := range pages[page] {
			if b.mark == "sh" {
				r.block(b)
			}
		}
		delete(pages, page)
	}
	for page, blocks := range pages {
		if page != "tutorial.md" && slices.ContainsFunc(blocks, func(b block) bool { return b.mark == "sh" }) {
			t.Errorf("%s: nothing carries out its commands", page)
		}
	}
}

// reader is somebody who types what the pages show.
type reader struct {
	learner
	shop string // HOST:PORT where callbacks go
	id   string // of the last code
}

// outfit puts the files there that the commands name: of README's own what it shows, and the
// least of the others.
func (r *reader) outfit(readme []block) {
	r.Helper()
	shown := map[string]string{}
	for _, b := range readme {
		shown[b.mark] = b.text
	}
	for _, folder := range []string{"shop/flows", "shop/flows-as-they-will-be", "flows"} {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			r.Fatal(err)
		}
	}
	flow, dialogue := shown["yaml flow"], shown["chat"]
	for _, folder := range []string{"shop/flows", "shop/flows-as-they-will-be"} {
		write(r.T, folder, "delivered.yaml", strings.Replace(flow, "order.delivered", "order.left", 1)) // the library has one for order.delivered
		write(r.T, folder, "delivered.chat", dialogue)
		write(r.T, folder, "parcel.yaml", strings.NewReplacer("flow: delivered", "flow: parcel", "order.delivered", "order.sent").Replace(flow))
	}
	write(r.T, "shop", "list.csv", "Phone,name,order\n+12025550124,Bob,A-2\n+12025550125,Eve,A-3\n")
	write(r.T, "shop", "people.csv", "phone,name,language,timezone\n+12025550124,Bob,en,America/New_York\n")
	write(r.T, "shop", "texts.tsv", "yes it did\tyes\nno, nothing came\tno\n")
	write(r.T, "shop", "parley.yaml", r.config(shown["yaml config"]))
}

// config is README's, with a carrier and an endpoint that are on this machine.
func (r *reader) config(shown string) string {
	r.Helper()
	for _, change := range [][2]string{
		{"127.0.0.1:8080", r.listen},
		{`provider: twilio, account_sid: "${TWILIO_ACCOUNT_SID}", auth_token: "${TWILIO_AUTH_TOKEN}", rate: 1`, `provider: loopback, secret: "` + testSecret + `"`},
		{"https://shop.example.com", "http://" + r.shop},
		{`secret: "${CALLBACK_SECRET}"`, `private: true, secret: "` + testSecret + `"`},
	} {
		if !strings.Contains(shown, change[0]) {
			r.Fatalf("README's configuration has no %s", change[0])
		}
		shown = strings.Replace(shown, change[0], change[1], 1)
	}
	return shown + "admin: \"off\"\ncodes: {keys: [{id: k1, secret: \"" + strings.TrimPrefix(testSecret, "whsec_") + "\"}]}\n"
}

// block carries out the lines of one.
func (r *reader) block(b block) {
	for line := range strings.Lines(strings.ReplaceAll(b.text, "\\\n", " ")) {
		for one := range strings.SplitSeq(strings.TrimSpace(line), " && ") {
			r.line(b, one)
		}
	}
}

// line carries out one command; it must succeed.
func (r *reader) line(b block, line string) {
	r.Helper()
	if inner, ok := strings.CutPrefix(line, "PARLEY_KEY=$("); ok {
		line, _, _ = strings.Cut(inner, ")")
	}
	words := shellWords(line)
	for i, w := range words {
		words[i] = strings.NewReplacer("https://sms.example.com", "http://"+r.listen, "pk_live_…", r.key, "$PARLEY_KEY", r.key, "$ID", r.id, "shop.example.com", "127.0.0.1").Replace(w)
	}
	switch {
	case len(words) == 0:
	case words[0] == "make" || words[0] == "export": // TestDocuments looks for the target
	case words[0] == "mkdir":
		if err := os.MkdirAll(words[len(words)-1], 0o700); err != nil {
			r.Fatal(err)
		}
	case words[0] == "cd":
		r.Chdir(words[1])
	case words[0] == "curl":
		r.code(b, words)
	case words[0] == "parley" && words[1] == "serve":
		r.serve(words[1:])
	case words[0] == "parley":
		r.parley(b, words[1:])
	default:
		r.Errorf("%s: nobody knows how to carry out %s", b.at(), words[0])
	}
}

func (r *reader) parley(b block, args []string) {
	r.Helper()
	typed := ""
	if args[0] == "chat" {
		typed = "YES\n"
	}
	status, out, errs := invoke(r.T, typed, args...)
	if status != 0 || strings.Contains(errs, "parley: ") {
		r.Errorf("%s: parley %s ends with %d and prints\n%s%s", b.at(), strings.Join(args, " "), status, out, errs)
	}
	if args[0] == "keys" {
		r.key = strings.TrimSpace(out)
	}
}

// code asks the API for a code, and has one checked: 123456 is hardly ever it.
func (r *reader) code(b block, words []string) {
	r.Helper()
	words = slices.DeleteFunc(words, func(w string) bool { return w == "-X" || w == http.MethodPost })
	said := r.curl(words[1:])
	var answer map[string]any
	if err := json.Unmarshal([]byte(said), &answer); err != nil {
		r.Errorf("%s: %s answers %s: %v", b.at(), words[1], said, err)
	}
	id, asked := answer["id"].(string)
	if !asked && answer["status"] != "approved" && answer["detail"] != "the code is not accepted" {
		r.Errorf("%s: %s answers %s", b.at(), words[1], said)
	}
	r.id = id
}
