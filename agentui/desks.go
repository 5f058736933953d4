package agentui

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"parley/conversation"
)

// mostDesk is how many conversations a page of the list has, mostRows how many may be asked
// for by their ids.
const (
	mostDesk = 500
	mostRows = 200
)

// Place is where a conversation stands in the list, before any clock has its say: what is
// put aside last, then by urgency and by how long it has been there. Its zero value is
// before all.
type Place struct {
	Aside, Urgency, Since int64
	Conversation          string
}

// PlaceOf is where one stands.
func PlaceOf(d conversation.Desk) Place {
	return Place{int64(flagOf(d.Snoozed > 0)), int64(urgencyOf(d.Priority)), d.Since, d.Conversation}
}

// String is the place as ?after= has it.
func (p Place) String() string {
	return fmt.Sprintf("%d.%d.%d.%s", p.Aside, p.Urgency, p.Since, p.Conversation)
}

// readPlace reads what String wrote; false: it did not.
func readPlace(text string) (p Place, ok bool) {
	parts := strings.SplitN(text, ".", 4)
	if len(parts) != 4 || !anID.MatchString(parts[3]) {
		return p, false
	}
	for i, n := range []*int64{&p.Aside, &p.Urgency, &p.Since} {
		var err error
		if *n, err = strconv.ParseInt(parts[i], 10, 64); err != nil {
			return p, false
		}
	}
	p.Conversation = parts[3]
	return p, true
}

// Desks is what waits and what is somebody's, a page of it, and where one is called to.
type Desks struct {
	Conversations []conversation.Desk `json:"conversations"`
	Mentions      []Mentioned         `json:"mentions"`
	Next          string              `json:"next,omitempty"` // where the next page begins; "": there is none
}

// desk lists what waits and what is somebody's: ?mine=1 one's own, ?after=NEXT the next
// page, ?of=ID,ID … those of these that are on the list, in any order.
func (c *Console) desk(w http.ResponseWriter, r *http.Request, _ SignIn, a Agent) {
	list, next, ok := c.listed(w, r, a)
	if !ok {
		return
	}
	lines := c.Lines().Lines
	for i := range list {
		list[i].Due = c.Queues.Due(list[i], lines[list[i].Line])
	}
	sorted(list)
	calls, err := c.Reads.Mentions(r.Context(), a.Name, mostMentioned)
	if err != nil {
		c.Auth.failed(w, err)
		return
	}
	if calls == nil {
		calls = []Mentioned{}
	}
	answer(w, http.StatusOK, Desks{list, calls, next})
}

// listed reads what the request asks for; false: it has been answered.
func (c *Console) listed(w http.ResponseWriter, r *http.Request, a Agent) (list []conversation.Desk, next string, ok bool) {
	var err error
	var after Place
	who, query := "", r.URL.Query()
	if query.Get("mine") != "" {
		who = a.Name
	}
	ok = true
	if query.Get("after") != "" {
		after, ok = readPlace(query.Get("after"))
	}
	ids := strings.Split(query.Get("of"), ",")
	switch {
	case !ok || len(ids) > mostRows:
		problem(w, http.StatusNotFound, "not_found", "there is no such page")
		return nil, "", false
	case query.Has("of"):
		list, err = c.Reads.DeskOf(r.Context(), ids)
	default:
		list, err = c.Reads.Desk(r.Context(), who, after, mostDesk)
		if len(list) == mostDesk {
			next = PlaceOf(list[mostDesk-1]).String()
		}
	}
	if err != nil {
		c.Auth.failed(w, err)
		return nil, "", false
	}
	if list == nil {
		list = []conversation.Desk{}
	}
	return list, next, true
}
