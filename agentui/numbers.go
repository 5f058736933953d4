package agentui

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"
)

// Counts answers what leads ask. What test keys do is in no number. Ranges are [from, to),
// Unix ms, of at most mostRange.
type Counts interface {
	// Numbers counts what happened in a range, and what waits now.
	Numbers(ctx context.Context, from, to int64) (Numbers, error)
	// Ways counts the runs of a flow that ended in a range by the way they went, the most
	// frequent first, at most limit.
	Ways(ctx context.Context, flow string, from, to int64, limit int) ([]Way, error)
	// FlowNames lists every flow that was ever loaded, by name.
	FlowNames(ctx context.Context) ([]string, error)
}

// Numbers is how the work goes.
type Numbers struct {
	From      int64         `json:"from"`
	To        int64         `json:"to"`
	At        int64         `json:"at"` // when it was counted, Unix ms
	Waiting   []Waiting     `json:"waiting"`
	Response  FirstResponse `json:"response"`
	Days      []ResponseDay `json:"days"`
	Handovers []Handovers   `json:"handovers"`
	Outcomes  []FlowOutcome `json:"outcomes"`
	Codes     []CodesSent   `json:"codes"`
	CodesFrom int64         `json:"codes_from"` // codes before are no longer kept
	OptOuts   []OptOuts     `json:"opt_outs"`
}

// Waiting is what waits in a queue now.
type Waiting struct {
	Queue string `json:"queue"` // "" : none is named
	Count int64  `json:"count"`
	Since int64  `json:"since,omitempty"` // since when the longest waiting customer does, Unix ms; 0: none waits for a word
}

// FirstResponse is how long people took for their first word after the bot had handed over, by
// the clock: nights count. What was taken from the bot unasked is not in it.
type FirstResponse struct {
	Answered int64 `json:"answered"`
	Median   int64 `json:"median"` // ms
	P90      int64 `json:"p90"`    // ms
}

// ResponseDay is FirstResponse for what was handed over in 24 hours.
type ResponseDay struct {
	At int64 `json:"at"` // where they begin
	FirstResponse
}

// Handovers is how often people were asked for a reason.
type Handovers struct {
	Reason   string `json:"reason"` // as of Handing; taken: nobody asked, somebody did
	Count    int64  `json:"count"`
	Answered int64  `json:"answered"` // of these: a person wrote
}

// FlowOutcome is how many runs of a flow ended in one way.
type FlowOutcome struct {
	Flow    string `json:"flow"`
	Outcome string `json:"outcome"`
	Count   int64  `json:"count"`
}

// CodesSent is what became of the codes for one purpose.
type CodesSent struct {
	Purpose  string `json:"purpose"`
	Sent     int64  `json:"sent"`
	Approved int64  `json:"approved"`
}

// OptOuts is how many phones opted out in one hour and have not come back since.
type OptOuts struct {
	At    int64 `json:"at"` // where the hour begins, counted from the range's beginning
	Count int64 `json:"count"`
}

// oversees are the roles of those who see how all work goes.
var oversees = []Role{RoleLead, RoleAdmin, RoleAuditor}

// The bounds of what leads ask.
const (
	mostRange   = 32 * 24 * time.Hour
	freshFor    = 5 * time.Second
	mostCounted = 64 // answers kept
)

// overseen lets only those in who see how all work goes.
func (c *Console) overseen(do func(http.ResponseWriter, *http.Request, SignIn, Agent)) http.HandlerFunc {
	return c.Auth.as(func(w http.ResponseWriter, r *http.Request, s SignIn, a Agent) {
		if !slices.Contains(oversees, a.Role) {
			problem(w, http.StatusForbidden, "forbidden", "this is for leads")
			return
		}
		do(w, r, s, a)
	})
}

// span reads ?from=&to=, Unix ms; false: it has been answered.
func span(w http.ResponseWriter, r *http.Request) (from, to int64, ok bool) {
	from, err := strconv.ParseInt(r.URL.Query().Get("from"), 10, 64)
	to, err2 := strconv.ParseInt(r.URL.Query().Get("to"), 10, 64)
	const last = 1 << 52 // beyond it differences of times are not safe from overflow
	if err != nil || err2 != nil || from < 0 || to <= from || to > last || to-from > mostRange.Milliseconds() {
		problem(w, http.StatusBadRequest, "range", "name from and to in Unix ms, at most 32 days apart")
		return 0, 0, false
	}
	return from, to, true
}

// numbers counts what happened from ?from= to ?to=.
func (c *Console) numbers(w http.ResponseWriter, r *http.Request, _ SignIn, _ Agent) {
	from, to, ok := span(w, r)
	if !ok {
		return
	}
	n, err := c.counted.of(r.Context(), counting{"", from, to}, func(ctx context.Context) (any, error) { return c.Counts.Numbers(ctx, from, to) })
	if err != nil {
		c.Auth.failed(w, err)
		return
	}
	answer(w, http.StatusOK, n)
}

// counting is one question.
type counting struct {
	flow     string
	from, to int64
}

// counted keeps answers for some seconds and asks one thing at a time: however many leads
// look, whoever texts waits for one of their questions at most. The zero value is useful.
type counted struct {
	once sync.Once
	turn chan struct{}
	kept map[counting]keptAnswer
}

type keptAnswer struct {
	answer any
	at     time.Time
}

func (k *counted) of(ctx context.Context, q counting, ask func(context.Context) (any, error)) (any, error) {
	k.once.Do(func() { k.turn, k.kept = make(chan struct{}, 1), map[counting]keptAnswer{} })
	select {
	case k.turn <- struct{}{}:
		defer func() { <-k.turn }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if a, ok := k.kept[q]; ok && time.Since(a.at) < freshFor {
		return a.answer, nil
	}
	answer, err := ask(ctx)
	if err != nil {
		return nil, err
	}
	if len(k.kept) >= mostCounted {
		clear(k.kept)
	}
	k.kept[q] = keptAnswer{answer, time.Now()}
	return answer, nil
}
