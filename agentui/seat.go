package agentui

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"parley/conversation"
)

// seat is one socket of somebody at work (subprotocol agentui.v1). The browser says from
// where it wants to follow; until then it is told nothing, so that nothing is told twice
// and nothing is left out:
//
//	← hello {me, epoch, head, hb_s}     → resume {epoch, since}
//	← ev {seq, conv, rev, type} …       ← live {head}   or   ← resync {reason}
//	→ cmd {id, op, conversation, …}     ← ack / nack {id, status, d}
//	→ look {conv, typing}               ← look {conv, agent, typing, ttl_ms}
//	→ presence {away}                   ← presence {agent, away}
//	→ hb                                ← hb
type seat struct {
	*socket
	console *Console
	agent   Agent
	hash    string // of the cookie, to be looked up again

	mu     sync.Mutex
	live   bool                     // it follows
	missed []conversation.FeedEntry // what came while it was replayed to
	seq    int64                    // the last it was told
}

const (
	protocol     = "agentui.v1"
	heartbeat    = 20 * time.Second
	replayed     = 1000             // events that are told again at most; more is a reload
	recheckEvery = 30 * time.Second // whether somebody is still signed in
	perSecond    = 20
	burst        = 40
	// Codes of a closing socket, besides 4008.
	closeEnded     = 4001 // signed out
	closeForbidden = 4003 // one may something else than before
	closeTooMany   = 4009 // as many sockets as one may have
	closeOtherUI   = 4010 // the page speaks another protocol
)

// socket serves /console/ws.
func (c *Console) socket(ctx context.Context) http.HandlerFunc {
	return c.Auth.as(func(w http.ResponseWriter, r *http.Request, in SignIn, a Agent) {
		conn, err := upgrade(w, r, protocol)
		if err != nil {
			return // gorilla has answered
		}
		if conn.conn.Subprotocol() != protocol {
			conn.refuse(closeOtherUI, "reload the page")
			return
		}
		s := &seat{socket: conn, console: c, agent: a, hash: in.Hash}
		if !c.Hub.join(s) {
			s.refuse(closeTooMany, "too many")
			return
		}
		defer c.Hub.leave(s)
		if err := c.Rulings.SeenHere(ctx, []string{a.Name}); err != nil && ctx.Err() == nil {
			c.Log.Warn("who is there could not be noted", "error", err)
		}
		s.serve(ctx)
	})
}

// Hello is the first frame: who one is, and from where there is something to follow.
type Hello struct {
	Me    string `json:"me"`
	Role  Role   `json:"role"`
	Epoch string `json:"epoch"`
	Head  int64  `json:"head"`
	HB    int    `json:"hb_s"`
}

func (s *seat) serve(ctx context.Context) {
	epoch, head, err := s.console.Reads.FeedHead(ctx)
	if err != nil {
		s.refuse(closeTryLater, comeBack(time.Second))
		return
	}
	s.send(frame{"hello", Hello{s.agent.Name, s.agent.Role, epoch, head, int(heartbeat.Seconds())}})
	for _, l := range s.console.Hub.lookers(time.Now()) {
		s.show(l)
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var checks sync.WaitGroup
	checks.Go(func() { s.recheck(ctx) })
	pace := rate.NewLimiter(perSecond, burst)
	s.run(ctx, func(in []byte) {
		if !pace.Allow() {
			s.send(frame{"nack", problemOf("", http.StatusTooManyRequests, "rate")})
			return
		}
		s.got(ctx, in)
	})
	stop()
	checks.Wait()
}

// recheck ends the socket when its owner is no longer signed in, or is another than they
// were.
func (s *seat) recheck(ctx context.Context) {
	tick := time.NewTicker(recheckEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.done:
			return
		case <-tick.C:
		}
		if ok, err := s.still(ctx); err == nil && !ok {
			return
		}
	}
}

