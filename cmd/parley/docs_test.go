package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"parley/conversation"
	"parley/conversation/classify"
	"parley/flows"
)

// root is where the documents are.
const root = "../.."

// block is a fenced block of a page.
type block struct {
	page string
	line int    // of its first line
	mark string // what stands behind the fence
	text string
}

func (b block) at() string { return fmt.Sprintf("%s:%d", b.page, b.line) }

// documents are the pages whose blocks are held to the program.
func documents(t *testing.T) []string {
	t.Helper()
	pages, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	if err != nil || len(pages) < 4 {
		t.Fatal(pages, err)
	}
	return append(pages, filepath.Join(root, "README.md"))
}

func blocksOf(t *testing.T, page string) []block {
	t.Helper()
	source, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	var out []block
	inside := false
	for i, line := range strings.Split(string(source), "\n") {
		mark, fence := strings.CutPrefix(line, "```")
		switch {
		case fence && !inside:
			inside = true
			out = append(out, block{page: filepath.Base(page), line: i + 2, mark: strings.TrimSpace(mark)})
		case fence:
			inside = false
		case inside:
			out[len(out)-1].text += line + "\n"
		}
	}
	if inside {
		t.Fatalf("%s: a block is not closed", page)
	}
	return out
}

// TestDocuments holds every block of every page to the program: flows load and are
// checked, dialogues are played, configurations are read, command lines are parsed.
// A block without a mark that is known here fails.
func TestDocuments(t *testing.T) {
	for _, page := range documents(t) {
		t.Run(filepath.Base(page), func(t *testing.T) {
			blocks := blocksOf(t, page)
			p := &pageOfFlows{T: t, others: map[string]string{}}
			for _, b := range blocks { // flows may start one another, whatever their order
				if kind, _, _ := strings.Cut(b.mark, " "); kind == "yaml" && strings.HasPrefix(b.mark, "yaml flow") {
					p.others[nameOfFlow(b.text)] = b.text
				}
			}
			for _, b := range blocks {
				kind := b.mark
				if words := strings.Fields(b.mark); len(words) > 2 {
					kind = strings.Join(words[:2], " ") // the rest is the file's name
				} else if len(words) == 2 && words[0] == "chat" {
					kind = "chat"
				}
				hold := marks[kind]
				if hold == nil {
					t.Errorf("%s: a block marked %q: mark it as one of %s", b.at(), b.mark, strings.Join(slices.Sorted(maps.Keys(marks)), ", "))
					continue
				}
				hold(p, b)
			}
		})
	}
}

// marks are the kinds of blocks, and what holds each of them.
var marks = map[string]func(*pageOfFlows, block){
	"yaml flow":   (*pageOfFlows).flow,
	"yaml keys":   (*pageOfFlows).keys,
	"yaml states": (*pageOfFlows).states,
	"yaml texts":  (*pageOfFlows).texts, // of the flow and language named behind it
	"yaml config": (*pageOfFlows).config,
	"chat":        (*pageOfFlows).chat,
	"json":        (*pageOfFlows).json,
	"sh":          (*pageOfFlows).commands,
	"text":        func(*pageOfFlows, block) {},
	"console":     (*pageOfFlows).console,
	"go":          (*pageOfFlows).code, "python": (*pageOfFlows).code, "bash": (*pageOfFlows).code,
}

// pageOfFlows reads a page from top to bottom.
type pageOfFlows struct {
	*testing.T
	others map[string]string // the page's whole flows, by name
	folder string            // of the last flow
	last   string            // its name
}

// The sketch is the flow that keys and states are cut out of. What it says by itself
// must be good; see allowed.
const (
	sketchHead = "flow: sketch\ntrigger: {events: [sketch.begun]}\n"
	sketchIn   = `  name: {type: string, max: 20, default: Ann}
  order: {type: string, max: 20, default: A-1}
  at: {type: datetime, default: "2026-03-05T15:30:00Z"}
  amount: {type: money, default: "12.50 USD"}
  slots: {type: list, default: [{at: "2026-03-09T09:00:00Z"}, {at: "2026-03-10T14:30:00Z"}]}
`
	sketchStates = `  next:
    say: "{{ brand }}: and now? Reply OK."
    replies: [{match: ok, goto: done}]
    silence: {after: 24h, goto: done}
  other: {say: "{{ brand }}: something else.", goto: done}
  agent: {handoff: {queue: desk}}
  done: {end: done}
`
)

