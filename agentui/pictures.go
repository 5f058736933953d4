package agentui

import (
	"cmp"
	"context"
	"net/http"
	"slices"

	"parley/conversation"
	"parley/flows"
)

// Pictures are the flows that a conversation is in.
type Pictures struct {
	Runs []Pictured `json:"runs"`
}

// Pictured is the flow of a live run, and where the run is in it. It holds nothing that the
// run knows.
type Pictured struct {
	Run   string      `json:"run"`
	Graph flows.Graph `json:"graph"`
	At    string      `json:"at"`   // the state
	Been  []string    `json:"been"` // states, in the order of the first visits, the present one among them
}

// FlowNames are the flows that are loaded.
type FlowNames struct {
	Flows []FlowName `json:"flows"`
}

// FlowName is how a flow is called.
type FlowName struct {
	Name  string `json:"name"`
	Title string `json:"title,omitempty"`
}

// Way is how many runs went one way to one end.
type Way struct {
	Path    []string // states, in the order of the first visits; empty: it was not kept
	State   string   // the last one
	Outcome string
	Count   int64
}

// FlowNumbers is a flow and what became of its runs that ended in a range.
type FlowNumbers struct {
	Graph    flows.Graph   `json:"graph"`
	Runs     int64         `json:"runs"`
	States   []StateCount  `json:"states"` // in the order of the graph; then those of other versions
	Outcomes []FlowOutcome `json:"outcomes"`
	Part     bool          `json:"part,omitempty"` // there were more ways than are counted
}

// StateCount is how many runs were in a state, and for how many it was the last that asked.
type StateCount struct {
	State    string        `json:"state"`
	Reached  int64         `json:"reached"`
	Last     int64         `json:"last"`
	Outcomes []FlowOutcome `json:"outcomes"` // of the last ones, the most frequent first
	Gone     bool          `json:"gone,omitempty"`
}

// mostWays bounds how many ways are counted of a flow.
const mostWays = 5000

// pictures shows the flows of a conversation's live runs.
func (c *Console) pictures(w http.ResponseWriter, r *http.Request, _ SignIn, _ Agent) {
	conv, ok := c.named(w, r)
	if !ok {
		return
	}
	all := []Pictured{}
	for _, run := range conv.State.Runs {
		f, err := c.version(r.Context(), run.Hash)
		if err != nil {
			c.Auth.failed(w, err)
			return
		}
		if f != nil {
			all = append(all, pictureOf(run, f))
		}
	}
	slices.Reverse(all) // the one that the customer was asked by last stands first
	answer(w, http.StatusOK, Pictures{all})
}

func pictureOf(run conversation.Run, f *flows.Flow) Pictured {
	been := flows.Visited(run.Path)
	if !slices.Contains(been, run.State) {
		been = append(been, run.State)
	}
	return Pictured{run.ID, f.Graph(), run.State, been}
}

// flowNames lists the flows that are loaded.
func (c *Console) flowNames(w http.ResponseWriter, r *http.Request, _ SignIn, _ Agent) {
	names, err := c.Counts.FlowNames(r.Context())
	if err != nil {
		c.Auth.failed(w, err)
		return
	}
	all := []FlowName{}
	for _, name := range names {
		if f, ok := c.Catalog.Current(name); ok {
			all = append(all, FlowName{name, f.Title})
		}
	}
	answer(w, http.StatusOK, FlowNames{all})
}

// flowNumbers shows a flow and how its runs went from ?from= to ?to=.
func (c *Console) flowNumbers(w http.ResponseWriter, r *http.Request, _ SignIn, _ Agent) {
	from, to, ok := span(w, r)
	if !ok {
		return
	}
	f, ok := c.Catalog.Current(r.PathValue("name"))
	if !ok {
		problem(w, http.StatusNotFound, "not_found", "there is no such flow")
		return
	}
	ways, err := c.counted.of(r.Context(), counting{f.Name, from, to}, func(ctx context.Context) (any, error) { return c.Counts.Ways(ctx, f.Name, from, to, mostWays) })
	if err != nil {
		c.Auth.failed(w, err)
		return
	}
	answer(w, http.StatusOK, numbersOf(f.Graph(), ways.([]Way)))
}

// numbersOf adds ways up.
func numbersOf(g flows.Graph, ways []Way) FlowNumbers {
	n := FlowNumbers{Graph: g, States: []StateCount{}, Part: len(ways) >= mostWays}
	asks, at := map[string]bool{}, map[string]int{}
	add := func(state string, gone bool) int {
		if _, known := at[state]; !known {
			at[state] = len(n.States)
			n.States = append(n.States, StateCount{State: state, Outcomes: []FlowOutcome{}, Gone: gone})
		}
		return at[state]
	}
	for _, node := range g.Nodes {
		if node.State != "" {
			add(node.State, false)
			asks[node.State] = node.Kind == flows.NodeQuestion || node.Kind == flows.NodeParked
		}
	}
	for _, way := range ways {
		n.Runs += way.Count
		n.Outcomes = more(n.Outcomes, g.Name, way.Outcome, way.Count)
		last := way.State
		path := way.Path
		if !slices.Contains(path, way.State) {
			path = append(slices.Clip(path), way.State)
		}
		for _, state := range path {
			n.States[add(state, true)].Reached += way.Count
			if asks[state] {
				last = state
			}
		}
		s := &n.States[add(last, true)]
		s.Last += way.Count
		s.Outcomes = more(s.Outcomes, g.Name, way.Outcome, way.Count)
	}
	byCount := func(a, b FlowOutcome) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Outcome, b.Outcome))
	}
	for _, s := range n.States {
		slices.SortFunc(s.Outcomes, byCount)
	}
	n.Outcomes = append([]FlowOutcome{}, n.Outcomes...)
	slices.SortFunc(n.Outcomes, byCount)
	return n
}

// more adds to the outcome's count.
func more(all []FlowOutcome, flow, outcome string, count int64) []FlowOutcome {
	if i := slices.IndexFunc(all, func(o FlowOutcome) bool { return o.Outcome == outcome }); i >= 0 {
		all[i].Count += count
		return all
	}
	return append(all, FlowOutcome{flow, outcome, count})
}
