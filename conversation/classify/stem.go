package classify

import "strings"

// endings are what stem takes from a word, and what it puts in their place.
var endings = []struct{ from, to string }{
	{"ings", ""}, {"ing", ""}, {"ied", "y"}, {"ies", "y"}, {"edly", ""}, {"ed", ""}, {"es", ""}, {"s", ""}, {"ly", ""},
}

// stem takes the commonest endings from a word, so that "cards" and "delivered" are
// met as "card" and "deliver". It need not be right, only the same every time.
func stem(w string) string {
	if base, ok := irregular[w]; ok {
		w = base
	}
	if len(w) < 4 {
		return w
	}
	if len(w) == 4 {
		if w[3] == 's' && w[2] != 's' {
			return w[:3]
		}
		return w
	}
	for _, e := range endings {
		if !strings.HasSuffix(w, e.from) || len(w)-len(e.from) < 3 || e.from == "s" && w[len(w)-2] == 's' {
			continue
		}
		w = w[:len(w)-len(e.from)] + e.to
		break
	}
	if n := len(w); n > 3 && w[n-1] == w[n-2] && w[n-1] != 'l' && w[n-1] != 's' {
		w = w[:n-1]
	}
	if n := len(w); n > 3 && w[n-1] == 'e' {
		w = w[:n-1]
	}
	return w
}

// irregular are forms of English verbs that no ending gives away.
var irregular = func() map[string]string {
	m := map[string]string{}
	for _, verb := range lines(`
begin began begun
break broke broken
bring brought
buy bought
choose chose chosen
come came
do done
find found
forget forgot forgotten
freeze froze frozen
get got gotten
give gave given
go went gone
hear heard
keep kept
leave left
lose lost
make made
mean meant
meet met
pay paid
run ran
say said
see saw seen
sell sold
send sent
show shown
speak spoke spoken
spend spent
steal stole stolen
take took taken
tell told
think thought
throw threw thrown
withdraw withdrew withdrawn
write wrote written
`) {
		forms := strings.Fields(verb)
		for _, f := range forms[1:] {
			m[f] = forms[0]
		}
	}
	return m
}()
