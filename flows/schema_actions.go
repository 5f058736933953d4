package flows

// actionSchemas describe the actions' values by their keys in do. Only those of the
// table of actions are published.
func actionSchemas() map[string]map[string]any {
	input := namesTo(map[string]any{}, "The started flow's inputs.")
	flow := about(ref("word"), "The flow.")
	object := func(description string, required []string, keys map[string]any) map[string]any {
		return object{description, required, keys}.schema()
	}
	return map[string]map[string]any{
		"set": {"type": "object", "propertyNames": map[string]any{"pattern": identifierPattern},
			"description": "Gives variables values; null takes one away.", "examples": []any{map[string]any{"order": "{{ event.data.order }}"}}},
		"emit": object("Tells the business.", []string{"event"}, map[string]any{
			"event": about(ref("word"), "The event type."), "data": namesTo(map[string]any{}, "Its fields.")}),
		"call": requestObject().schema(),
		"tag": {"description": "Labels the contact.", "anyOf": []any{oneOrMore(map[string]any{"type": "string"}, 20, "Tags to add."),
			object("Tags to add and to remove.", nil, map[string]any{
				"add": oneOrMore(map[string]any{"type": "string"}, 20, "To add."), "remove": oneOrMore(map[string]any{"type": "string"}, 20, "To remove.")})}},
		"start": {"description": "Starts another flow for the same customer.", "anyOf": []any{flow, object("Which one, and how.", []string{"flow"}, map[string]any{
			"flow": flow, "input": input, "wait": truth("Go on when it has ended.")})}},
		"schedule": object("Starts a flow for the customer later.", []string{"flow"}, map[string]any{
			"flow": flow, "input": input, "at": about(ref("expression"), "A moment."), "after": ref("span"),
			"name": text("To take it back, or to replace it.")}),
		"cancel": object("Takes a scheduled start back.", []string{"name"}, map[string]any{"name": text("The name that schedule gave it.")}),
		"issue_code": object("Sends a one-time code.", []string{"purpose"}, map[string]any{
			"purpose": map[string]any{"enum": []string{"login", "password_reset", "payment", "account_unlock", "number_change", "custom"}, "description": "What it is good for."},
			"subject": text("Whom or what it is for."), "transaction": text("The one transaction that it approves.")}),
		"lock_account": object("Suspends the customer's account.", []string{"account"}, map[string]any{
			"account": text("Which account."), "reason": text("Why."),
			"scope":        enum([]string{"purchases", "transfers", "all"}, "Default purchases."),
			"transactions": map[string]any{"description": "The transactions that the customer denies: ids, or objects with an id."}}),
		"alert_account": object("Payments of the account look wrong; the customer is about to be asked.", []string{"account", "transactions"}, map[string]any{
			"account": text("Which account."), "transactions": map[string]any{"description": "The payments: ids, or objects {id, merchant, amount, at}."}}),
		"recognise_payment": object("The customer recognises payments that they were asked about.", []string{"account", "transactions"}, map[string]any{
			"account": text("Which account."), "transactions": map[string]any{"description": "The payments: ids, or objects with an id."}}),
	}
}

// requestObject is a request to the business's API.
func requestObject() object {
	return object{"Asks the business's HTTP API.", []string{"url"}, map[string]any{
		"url":     like(text("Where: a service and a path, or https://…, with {{ expressions }} in path and query."), "orders:/orders/{{ order }}", "https://shop.example.com/stock/{{ order }}"),
		"method":  enum([]string{"GET", "POST", "PUT", "PATCH", "DELETE"}, "Default GET; POST with json."),
		"json":    map[string]any{"description": "The body."},
		"headers": namesTo(map[string]any{"type": "string"}, "Name → text."),
		"result":  namesTo(map[string]any{}, "Name → type, taken from the answer's fields; {type, from} names a path."),
		"on":      namesTo(ref("state"), "Where to go: an HTTP status, ok, failed."),
	}}
}
