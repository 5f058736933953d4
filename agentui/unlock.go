package agentui

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"parley/conversation/verify"
)

// Accounts unlocks what was locked, for the people at work. Whether a customer's number
// speaks against it is asked on the way; refused says why nothing came of it, as
// verify.Refusal has it.
type Accounts interface {
	// GiveWord takes an agent's word that an account may be unlocked: the first proposes,
	// another agrees. seen is who had proposed when they looked; "": nobody. Under the same
	// key it is taken once.
	GiveWord(ctx context.Context, ref, agent, seen, reason, key string) (refused string, err error)
}

// word is what somebody says who would unlock an account.
type word struct {
	ID     string `json:"id"` // the browser's own: the same word twice is taken once
	Reason string `json:"reason"`
	With   string `json:"with"` // who had proposed, as they saw it; "": nobody
}

// mostReason is how long a reason may be, in characters.
const mostReason = 500

// unlock takes somebody's word for one of the accounts that a conversation shows: nobody
// unlocks what they have no business with. 204; 409 says why it was not taken.
func (c *Console) unlock(w http.ResponseWriter, r *http.Request, _ SignIn, a Agent) {
	var said word
	if !read(w, r, &said) {
		return
	}
	said.Reason = strings.TrimSpace(said.Reason)
	if n := utf8.RuneCountInString(said.Reason); !anID.MatchString(said.ID) || n == 0 || n > mostReason || strings.ContainsRune(said.Reason, 0) {
		problem(w, http.StatusUnprocessableEntity, "invalid", "say in at most 500 characters what shows that it is the customer")
		return
	}
	k, ok := c.namedCustomer(w, r)
	if !ok {
		return
	}
	ref := r.PathValue("account")
	if !slices.ContainsFunc(k.Accounts, func(a CustomerAccount) bool { return a.Name == ref }) {
		problem(w, http.StatusNotFound, "not_found", "the conversation speaks of no such account")
		return
	}
	refused, err := c.Accounts.GiveWord(r.Context(), ref, a.Name, said.With, said.Reason, "cmd/"+a.Name+"/"+said.ID)
	switch {
	case err != nil:
		c.Auth.failed(w, err)
	case refused != "":
		problem(w, http.StatusConflict, refused, verify.Refusal(refused))
	default:
		w.WriteHeader(http.StatusNoContent)
	}
}
