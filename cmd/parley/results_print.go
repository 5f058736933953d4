package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"parley/conversation"
	"parley/conversation/phone"
)

// table prints the summary, then a line for each result.
func (c *resultsCommand) table(ctx context.Context, out io.Writer, source *resultSource) error {
	sum := newSummary()
	if err := source.each(ctx, sum.add); err != nil {
		return err
	}
	sum.print(out, c.Flow)
	if sum.runs == 0 {
		return nil
	}
	const form = "%-16s  %-16s  %-14s  %-16s  %-16s  %6s  %5s  %s\n"
	fmt.Fprintf(out, "\n"+form, "STARTED", "ENDED", "PHONE", "OUTCOME", "LAST STATE", "ANSWER", "TEXTS", "ANSWERS")
	return source.each(ctx, func(e conversation.Ended) error {
		to, wait := e.Phone, "-"
		if !c.Full {
			to = phone.Mask(to)
		}
		if e.AnswerIn > 0 {
			wait = (time.Duration(e.AnswerIn/1000) * time.Second).String()
		}
		_, err := fmt.Fprintf(out, form, shortTime(e.BeganAt), shortTime(e.EndedAt), to, outcomeOf(e), e.State, wait,
			strconv.FormatInt(e.Texts, 10), answersLine(e))
		return err
	})
}

func shortTime(ms int64) string {
	if ms == 0 {
		return "-"
	}
	return time.UnixMilli(ms).Format("2006-01-02 15:04")
}

// answersLine is what a table's line has room for: readings, answers, photos.
func answersLine(e conversation.Ended) string {
	var parts []string
	for _, r := range e.Details.Readings {
		parts = append(parts, r.State+"="+r.As)
	}
	for _, name := range slices.Sorted(maps.Keys(e.Details.Answers)) {
		parts = append(parts, name+"="+shortened(plainValue(e.Details.Answers[name])))
	}
	if n := len(e.Details.Photos); n > 0 {
		parts = append(parts, plural(n, "photo"))
	}
	return strings.Join(parts, " ")
}

// shortened keeps a value on its line.
func shortened(s string) string {
	const most = 40
	s = oneLine(s)
	if utf8.RuneCountInString(s) > most {
		s = string([]rune(s)[:most-1]) + "…"
	}
	return s
}

// plainValue writes an answer as text: texts as they are, all else as JSON.
func plainValue(v any) string {
	switch x := v.(type) {
	case nil:
		return ""
	case string:
		return x
	}
	b, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return string(b)
}

// csvResults prints CSV (RFC 4180): a first look gathers the columns, a second
// prints the rows.
func csvResults(ctx context.Context, out io.Writer, source *resultSource) error {
	sum := newSummary()
	if err := source.each(ctx, sum.add); err != nil {
		return err
	}
	answers, states := slices.Sorted(maps.Keys(sum.answers)), slices.Sorted(maps.Keys(sum.states))
	head := []string{"run", "started", "ended", "phone", "key", "language", "outcome", "state", "seconds_to_answer", "texts", "photos"}
	for _, state := range states {
		head = append(head, "read."+state)
	}
	for _, name := range answers {
		head = append(head, "answer."+name)
	}
	w := csv.NewWriter(out)
	if err := w.Write(head); err != nil {
		return err
	}
	err := source.each(ctx, func(e conversation.Ended) error {
		row := []string{e.Run, longTime(e.BeganAt), longTime(e.EndedAt), e.Phone, tame(e.Key), e.Language, e.Outcome, e.State,
			waited(e), strconv.FormatInt(e.Texts, 10), strings.Join(e.Details.Photos, " ")}
		for _, state := range states {
			row = append(row, tame(readAs(e, state))) // the label of what was chosen
		}
		for _, name := range answers {
			row = append(row, tame(plainValue(e.Details.Answers[name])))
		}
		return w.Write(row)
	})
	w.Flush()
	if err == nil {
		err = w.Error()
	}
	return err
}

func readAs(e conversation.Ended, state string) string {
	for _, r := range e.Details.Readings {
		if r.State == state {
			return r.As
		}
	}
	return ""
}

// tame keeps what a customer wrote from being a formula where the file is opened:
// spreadsheets carry out cells that begin with = + - @ (OWASP, CSV injection). The
// quote that it sets is one more where such a cell has quotes already.
func tame(s string) string {
	if isFormula(strings.TrimLeft(s, "'")) {
		return "'" + s
	}
	return s
}

// untame takes back what tame did, so that what was exported can be imported.
func untame(s string) string {
	if rest, ok := strings.CutPrefix(s, "'"); ok && isFormula(strings.TrimLeft(rest, "'")) {
		return rest
	}
	return s
}

func isFormula(s string) bool {
	if s == "" || !strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return false
	}
	_, err := strconv.ParseFloat(s, 64)
	return err != nil
}

func longTime(ms int64) string {
	if ms == 0 {
		return ""
	}
	return time.UnixMilli(ms).UTC().Format(time.RFC3339)
}

func waited(e conversation.Ended) string {
	if e.AnswerIn == 0 {
		return ""
	}
	return strconv.FormatFloat(float64(e.AnswerIn)/1000, 'f', -1, 64)
}

// jsonResults prints one object a line.
func jsonResults(ctx context.Context, out io.Writer, source *resultSource) error {
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	return source.each(ctx, func(e conversation.Ended) error {
		row := map[string]any{"run": e.Run, "conversation": e.Conversation, "flow": e.Flow, "version": e.Hash, "phone": e.Phone, "line": e.Line, "state": e.State,
			"texts": e.Texts, "started": longTime(e.BeganAt)}
		add := func(name string, value any, given bool) {
			if given {
				row[name] = value
			}
		}
		readings := map[string]string{}
		for _, r := range e.Details.Readings {
			readings[r.State] = r.As
		}
		add("key", e.Key, e.Key != "")
		add("language", e.Language, e.Language != "")
		add("ended", longTime(e.EndedAt), e.EndedAt > 0)
		add("outcome", e.Outcome, e.EndedAt > 0)
		add("seconds_to_answer", float64(e.AnswerIn)/1000, e.AnswerIn > 0)
		add("readings", readings, len(readings) > 0)
		add("answers", e.Details.Answers, len(e.Details.Answers) > 0)
		add("photos", e.Details.Photos, len(e.Details.Photos) > 0)
		add("test", true, e.Test)
		return enc.Encode(row)
	})
}