// allowed are the findings that a sketch cannot help: its states are not all used by
// what is shown, and what is shown is seldom the first thing that is said.
var allowed = []string{"nothing-leads-to-the-state", "the-first-does-not-say-who"}

func (p *pageOfFlows) flow(b block) {
	var shown []string
	if b.page == "tutorial.md" { // which shows what the checker says of its first file
		shown = []string{"the-state-may-wait-for-ever"}
	}
	p.load(b, nameOfFlow(b.text), b.text, shown)
}

func (p *pageOfFlows) keys(b block) {
	source, found := strings.Replace(b.text, "input:\n", "input:\n"+sketchIn, 1), strings.HasPrefix(b.text, "input:\n")
	if !found {
		source += "input:\n" + sketchIn
	}
	p.load(b, "sketch", sketchHead+source+"start: next\nstates:\n"+sketchStates, allowed)
}

func (p *pageOfFlows) states(b block) {
	first, _, _ := strings.Cut(b.text, ":")
	indented := "  " + strings.ReplaceAll(strings.TrimSpace(b.text), "\n", "\n  ") + "\n"
	p.load(b, "sketch", sketchHead+"input:\n"+sketchIn+"start: "+first+"\nstates:\n"+indented+sketchStates, allowed)
}

// texts words one of the page's flows otherwise.
func (p *pageOfFlows) texts(b block) {
	file := strings.TrimPrefix(b.mark, "yaml texts ")
	name, _, _ := strings.Cut(file, ".")
	p.load(b, name, p.others[name], nil)
	if err := os.Mkdir(filepath.Join(p.folder, "texts"), 0o700); err != nil {
		p.Fatal(err)
	}
	write(p.T, p.folder, filepath.Join("texts", file+".yaml"), b.text)
	if _, err := flows.Load([]string{p.folder}); err != nil {
		p.Errorf("%s: %v", b.at(), err)
	}
}

// load writes the flow beside the page's others and checks all of them.
func (p *pageOfFlows) load(b block, name, source string, allowed []string) {
	p.Helper()
	p.folder, p.last = p.TempDir(), name
	for other, text := range p.others {
		write(p.T, p.folder, other+".yaml", text)
	}
	write(p.T, p.folder, name+".yaml", source)
	library, err := flows.Load([]string{p.folder})
	if err != nil {
		p.Errorf("%s: %v", b.at(), err)
		return
	}
	for _, w := range library.Warnings() {
		if filepath.Base(w.File) == name+".yaml" && !slices.Contains(allowed, w.Rule) {
			p.Errorf("%s: %v", b.at(), w)
		}
	}
}

// chat plays the dialogues by the last flow above them.
func (p *pageOfFlows) chat(b block) {
	if p.folder == "" {
		p.Errorf("%s: a dialogue without a flow above it", b.at())
		return
	}
	dialogues, err := flows.ParseDialogues(b.at(), []byte(b.text))
	if err != nil {
		p.Error(err)
		return
	}
	library, err := flows.Load([]string{p.folder})
	if err != nil {
		return // said already
	}
	for _, d := range dialogues {
		if err := conversation.NewRehearsal(library, classify.Reader{}, p.last).Perform(d); err != nil {
			p.Errorf("%s: %v", b.at(), err)
		}
	}
}

var filled = regexp.MustCompile(`\$\{([A-Z_]+)\}`)

// config reads a configuration as parley config check does.
func (p *pageOfFlows) config(b block) {
	for _, m := range filled.FindAllStringSubmatch(b.text, -1) {
		secret := testSecret
		switch { // some have secrets of another form
		case strings.HasPrefix(m[1], "KANNEL"):
			secret = "letters-and-digits-7"
		case strings.Contains(m[1], "CODE"):
			secret = strings.TrimPrefix(testSecret, "whsec_")
		}
		p.Setenv(m[1], secret)
	}
	folder := p.TempDir()
	if err := os.Mkdir(filepath.Join(folder, "flows"), 0o700); err != nil {
		p.Fatal(err)
	}
	path := write(p.T, folder, "parley.yaml", strings.ReplaceAll(b.text, "./flows", folder+"/flows"))
	if code, out, errs := invoke(p.T, "", "config", "check", "-c", path); code != 0 {
		p.Errorf("%s: %s%s", b.at(), out, errs)
	}
}

func (p *pageOfFlows) json(b block) {
	var any any
	if err := json.Unmarshal([]byte(strings.ReplaceAll(b.text, "…", "")), &any); err != nil {
		p.Errorf("%s: %v", b.at(), err)
	}
}

