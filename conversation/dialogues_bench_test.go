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
// shipped dialogues, and reports the median and the worst. The median takes at most twice
// as long as a plain reply in the same run.
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
	env, c, e := conversation.Answered(b)
	costs, least := make([]float64, len(moments)), 0.0
	for b.Loop() {
		least = sooner(least, env, c, e)
		for i, m := range moments {
			costs[i] = sooner(costs[i], m.env, m.c, m.e)
		}
	}
	worst := 0
	for i := range costs {
		if costs[i] > costs[worst] {
			worst = i
		}
	}
	b.Logf("worst of %d: %.1f µs, %s", len(moments), costs[worst], moments[worst].what)
	b.ReportMetric(costs[worst], "µs/worst")
	slices.Sort(costs)
	median := costs[len(costs)/2]
	b.ReportMetric(median, "µs/median")
	b.ReportMetric(least, "µs/plain")
	if median > 2*least {
		b.Errorf("the median is %.1f µs, a plain reply takes %.1f µs", median, least)
	}
}

// sooner is how long (µs) a step takes, or took before, whichever is less: what is more
// comes of what else the machine did.
func sooner(before float64, env conversation.Env, c conversation.Conversation, e conversation.Event) float64 {
	const often = 50
	begin := time.Now()
	for range often {
		conversation.Step(env, c, e)
	}
	took := time.Since(begin).Seconds() * 1e6 / often
	if before == 0 {
		return took
	}
	return min(before, took)
}
