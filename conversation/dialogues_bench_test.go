package conversation_test

import (
	"slices"
	"testing"
	"time"

	"parley/conversation"
	"parley/conversation/classify"
	"parley/flows"
)

// BenchmarkStepOfDialogues times Step for every text that a customer writes in the
// shipped dialogues, and reports the median and the worst (bound of the median:
// 5 µs, as for a plain reply).
func BenchmarkStepOfDialogues(b *testing.B) {
	library, err := flows.Load([]string{"library"})
	if err != nil {
		b.Fatal(err)
	}
	type moment struct {
		env  conversation.Env
		c    conversation.Conversation
		e    conversation.Event
		what string
	}
	var moments []moment
	for _, f := range library.All() {
		for _, d := range dialoguesOf(b, f.Name) {
			for i, s := range d.Steps {
				if s.Kind != flows.StepCustomer {
					continue
				}
				r := conversation.NewRehearsal(library, classify.Reader{}, f.Name)
				before := d
				before.Steps = d.Steps[:i]
				if err := r.Perform(before); err != nil {
					b.Fatal(err)
				}
				r.Pass(30 * time.Second)
				moments = append(moments, moment{r.Env, r.Conversation, conversation.Event{Kind: conversation.KindText,
					Text: &conversation.Text{Text: s.Text, Media: s.Media}}, f.Name + ": " + d.Title + ": " + s.Text})
			}
		}
	}
	costs := make([]float64, len(moments))
	for b.Loop() {
		for i, m := range moments {
			const often = 50
			begin := time.Now()
			for range often {
				conversation.Step(m.env, m.c, m.e)
			}
			cost := float64(time.Since(begin).Nanoseconds()) / often
			if costs[i] == 0 || cost < costs[i] {
				costs[i] = cost
			}
		}
	}
	worst := 0
	for i := range costs {
		if costs[i] > costs[worst] {
			worst = i
		}
	}
	b.Logf("worst of %d: %.1f µs, %s", len(moments), costs[worst]/1000, moments[worst].what)
	b.ReportMetric(costs[worst]/1000, "µs/worst")
	slices.Sort(costs)
	median := costs[len(costs)/2] / 1000
	b.ReportMetric(median, "µs/median")
	if median > 5 {
		b.Errorf("the median is %.1f µs", median)
	}
}
