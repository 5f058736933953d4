package verify

import "parley/conversation/phone"

// refusals are the reasons for which nothing is sent that only the business may read:
// callbacks say refused.
var refusals = map[string]bool{
	"country": true, "number_type": true, "block_budget": true, "country_budget": true, "spend": true,
	"paused": true, "number_changed": true, "number_suspended": true, "sim_swap": true,
}

// tallyKeys are what budgets count a code to this number under.
func tallyKeys(number string) []string {
	return []string{"country/" + phone.Region(number), "block/" + block(number)}
}
