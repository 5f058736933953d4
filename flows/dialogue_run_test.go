package flows_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode"

	"parley/conversation/classify"
	"parley/flows"
)

// player carries out a dialogue over the moves alone: what the engine adds
// (consent, several runs, agents) is not here.
type player struct {
	flow     *flows.Flow
	scope    flows.Scope
	run      flows.Run
	language string
	asked    time.Time // when the wait's clock began
	step     int       // next step of silence
	said     []string
	emitted  []flows.Action
	handoff  *flows.Handoff
	end      string
}

func play(f *flows.Flow, d flows.Dialogue) error {
	p := &player{flow: f, language: "en", scope: flows.Scope{
		Now: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC), Brand: flows.Brand{ID: "acme", Name: "Acme"}, CanReply: true}}
	for _, s := range d.Steps {
		if err := p.play(s); err != nil {
			return fmt.Errorf("%s:%d: %w", d.File, s.Line, err)
		}
	}
	if len(p.said) > 0 {
		return fmt.Errorf("%s: %q: the bot also said %q", d.File, d.Title, p.said)
	}
	return nil
}

func (p *player) play(s flows.Step) error {
	if s.Kind != flows.StepBot && s.Kind != flows.StepEmitted && s.Kind != flows.StepState && len(p.said) > 0 {
		return fmt.Errorf("the bot also said %q", p.said)
	}
	switch s.Kind {
	case flows.StepStart:
		vars, problems := p.flow.CheckInput(s.Data)
		if len(problems) > 0 {
			return fmt.Errorf("%v", problems)
		}
		return p.apply(p.flow.Start(p.scope, flows.Run{Flow: p.flow.Name, Hash: p.flow.Hash, Vars: vars, Language: p.language}))
	case flows.StepEvent:
		m, ok := p.flow.Happened(p.scope, p.run, s.Name, s.Data)
		if !ok {
			return fmt.Errorf("nobody listens for %s", s.Name)
		}
		return p.apply(m)
	case flows.StepCustomer:
		return p.hear(flows.Said{Text: s.Text, Media: s.Media})
	case flows.StepPass:
		return p.pass(s.For)
	case flows.StepAgent:
		if s.Name == "return" {
			return p.apply(p.flow.Return(p.scope, p.run))
		}
	case flows.StepLanguage:
		p.language = s.Text
	case flows.StepAt:
		p.scope.Now, _ = time.Parse("2006-01-02T15:04", s.At)
	default:
		return p.expect(s)
	}
	return nil
}

func (p *player) hear(said flows.Said) error {
	if said.Text == "" {
		m, ok := p.flow.Attach(p.scope, p.run, said.Media)
		if !ok {
			return fmt.Errorf("the state %s takes no media", p.run.State)
		}
		return p.apply(m)
	}
	r := p.flow.Read(p.scope, classify.Lexicon{}, p.run, said)
	if !r.Fits {
		return p.apply(p.flow.Unfitting(p.scope, p.run, said))
	}
	return p.apply(p.flow.Answer(p.scope, p.run, said, r))
}

func (p *player) pass(d time.Duration) error {
	p.scope.Now = p.scope.Now.Add(d)
	for p.end == "" {
		clock := p.flow.Silence(p.run)
		if p.step >= len(clock) || p.scope.Now.Before(p.asked.Add(clock[p.step].After)) {
			return nil
		}
		step := p.step
		p.step++
		if err := p.apply(p.flow.Silent(p.scope, p.run, step)); err != nil {
			return err
		}
	}
	return nil
}

// apply takes a move over, through JSON: a run has to survive being stored.
func (p *player) apply(m flows.Move) error {
	if m.Problem != "" {
		return fmt.Errorf("run-time problem: %s", m.Problem)
	}
	b, err := json.Marshal(m.Run)
	if err != nil {
		return err
	}
	p.run = flows.Run{}
	if err := json.Unmarshal(b, &p.run); err != nil {
		return err
	}
	for _, s := range m.Says {
		p.said = append(p.said, s.Text)
	}
	p.emitted = append(p.emitted, m.Actions...)
	p.end, p.handoff = m.End, m.Handoff
	if m.Moved {
		p.asked, p.step = p.scope.Now, 0
	}
	return nil
}

func (p *player) expect(s flows.Step) error {
	switch s.Kind {
	case flows.StepBot:
		if len(p.said) == 0 {
			return fmt.Errorf("the bot said nothing, want %q", s.Text)
		}
		got := p.said[0]
		p.said = p.said[1:]
		if got != s.Text {
			return fmt.Errorf("the bot said %q, want %q", got, s.Text)
		}
		if n := len(got); n > 160 || strings.IndexFunc(got, func(r rune) bool { return r > unicode.MaxASCII }) >= 0 {
			return fmt.Errorf("%q does not fit one plain segment", got)
		}
	case flows.StepEmitted:
		if len(p.emitted) == 0 || p.emitted[0].Name != s.Name {
			return fmt.Errorf("emitted %v, want %s", p.emitted, s.Name)
		}
		var got map[string]any
		b, _ := json.Marshal(p.emitted[0].Data)
		_ = json.Unmarshal(b, &got)
		for k, want := range s.Data {
			if !reflect.DeepEqual(got[k], want) {
				return fmt.Errorf("emitted %s with %s %v, want %v", s.Name, k, got[k], want)
			}
		}
		p.emitted = p.emitted[1:]
	case flows.StepState:
		return p.standing(s)
	}
	return nil
}

func (p *player) standing(s flows.Step) error {
	switch {
	case s.Name == "handoff" && (p.handoff == nil || p.handoff.Queue != s.Text):
		return fmt.Errorf("handoff %v, want %s", p.handoff, s.Text)
	case s.Name == "ended" && p.end != s.Text:
		return fmt.Errorf("ended %q in %s, want %s", p.end, p.run.State, s.Text)
	case s.Name == "state" && (p.run.State != s.Text || p.end != ""):
		return fmt.Errorf("in the state %s (ended %q), want %s", p.run.State, p.end, s.Text)
	}
	return nil
}

// Every dialogue of the shipped flows holds, on the parsed version and on the one
// compiled from its stored source.
func TestDialogues(t *testing.T) {
	for _, folder := range []string{"library"} {
		files, _ := filepath.Glob(filepath.Join(folder, "*.yaml"))
		if len(files) == 0 {
			t.Errorf("no flows in %s", folder)
		}
		for _, file := range files {
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			f, err := flows.Parse(file, source)
			if err != nil {
				t.Error(err)
				continue
			}
			for _, found := range f.Check() {
				t.Errorf("a shipped flow has a finding: %v", found)
			}
			stored, err := flows.Compile(f.Source())
			if err != nil || stored.Hash != f.Hash {
				t.Fatalf("%s: the stored version is another: %v", file, err)
			}
			chat := strings.TrimSuffix(file, ".yaml") + ".chat"
			playFile(t, chat, f)
			playFile(t, chat, stored)
		}
	}
}

func playFile(t *testing.T, chat string, f *flows.Flow) {
	t.Helper()
	source, err := os.ReadFile(chat)
	if err != nil {
		t.Fatalf("%s has no dialogues: %v", f.Name, err)
	}
	dialogues, err := flows.ParseDialogues(chat, source)
	if err != nil || len(dialogues) == 0 {
		t.Fatalf("%d dialogues, %v", len(dialogues), err)
	}
	for _, d := range dialogues {
		if err := play(f, d); err != nil {
			t.Errorf("%s: %v", d.Title, err)
		}
	}
}
