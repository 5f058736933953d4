package agentui

import (
	"context"
	"encoding/json"
	"maps"
	"slices"

	"parley/conversation"
	"parley/flows"
)

// Live is one live run: where it stands, what it knows, and how a person may give it back.
type Live struct {
	ID    string     `json:"id"`
	Flow  string     `json:"flow"`
	Title string     `json:"title,omitempty"`
	State string     `json:"state"`
	Key   string     `json:"key,omitempty"`
	Vars  []Variable `json:"vars"`
	// Questions are the states that the bot can go on with.
	Questions []string `json:"questions"`
	// Gone: its version is no longer stored; nothing of what it knows is shown.
	Gone bool `json:"gone,omitempty"`
}

// Variable is one thing that a run knows.
type Variable struct {
	Name   string `json:"name"`
	Value  string `json:"value"`
	Secret bool   `json:"secret,omitempty"` // Value is not it
	// Answer: the customer gives it, and a person may put it right.
	Answer bool `json:"answer,omitempty"`
}

// secretShown stands for what no screen shows.
const secretShown = "••••••"

// version finds a version of a flow; nil: it is no longer stored.
func (c *Console) version(ctx context.Context, hash string) (*flows.Flow, error) {
	if f, ok := c.Catalog.ByHash(hash); ok {
		return f, nil
	}
	_, source, found, err := c.Reads.FlowVersion(ctx, hash)
	if err != nil || !found {
		return nil, err
	}
	f, err := flows.Compile(source)
	if err != nil || f.Hash != hash {
		return nil, nil // the engine says so in its log
	}
	c.Catalog.Keep(f)
	return f, nil
}

func (c *Console) runs(ctx context.Context, conv conversation.Conversation) ([]Live, error) {
	all := []Live{}
	for _, r := range conv.State.Runs {
		f, err := c.version(ctx, r.Hash)
		if err != nil {
			return nil, err
		}
		all = append(all, liveOf(r, f))
	}
	return all, nil
}

// liveOf shows a run. Without its version nobody can tell what is secret, and all is.
func liveOf(r conversation.Run, f *flows.Flow) Live {
	l := Live{ID: r.ID, Flow: r.Flow, State: r.State, Vars: []Variable{}, Questions: []string{}, Gone: f == nil}
	if f == nil {
		return l
	}
	l.Title, l.Questions = f.Title, append(l.Questions, f.Questions()...)
	if l.Key = r.Key; f.SecretKey() {
		l.Key = ""
	}
	may := f.Answerable()
	names := slices.Sorted(maps.Keys(r.Vars))
	for _, name := range may {
		if _, known := r.Vars[name]; !known {
			names = append(names, name)
		}
	}
	for _, name := range names {
		v := Variable{Name: name, Value: shown(r.Vars[name]), Answer: slices.Contains(may, name)}
		if f.Trait(name).Secret {
			v.Value, v.Secret = secretShown, true
		}
		l.Vars = append(l.Vars, v)
	}
	return l
}

// shown is a value as people read it, and as Correct reads it back.
func shown(v any) string {
	switch x := v.(type) {
	case nil:
		return ""
	case string:
		return x
	case map[string]any:
		if amount, money := x["amount"]; money && len(x) == 2 && x["currency"] != nil {
			return shown(amount) + " " + shown(x["currency"])
		}
	}
	b, err := json.Marshal(v)
	if err != nil {
		return "?"
	}
	return string(b)
}
