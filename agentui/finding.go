package agentui

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"parley/conversation"
	"parley/flows"
)

// Finds is what conversations are found by. It follows the feed a moment behind, so that
// no text waits for it.
type Finds interface {
	// Index goes over at most about limit events that came since the last time and returns
	// how many there were; who gives the words for whom a conversation is with. Only one
	// node does so at a time; another finds nothing.
	Index(ctx context.Context, limit int, who func(c conversation.Conversation, k flows.Contact) []string) (int, error)
	// Find lists conversations in which one and the same text, or whom they are with, has
	// a word that begins with one of every term's beginnings; the newest first, each once,
	// at most limit.
	Find(ctx context.Context, terms []Term, limit int) ([]Found, error)
}

// Term is one thing that is sought: beginnings of words, of which one is enough.
type Term []string

// Found is one conversation that was found.
type Found struct {
	Conversation string             `json:"conversation"`
	Phone        string             `json:"phone"`
	Customer     string             `json:"customer,omitempty"`
	Owner        conversation.Owner `json:"owner"`
	At           int64              `json:"at"`             // of the text, or when whom it is with was last noted
	Text         string             `json:"text,omitempty"` // what was found in it, cut short; "": whom it is with
}

// The bounds of words and of what is sought.
const (
	longestWord  = 64
	longestQuery = 100 // characters
	mostTerms    = 6
	mostFound    = 50
	leastDigits  = 3
)

// Words cuts a text into what it is found by: folded, letters and digits alone.
func Words(text string) []string {
	var all []string
	for _, w := range strings.FieldsFunc(flows.Fold(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if len(w) > longestWord {
			w = strings.ToValidUTF8(w[:longestWord], "")
		}
		all = append(all, w)
	}
	return all
}

// tail is a number from its end: people know the last digits.
func tail(digits string) string {
	b := []byte(digits)
	slices.Reverse(b)
	return "r" + string(b)
}

// Readings are the ways to read what somebody seeks, the likeliest first: digits may be
// those of a number. None: there is nothing in it to seek by.
func Readings(query string) (all [][]Term) {
	if utf8.RuneCountInString(query) > longestQuery {
		return nil
	}
	if digits := onlyDigits(query); len(digits) >= leastDigits {
		all = append(all, []Term{{digits, tail(digits)}})
	}
	if words := byWords(query); len(words) > 0 {
		all = append(all, words)
	}
	return all
}

func byWords(query string) []Term {
	var all []Term
	for _, w := range Words(query) {
		if len(all) == mostTerms {
			break
		}
		all = append(all, Term{w})
	}
	return all
}

// onlyDigits is a number without what people write between its digits; "": it is none.
func onlyDigits(query string) string {
	var digits strings.Builder
	for _, r := range query {
		switch {
		case r >= '0' && r <= '9':
			digits.WriteRune(r)
		case !strings.ContainsRune(" +-()./", r):
			return ""
		}
	}
	return digits.String()
}

// who are the words for whom a conversation is with: name, number, and what live runs
// are about. What is secret is in no index.
func (c *Console) who(conv conversation.Conversation, k flows.Contact) []string {
	words := append(Words(k.Name), tail(strings.TrimPrefix(conv.Phone, "+")), strings.TrimPrefix(conv.Phone, "+"))
	for _, r := range conv.State.Runs {
		f, ok := c.Catalog.ByHash(r.Hash)
		if !ok {
			continue
		}
		if !f.SecretKey() {
			words = append(words, Words(r.Key)...)
		}
		known, _ := f.Results(r.Vars)
		for _, v := range known {
			if s, ok := v.(string); ok && len(s) <= longestWord {
				words = append(words, Words(s)...)
			}
		}
	}
	slices.Sort(words)
	return slices.Compact(words)
}

// indexPage is how many events go into the index at once.
const indexPage = 200

// Index brings the search index on by a page; more: there may be another one.
func (c *Console) Index(ctx context.Context) (more bool, err error) {
	n, err := c.Finds.Index(ctx, indexPage, c.who)
	return n > 0, err
}

// Search is what was found.
type Search struct {
	Found []Found `json:"found"`
}

// search finds conversations: ?q=.
func (c *Console) search(w http.ResponseWriter, r *http.Request, _ SignIn, _ Agent) {
	query := r.URL.Query().Get("q")
	found := []Found{}
	for _, terms := range Readings(query) {
		all, err := c.Finds.Find(r.Context(), terms, mostFound)
		if err != nil {
			c.Auth.failed(w, err)
			return
		}
		if len(all) > 0 {
			found = all
			break
		}
	}
	answer(w, http.StatusOK, Search{found})
}
