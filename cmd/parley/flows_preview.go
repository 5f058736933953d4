package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"parley/conversation"
	"parley/flows"
	"parley/outbound/segment"
)

// flowsPreview shows what customers read.
type flowsPreview struct {
	flowArgs
	Language string `name:"lang" help:"Only this language."`
	Worst    bool   `help:"Every value as long as it may get: x stands for a character of it."`
}

// Run prints the texts and what they cost.
func (c *flowsPreview) Run(p *Program, all *commands) error {
	_, f, given, err := c.open()
	if err != nil {
		return err
	}
	if c.Language != "" && f.Speaks(c.Language) != c.Language {
		return fmt.Errorf("%s has no texts in %s: there are %s", f.Name, c.Language, strings.Join(f.Languages, ", "))
	}
	scope, sender, err := c.stage(all, f)
	if err != nil {
		return err
	}
	data, made := f.Samples(scope.Now, given)
	vars, problems := f.CheckInput(data)
	if len(problems) > 0 {
		return fmt.Errorf("the inputs: %s", strings.Join(problems, "; "))
	}
	fmt.Fprintf(p.Out, "%s (%s): %s\nfrom %s\n", f.Name, f.Class, f.Title, sender)
	if len(made) > 0 && !c.Worst {
		fmt.Fprintln(p.Out, wrapped("made up: "+pairs(data, made), "  "))
	}
	(&bill{}).print(p.Out, f.Preview(scope, vars, c.Language, c.Worst))
	return nil
}

// stage is the configured sender of the flow, or the rehearsals' when there is no
// configuration.
func (c *flowsPreview) stage(all *commands, f *flows.Flow) (flows.Scope, string, error) {
	line := conversation.NewRehearsal(nil, nil, f.Name).Env.Line
	note := " (no configuration: " + all.File + " is not there)"
	if _, err := os.Stat(all.File); err == nil {
		config, err := all.load()
		if err != nil {
			return flows.Scope{}, "", err
		}
		if line, err = senderOf(config, f.Brand); err != nil {
			return flows.Scope{}, "", err
		}
		note = ""
	}
	scope := flows.Scope{Now: time.Now().In(f.Zone(line.Brand)), Brand: line.Brand, Line: line.Number, CanReply: !line.OneWay}
	return scope, fmt.Sprintf("%s, brand %s%s", line.Number, line.Brand.Name, note), nil
}

// senderOf is the brand's default sender, else the first of its lines.
func senderOf(config Config, brand string) (conversation.Line, error) {
	number, err := config.route("", brand, "")
	for _, l := range config.Lines {
		if err != nil && (brand == "" || l.Brand == brand) {
			number, err = l.Number, nil
		}
		if l.Number == number {
			return lineOf(config.Brands[l.Brand], l)
		}
	}
	return conversation.Line{}, fmt.Errorf("the configuration has no line for the brand %q: %w", brand, err)
}

// pairs writes values as they may be given.
func pairs(data map[string]any, names []string) string {
	var out []string
	for _, name := range names {
		out = append(out, fmt.Sprintf("%s=%s", name, written(data[name])))
	}
	return strings.Join(out, " ")
}

// bill counts what the texts cost.
type bill struct {
	texts, segments, ucs2, long int
	language                    []string
	byLanguage                  map[string]int
}

const previewWidth = 100

func (b *bill) print(w io.Writer, all []flows.Shown) {
	b.byLanguage = map[string]int{}
	for i, s := range all {
		if i == 0 || all[i-1].State != s.State {
			fmt.Fprintf(w, "\n%s\n", s.State)
		}
		if s.Problem != "" {
			fmt.Fprintf(w, "  %-14s %-6s not shown: %s\n", s.Kind, s.Language, s.Problem)
			continue
		}
		info := segment.Count(s.Text)
		fmt.Fprintf(w, "  %-14s %-6s %s\n", s.Kind, s.Language, b.add(s.Language, info))
		fmt.Fprintln(w, wrapped(plainly(s.Text), "    "))
	}
	fmt.Fprintf(w, "\n%d texts, %d segments", b.texts, b.segments)
	for _, lang := range b.language {
		fmt.Fprintf(w, "; %s %d", lang, b.byLanguage[lang])
	}
	fmt.Fprintf(w, "\n%d take more than one segment, %d are UCS-2\n", b.long, b.ucs2)
}

// add counts one text and says what it costs.
func (b *bill) add(language string, info segment.Info) string {
	if b.byLanguage[language] == 0 {
		b.language = append(b.language, language)
	}
	b.texts++
	b.segments += info.Segments
	b.byLanguage[language] += info.Segments
	out := fmt.Sprintf("%s, %s, %d units, %d left", plural(info.Segments, "segment"), info.Encoding, info.Units, info.Left)
	if info.Segments > 1 {
		b.long++
	}
	if info.Encoding == segment.UCS2 {
		b.ucs2++
		out += fmt.Sprintf(", because of %q (U+%04X)", info.Offending, info.Offending)
	}
	return out
}

// wrapped breaks a text at spaces into indented lines that fit; a word that is too
// long is broken.
func wrapped(text, indent string) string {
	room := previewWidth - len(indent)
	var out []string
	for line := range strings.SplitSeq(text, "\n") {
		rest := []rune(line)
		for len(rest) > room {
			cut := room
			for i := room; i > room/2; i-- {
				if rest[i] == ' ' {
					cut = i
					break
				}
			}
			out = append(out, indent+string(rest[:cut]))
			rest = []rune(strings.TrimPrefix(string(rest[cut:]), " "))
		}
		out = append(out, indent+string(rest))
	}
	return strings.Join(out, "\n")
}
