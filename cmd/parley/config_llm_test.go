package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"parley/conversation"
)

func llmConfig(t *testing.T, llm string) (Config, error) {
	t.Helper()
	return parseConfig([]byte("brands: {acme: {name: Acme}}\ncarriers: {lab: {provider: loopback, secret: x}}\nlines: [{number: \"+12025550100\", carrier: lab}]\nllm: "+llm+"\n"),
		func(string) (string, bool) { return "", false })
}

func TestLLMConfig(t *testing.T) {
	c, err := llmConfig(t, `{base_url: "https://api.example.com/v1/", model: m, api_key: k, price_in: 0.25, price_out: 2, daily_spend: 5}`)
	if err != nil {
		t.Fatal(err)
	}
	if l := c.LLM; !l.on() || l.Timeout != 6*time.Second || l.MaxTokens != 1000 || l.DailyTokens != 1_000_000 || l.Currency != "USD" {
		t.Errorf("%+v", l)
	}
	made, err := llmOf(c.LLM)
	if err != nil || made.BaseURL != "https://api.example.com/v1" || made.Most != (conversation.Expense{Tokens: 1_000_000, Micros: 5_000_000}) {
		t.Errorf("%+v %v", made, err)
	}
	d, _, err := directory(c)
	if err != nil || !d.Lines["+12025550100"].Classifier {
		t.Errorf("%+v %v", d, err)
	}
	if c, err := llmConfig(t, "{}"); err != nil || c.LLM.on() {
		t.Errorf("%+v %v", c.LLM, err)
	}
	if _, err := llmConfig(t, `{base_url: "http://127.0.0.1:8081/v1", model: m, private: true}`); err != nil {
		t.Error(err)
	}
	const good = `base_url: "https://a.example/v1", model: m, api_key: k`
	for llm, want := range map[string]string{
		`{model: m, api_key: k}`: "llm.base_url: want an address", `{base_url: "https://a.example/v1?x=1", model: m, api_key: k}`: "llm.base_url: want an address",
		`{base_url: "https://u:p@a.example", model: m, api_key: k}`: "llm.base_url: want an address", `{base_url: "ftp://a.example", model: m, api_key: k}`: "llm.base_url: want an address",
		`{base_url: "http://127.0.0.1:8081/v1", model: m, api_key: k}`: "private: true", `{base_url: "http://a.example/v1", model: m, api_key: k}`: "want https",
		`{base_url: "https://169.254.169.254/v1", model: m, api_key: k}`: "private: true",
		`{base_url: "https://a.example/v1", api_key: k}`:                 "llm.model", `{base_url: "https://a.example/v1", model: m}`: "llm.api_key: is missing",
		`{` + good + `, timeout: 7s}`: "llm.timeout", `{` + good + `, timeout: -1s}`: "llm.timeout", `{` + good + `, reasoning: hard}`: "llm.reasoning", `{` + good + `, max_tokens: -1}`: "llm.max_tokens",
		`{` + good + `, price_in: -1}`: "llm.price_in", `{` + good + `, price_out: .nan}`: "llm.price_out", `{` + good + `, price_in: 20000}`: "llm.price_in",
		`{` + good + `, daily_spend: 5}`: "give price_in", `{` + good + `, daily_spend: -5}`: "llm.daily_spend", `{` + good + `, daily_tokens: -5}`: "llm.daily_tokens",
		"\n  base_url: https://a.example/v1\n  modell: m": "[6:3] unknown field \"modell\"",
	} {
		if _, err := llmConfig(t, llm); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", llm, err, want)
		}
	}
}

func TestDoctorOnTheLLM(t *testing.T) {
	for llm, want := range map[string]string{
		`{}`: "ok llm", `{base_url: "http://127.0.0.1:8081/v1", model: m, private: true}`: "ok llm, ok llm.daily_tokens",
		`{base_url: "https://a.example/v1", model: m, api_key: k}`:                                              "warning llm, warning llm.daily_spend",
		`{base_url: "https://a.example/v1", model: m, api_key: k, price_in: 1, price_out: 2, daily_spend: 0.5}`: "warning llm, ok llm.daily_spend",
	} {
		c, err := llmConfig(t, llm)
		if err != nil {
			t.Fatal(err)
		}
		p := &patient{config: c}
		p.llm()
		var got []string
		for _, d := range p.found {
			got = append(got, d.State+" "+d.About)
			if strings.Contains(fmt.Sprint(d), "api_key") || d.State != healthy && d.Do == "" {
				t.Errorf("%+v", d)
			}
		}
		if strings.Join(got, ", ") != want {
			t.Errorf("%s: %q, want %q", llm, got, want)
		}
	}
}