// commands parses every line that calls parley, and looks for the targets of make.
func (p *pageOfFlows) commands(b block) {
	makefile, err := os.ReadFile(filepath.Join(root, "Makefile"))
	if err != nil {
		p.Fatal(err)
	}
	for line := range strings.Lines(strings.ReplaceAll(b.text, "\\\n", " ")) {
		for one := range strings.SplitSeq(strings.TrimSpace(line), " && ") {
			if inner, ok := strings.CutPrefix(one, "PARLEY_KEY=$("); ok {
				one, _, _ = strings.Cut(inner, ")")
			}
			words := shellWords(one)
			if len(words) > 2 && words[0] == "go" && words[1] == "run" && words[2] == "./cmd/parley" {
				words = append([]string{"parley"}, words[3:]...)
			}
			switch {
			case len(words) == 0:
			case words[0] == "parley":
				p.parses(b, words[1:])
			case words[0] == "make" && !bytes.Contains(makefile, []byte("\n"+words[1]+":")):
				p.Errorf("%s: the Makefile has no %s", b.at(), words[1])
			case slices.Contains(words, "./cmd/parley"):
			case !slices.Contains([]string{"make", "curl", "openssl", "kill", "git", "cd", "mkdir", "export"}, words[0]):
				p.Errorf("%s: what is %s?", b.at(), words[0])
			}
		}
	}
}

// parses holds a command line to the program's.
func (p *pageOfFlows) parses(b block, args []string) {
	var c commands
	parser, err := kong.New(&c, kong.Vars{"version": version}, kong.Exit(func(int) {}), kong.Writers(&bytes.Buffer{}, &bytes.Buffer{}))
	if err != nil {
		p.Fatal(err)
	}
	if slices.Contains(args, "--help") {
		return
	}
	if _, err := parser.Parse(args); err != nil {
		p.Errorf("%s: parley %s: %v", b.at(), strings.Join(args, " "), err)
	}
}

// console is run by TestTutorial, of the one page that has such blocks.
func (p *pageOfFlows) console(b block) {
	if b.page != "tutorial.md" {
		p.Errorf("%s: nothing runs this", b.at())
	}
}

// code is run by TestVerifyingExamples, of the one page that has such blocks.
func (p *pageOfFlows) code(b block) {
	if b.page != "callbacks.md" {
		p.Errorf("%s: nothing runs this", b.at())
	}
}

func nameOfFlow(source string) string {
	for line := range strings.Lines(source) {
		if name, ok := strings.CutPrefix(line, "flow: "); ok {
			return strings.TrimSpace(name)
		}
	}
	return "nameless"
}

// shellWords cuts a command line as a shell does: quotes, and comments away.
func shellWords(line string) []string {
	var words []string
	var word strings.Builder
	open, quote := false, rune(0)
	for _, r := range line {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote == 0 && (r == '\'' || r == '"'):
			quote, open = r, true
		case quote == 0 && r == '#' && !open:
			return words
		case quote == 0 && (r == ' ' || r == '\n' || r == '\t'):
			if open {
				words = append(words, word.String())
				word.Reset()
				open = false
			}
		default:
			word.WriteRune(r)
			open = true
		}
	}
	if open {
		words = append(words, word.String())
	}
	return words
}

// TestLinksBetweenPages looks for the files and headings that pages name.
func TestLinksBetweenPages(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)\s]+)\)`)
	for _, page := range documents(t) {
		source, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range link.FindAllStringSubmatch(string(source), -1) {
			name, heading, _ := strings.Cut(m[1], "#")
			if strings.Contains(name, "://") {
				continue
			}
			to := page
			if name != "" {
				to = filepath.Join(filepath.Dir(page), name)
			}
			if info, err := os.Stat(to); err == nil && info.IsDir() {
				continue
			}
			text, err := os.ReadFile(to)
			if err != nil {
				t.Errorf("%s names %s: %v", page, m[1], err)
				continue
			}
			if heading != "" && !slices.Contains(headings(string(text)), heading) {
				t.Errorf("%s names %s, which has no such heading", page, m[1])
			}
		}
	}
}

// headings are a page's, as links name them.
func headings(text string) []string {
	var out []string
	for line := range strings.Lines(text) {
		if rest := strings.TrimLeft(line, "#"); rest != line && strings.HasPrefix(rest, " ") {
			kept := regexp.MustCompile(`[^\p{L}\p{N} _-]`).ReplaceAllString(strings.ToLower(strings.TrimSpace(rest)), "")
			out = append(out, strings.ReplaceAll(kept, " ", "-"))
		}
	}
	return out
}
