package verify

import "cmp"

// Refusal says in words why a change of an account was refused.
func Refusal(code string) string {
	return cmp.Or(whyNot[code], "the account stands elsewhere")
}

var whyNot = map[string]string{
	"not_locked":        "the account is not locked",
	"number_changed":    "its number was moved to another SIM or changed within the last seven days, or the code went to another number",
	"number_unknown":    "whether its number was moved or changed lately cannot be found out",
	"too_many_failures": "three proofs failed: for a day only two agents can unlock it",
	"moved_on":          "a colleague has given their word meanwhile, or it is good no longer: look again",
	"same_agent":        "this agent has given their word: another one has to agree",
	"agents_only":       "it has been locked for 30 days: only two agents can unlock it",
	"no_review":         "nothing of the account is marked",
	"wrong_order":       "a refund goes from none to pending, to provisional or denied, to final",
}