// still says whether the socket's owner is signed in and may what they might when it was
// opened; if not, it ends.
func (s *seat) still(ctx context.Context) (bool, error) {
	a, ok, err := s.owner(ctx)
	return ok && s.may(a), err
}

// owner finds who the socket's owner is by now; false: nobody knows, or they are signed out
// and it has ended.
func (s *seat) owner(ctx context.Context) (a Agent, ok bool, err error) {
	_, a, found, err := s.console.Auth.signedIn(ctx, s.hash)
	if err == nil && !found {
		s.close(closeEnded, "sign in again")
	}
	return a, found && err == nil, err
}

// may says whether the owner's role is the one with which the socket was opened. If not, the
// page is told by the end of it, after what is still to be said.
func (s *seat) may(a Agent) bool {
	if a.Role != s.agent.Role {
		s.closeAfter(closeForbidden, "another role")
	}
	return a.Role == s.agent.Role
}

// got carries out one frame of the browser.
func (s *seat) got(ctx context.Context, in []byte) {
	var f struct {
		Op   string          `json:"op"`
		Data json.RawMessage `json:"d"`
	}
	if err := json.Unmarshal(in, &f); err != nil {
		s.send(frame{"nack", problemOf("", http.StatusBadRequest, "malformed")})
		return
	}
	switch f.Op {
	case "hb":
		s.send(frame{Op: "hb"})
	case "resume":
		var from struct {
			Epoch string `json:"epoch"`
			Since int64  `json:"since"`
		}
		if json.Unmarshal(f.Data, &from) == nil {
			s.resume(ctx, from.Epoch, from.Since)
		}
	case "look":
		var l struct {
			Conversation string `json:"conv"`
			Typing       bool   `json:"typing"`
		}
		if json.Unmarshal(f.Data, &l) == nil && anID.MatchString(l.Conversation) {
			s.console.Hub.look(looking{l.Conversation, s.agent.Name, l.Typing}, time.Now())
		}
	case "presence":
		s.away(ctx, f.Data)
	case "cmd":
		s.commanded(ctx, f.Data)
	default:
		s.send(frame{"nack", problemOf("", http.StatusBadRequest, "unknown")})
	}
}

// away keeps what the owner says of their presence.
func (s *seat) away(ctx context.Context, data json.RawMessage) {
	var said Away
	a, ok, err := s.owner(ctx)
	if err == nil && !ok {
		return
	}
	if err != nil || json.Unmarshal(data, &said) != nil || !slices.Contains(works, a.Role) || s.console.setAway(ctx, a.Name, said.Away) != nil {
		s.send(frame{"nack", problemOf("", http.StatusUnprocessableEntity, "presence")})
	}
}

// commanded carries out what a POST to /console/api/cmd would. As there, whoever is disabled
// is out at once, and whose role is another may what that one may: a socket is no older
// permission.
func (s *seat) commanded(ctx context.Context, data json.RawMessage) {
	var cmd Command
	if err := json.Unmarshal(data, &cmd); err != nil {
		s.send(frame{"nack", problemOf("", http.StatusBadRequest, "malformed")})
		return
	}
	var status int
	var body any
	a, ok, err := s.owner(ctx)
	switch {
	case err != nil:
		status, body = s.console.unavailable(err)
	case !ok:
		return
	default:
		status, body = s.console.do(ctx, a, cmd)
	}
	op := "ack"
	if status != http.StatusOK {
		op = "nack"
	}
	s.send(frame{op, struct {
		ID     string `json:"id"`
		Status int    `json:"status"`
		Data   any    `json:"d"`
	}{cmd.ID, status, body}})
	if ok {
		s.may(a)
	}
}

func problemOf(id string, status int, code string) any {
	return struct {
		ID     string `json:"id,omitempty"`
		Status int    `json:"status"`
		Data   any    `json:"d"`
	}{id, status, Refusal{Code: code, Detail: code}}
}

// show tells of somebody's look; when there is no room for it, it is left out.
func (s *seat) show(l looking) { s.sendIfRoom(frame{"look", l}) }
