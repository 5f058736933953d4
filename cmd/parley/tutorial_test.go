package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestTutorial does what docs/tutorial.md says, from top to bottom: files are written
// where their marks say, commands run through Program, and what they print is what the
// page shows. Of the shell it knows only what the page needs.
func TestTutorial(t *testing.T) {
	blocks := blocksOf(t, filepath.Join(root, "docs", "tutorial.md"))
	t.Chdir(t.TempDir())
	if err := os.Mkdir("flows", 0o700); err != nil {
		t.Fatal(err)
	}
	l := &learner{T: t, listen: freeAddress(t)}
	for _, b := range blocks {
		words := strings.Fields(b.mark)
		switch {
		case words[0] == "console":
			l.console(b)
		case b.mark != "sh" && len(words) > 1:
			text := b.text
			if words[1] == "config" {
				text += "listen: " + l.listen + "\nadmin: \"off\"\n"
			}
			write(t, ".", words[len(words)-1], text)
		}
	}
}

// learner is somebody who reads the page and types.
type learner struct {
	*testing.T
	listen string // instead of the page's 127.0.0.1:8080
	key    string
}

const shownAddress = "127.0.0.1:8080"

// console carries out the commands of a block, each with the lines below it.
func (l *learner) console(b block) {
	for part := range strings.SplitSeq("\n"+strings.TrimSpace(b.text), "\n$ ") {
		if command, want, _ := strings.Cut(part, "\n"); command != "" {
			l.command(b, command, want)
		}
	}
}

// command runs one until it prints what is shown: results are there a moment after
// the event.
func (l *learner) command(b block, command, want string) {
	l.Helper()
	var got string
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(50 * time.Millisecond) { // a real server in real time
		got = l.run(command, want)
		if shows(got, want) {
			return
		}
		if !strings.HasPrefix(command, "parley results") || time.Now().After(deadline) {
			break
		}
	}
	l.Fatalf("%s: $ %s\nprints\n%s\nand not\n%s", b.at(), command, got, want)
}

// run returns what a command prints. Lines that the page shows behind > are typed.
func (l *learner) run(command, want string) string {
	assigned := false
	if inner, ok := strings.CutPrefix(command, "KEY=$("); ok {
		command, assigned = strings.TrimSuffix(inner, ")"), true
	}
	command, background := strings.CutSuffix(command, " &")
	words := shellWords(command)
	for i, w := range words {
		words[i] = strings.ReplaceAll(strings.ReplaceAll(w, "$KEY", l.key), shownAddress, l.listen)
	}
	switch words[0] {
	case "curl":
		return l.curl(words[1:])
	case "cp":
		if err := os.CopyFS(words[3], os.DirFS(words[2])); err != nil {
			l.Fatal(err)
		}
		return ""
	case "sed":
		l.sed(words[2], words[3])
		return ""
	}
	args := words[1:]
	if args[0] == "trigger" {
		args = append(args, "--url", "http://"+l.listen)
	}
	if background {
		l.serve(args)
		return ""
	}
	var typed strings.Builder
	for line := range strings.Lines(want) {
		if text, ok := strings.CutPrefix(line, "> "); ok {
			typed.WriteString(text)
		}
	}
	_, out, errs := invoke(l.T, typed.String(), args...)
	if assigned {
		l.key, out = strings.TrimSpace(out), ""
	}
	return out + errs
}

// serve starts the server for the rest of the page and waits until it answers.
func (l *learner) serve(args []string) {
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan int, 1)
	var out, errs syncBuffer
	p := &Program{In: strings.NewReader(""), Out: &out, Err: &errs, Env: os.LookupEnv}
	go func() { ended <- p.Run(ctx, args) }()
	l.Cleanup(func() { stop(); <-ended })
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) { // a real server in real time
		if c, err := net.Dial("tcp", l.listen); err == nil {
			c.Close()
			return
		}
		if time.Now().After(deadline) {
			l.Fatalf("the server does not answer:\n%s%s", out.String(), errs.String())
		}
	}
}

// curl knows -H and -d.
func (l *learner) curl(args []string) string {
	r, err := http.NewRequest(http.MethodGet, args[0], nil)
	if err != nil {
		l.Fatal(err)
	}
	for i := 1; i+1 < len(args); i += 2 {
		switch name, value, _ := strings.Cut(args[i+1], ": "); args[i] {
		case "-H":
			r.Header.Set(name, value)
		case "-d":
			r.Method, r.Body = http.MethodPost, io.NopCloser(strings.NewReader(args[i+1]))
		default:
			l.Fatalf("what is %s?", args[i])
		}
	}
	_, text := exchanged(l.T, r)
	return string(text)
}

// sed knows s/a/b/, and several of them.
func (l *learner) sed(script, file string) {
	text, err := os.ReadFile(file)
	if err != nil {
		l.Fatal(err)
	}
	changed := string(text)
	for one := range strings.SplitSeq(script, "; ") {
		parts := strings.Split(one, "/")
		changed = strings.ReplaceAll(changed, parts[1], parts[2])
	}
	if changed == string(text) {
		l.Fatalf("%s changes nothing in %s", script, file)
	}
	write(l.T, ".", file, changed)
}

// shows says whether what was printed is what the page has; … stands for anything,
// alone on a line for any lines.
func shows(got, want string) bool {
	pattern := regexp.QuoteMeta(strings.TrimSpace(want))
	pattern = strings.ReplaceAll("\n"+pattern+"\n", "\n…\n", "\n(?s:.*)\n")
	pattern = strings.ReplaceAll(pattern, "key_…", "key_[0-9a-f]+")
	pattern = regexp.MustCompile(`within …|"…|_…`).ReplaceAllStringFunc(pattern, func(s string) string { return strings.TrimSuffix(s, "…") + ".*" })
	return regexp.MustCompile("^" + strings.TrimSpace(pattern) + "$").MatchString(strings.TrimSpace(got))
}

// freeAddress is one that nobody listens at.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
