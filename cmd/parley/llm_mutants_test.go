package main

import "testing"

// llmMutants break what the tests of single packages prove of the LLM: what it may
// decide, what it is shown, and what it costs.
var llmMutants = []mutant{
	{"an LLM chooses what a guess may decide and nothing else", "flows/ask.go",
		`r.intent == intent && f.guessed(r)`, `r.intent == intent`,
		"flows", "TestHeard"},
	{"an LLM's value is what the customer wrote, in whole words", "flows/ask.go",
		`!strings.Contains(" "+Fold(bounded(said.Text))+" ", " "+words+" ")`, `!strings.Contains(Fold(bounded(said.Text)), words)`,
		"flows", "TestHeard"},
	{"an answer with a field too many is none", "conversation/classify/prompt.go",
		`dec.DisallowUnknownFields()`, ``,
		"conversation/classify", "TestInjections|TestLLMFailures"},
	{"an answer is one of those that were offered", "conversation/classify/prompt.go",
		`*got.Meaning != unsure && !slices.Contains(names, *got.Meaning)`, `*got.Meaning == ""`,
		"conversation/classify", "TestInjections|TestLLMFailures"},
	{"what a service repeats is not passed on", "conversation/classify/llm_call.go",
		`return "asking the LLM: " + f.reason`, `return "asking the LLM: the lid"`,
		"conversation/classify", "TestLLMFailures"},
	{"a question with a question mark is another", "conversation/classify/llm_cache.go",
		`asks = "?"`, `asks = ""`,
		"conversation/classify", "TestLLMIsNotAskedInVain"},
	{"a service that fails is left alone", "conversation/classify/llm_call.go",
		`!l.breaker.TryAcquirePermit()`, `l.breaker == nil`,
		"conversation/classify", "TestLLMRests"},
	{"a job is counted once", "conversation/store/asks.go",
		`ON CONFLICT (id) DO NOTHING RETURNING day`, `ON CONFLICT (id) DO UPDATE SET at = excluded.at RETURNING day`,
		"conversation/store", "TestTheDaysBudgetHolds"},
	{"a day holds no more than it may", "conversation/store/asks.go",
		`WHERE llm_days.tokens + excluded.tokens <= $4 AND`, `WHERE $4 = $4 AND`,
		"conversation/store", "TestTheDaysBudgetHolds"},
	{"what a try may have taken stays counted", "conversation/store/asks.go",
		`state == 2`, `state == 3`,
		"conversation/store", "TestConformance"},
	{"values that are known are masked", "conversation/mask.go",
		`masked != t.text`, `masked == "?"`,
		"conversation", "TestAskingIsMasked"},
	{"the question is written without them", "conversation/asking.go",
		`m.standIn(c.flow, name, v, true)`, `v`,
		"conversation", "TestAskingIsMasked"},
	{"a question is asked back about once", "conversation/askback.go",
		`run.AskedBack == run.Wait`, `run.AskedBack < 0`,
		"conversation", "TestACloseGuess"},
	{"a yes in two seconds is not for the question asked back", "conversation/askback.go",
		`s.written(e) < w.Likely.At+seenAfter && !s.e.Test`, `s.e.Test`,
		"conversation", "TestAnAnswerThatCannot"},
	{"a conversation has so many questions an hour", "conversation/classifying.go",
		`spent.Texts >= mostClassified`, `spent.Texts < 0`,
		"conversation", "TestOneConversation"},
	{"a test run is shown to nobody", "conversation/asking.go",
		`s.e.Test || run.Test ||`, ``,
		"conversation", "TestATestRun"},
}

func TestProofLLMMutants(t *testing.T) {
	if size(0, 1) == 0 { // every mutant is a build of its own
		t.Skip("not run: the mutants of the LLM take some minutes: PARLEY_PROOF=1, or make proof")
	}
	kill(t, llmMutants, "60s", "--- FAIL")
}
