package main

import (
	"fmt"
	"math"
	"net/url"
	"slices"
	"strings"
	"time"

	"parley/conversation"
	"parley/conversation/classify"
	"parley/outbound/egress"
)

// LLMConfig is an OpenAI-compatible service.
type LLMConfig struct {
	// BaseURL is what stands before /chat/completions: https://api.openai.com/v1. Without
	// it nobody is asked.
	BaseURL string `yaml:"base_url"`
	Model   string `yaml:"model"`
	APIKey  string `yaml:"api_key"` // "" : a private service that wants none
	// Private says that the address lies inside our own network, on purpose: it may be
	// any, and plain http. Default: public addresses only, by https.
	Private bool          `yaml:"private"`
	Timeout time.Duration `yaml:"timeout"` // of one try, of which there are two; default and most 6s
	// Reasoning is the effort of models that reason: none, minimal, low, medium, high.
	// Default the service's.
	Reasoning string `yaml:"reasoning"`
	// MaxTokens bounds an answer, with what a model reasons before it. Default 1000.
	MaxTokens int `yaml:"max_tokens"`
	// PriceIn and PriceOut are what a million tokens cost, in Currency. Default 0.
	PriceIn  float64 `yaml:"price_in"`
	PriceOut float64 `yaml:"price_out"`
	Currency string  `yaml:"currency"` // default USD
	// DailyTokens and DailySpend are the most of a day (UTC), on all nodes together;
	// beyond it nobody is asked. Default a million tokens, and no limit to the money.
	DailyTokens int64   `yaml:"daily_tokens"`
	DailySpend  float64 `yaml:"daily_spend"`
}

const (
	longestLLM   = 6 * time.Second // two tries and the wait between them fit into the time that a text waits
	defaultDaily = 1_000_000
	mostPrice    = 10_000 // of a million tokens: beyond it somebody has given the price of one
)

// on says whether there is a service.
func (c *LLMConfig) on() bool { return c.BaseURL != "" }

var efforts = []string{"", "none", "minimal", "low", "medium", "high"}

// check completes what was left out and says what is wrong.
func (c *LLMConfig) check(bad func(format string, args ...any)) {
	if *c == (LLMConfig{}) {
		return
	}
	checkAddress(bad, "llm.base_url", c.BaseURL, "https://api.openai.com/v1", c.Private)
	if c.Model == "" {
		bad("llm.model: name one")
	}
	if c.APIKey == "" && !c.Private {
		bad("llm.api_key: is missing")
	}
	if c.Timeout < 0 || c.Timeout > longestLLM {
		bad("llm.timeout: want at most %s", longestLLM)
	}
	if !slices.Contains(efforts, c.Reasoning) {
		bad("llm.reasoning: want one of %s", strings.Join(efforts[1:], ", "))
	}
	if c.MaxTokens < 0 || c.MaxTokens > 1<<16 {
		bad("llm.max_tokens: want 1 to %d", 1<<16)
	}
	c.money(bad)
	c.complete()
}

// money refuses what no price or ceiling can be; not a number is none either.
func (c *LLMConfig) money(bad func(format string, args ...any)) {
	for key, v := range map[string]float64{"price_in": c.PriceIn, "price_out": c.PriceOut} {
		if !(v >= 0 && v <= mostPrice) {
			bad("llm.%s: want the price of a million tokens, like 0.25", key)
		}
	}
	if !(c.DailySpend >= 0 && c.DailySpend <= 1e9) {
		bad("llm.daily_spend: want an amount, like 5")
	}
	if c.DailySpend > 0 && c.PriceIn+c.PriceOut == 0 {
		bad("llm.daily_spend: give price_in and price_out too, or it is never reached")
	}
	if c.DailyTokens < 0 {
		bad("llm.daily_tokens: want a number of tokens, like 1000000")
	}
}

func (c *LLMConfig) complete() {
	if c.Timeout == 0 {
		c.Timeout = longestLLM
	}
	if c.MaxTokens == 0 {
		c.MaxTokens = 1000
	}
	if c.DailyTokens == 0 {
		c.DailyTokens = defaultDaily
	}
	if c.Currency == "" {
		c.Currency = "USD"
	}
}

// llmOf makes what asks the service; nil: there is none. Its Ledger is missing.
func llmOf(c LLMConfig) (*classify.LLM, error) {
	if !c.on() {
		return nil, nil
	}
	u, err := url.Parse(c.BaseURL)
	if err != nil {
		return nil, fmt.Errorf("llm.base_url: %w", err)
	}
	var private []string
	if c.Private {
		private = []string{hostPort(u)}
	}
	client, err := egress.NewClient(egress.Config{Private: private, Timeout: c.Timeout})
	if err != nil {
		return nil, fmt.Errorf("llm: %w", err)
	}
	return classify.NewLLM(&classify.LLM{Client: client, BaseURL: strings.TrimSuffix(c.BaseURL, "/"), Model: c.Model, Key: c.APIKey, Reasoning: c.Reasoning,
		MaxTokens: c.MaxTokens, PriceIn: c.PriceIn, PriceOut: c.PriceOut,
		Most: conversation.Expense{Tokens: c.DailyTokens, Micros: int64(math.Round(c.DailySpend * 1e6))}}), nil
}
