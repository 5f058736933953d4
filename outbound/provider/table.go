package provider

import (
	"fmt"
	"slices"
	"strings"
)

// Kind is one provider: how to make an instance and what it can do.
type Kind struct {
	New    func(Settings) (Provider, error)
	Traits Traits
}

// Table holds every provider under the name that the config uses. It is only
// read. Adding one means a file, a row here, and a folder of testdata.
var Table = map[string]Kind{
	"generic":  {New: newGeneric, Traits: Traits{Idempotent: true}},
	"kannel":   {New: newKannel},
	"loopback": {New: newLoopback, Traits: Traits{Idempotent: true}},
	"twilio":   {New: newTwilio},
}

// New makes the provider that the settings name. Errors say which setting is
// missing or wrong, never its value.
func New(s Settings) (Provider, Traits, error) {
	kind, ok := Table[s.Provider]
	if !ok {
		return nil, Traits{}, fmt.Errorf("carrier %s: unknown provider %q; known are %s", s.Name, s.Provider, strings.Join(names(), ", "))
	}
	p, err := kind.New(s)
	if err != nil {
		return nil, Traits{}, fmt.Errorf("carrier %s (%s): %w", s.Name, s.Provider, err)
	}
	return p, kind.Traits, nil
}

func names() []string {
	list := make([]string, 0, len(Table))
	for name := range Table {
		list = append(list, name)
	}
	slices.Sort(list)
	return list
}

// need refuses empty settings: pairs of name and value.
func need(pairs ...string) error {
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] == "" {
			return fmt.Errorf("%s is missing", pairs[i])
		}
	}
	return nil
}
