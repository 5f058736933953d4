package flows

// actionKeys is one action of do: exactly one of them. Their names are those of the
// table of actions.
type actionKeys struct {
	_ object `name:"action" about:"One action."`

	Set              setKeys       `key:"set"`
	Emit             emitKeys      `key:"emit"`
	Call             callKeys      `key:"call"`
	Tag              tagsOrKeys    `key:"tag" about:"Labels the contact: tags to add, or what to add and remove."`
	Start            flowOrKeys    `key:"start" about:"Starts another flow for the same customer."`
	Schedule         scheduleKeys  `key:"schedule"`
	Cancel           cancelKeys    `key:"cancel"`
	IssueCode        issueCodeKeys `key:"issue_code"`
	LockAccount      lockKeys      `key:"lock_account"`
	AlertAccount     alertKeys     `key:"alert_account"`
	RecognisePayment recogniseKeys `key:"recognise_payment"`
	VerifyAccount    verifyKeys    `key:"verify_account"`
}

type emitKeys struct {
	_ object `name:"action.emit" about:"Tells the business."`

	Event word           `key:"event,required" about:"The event type."`
	Data  map[string]any `key:"data" about:"Its fields."`
}

type callKeys struct {
	_ object `name:"action.call" about:"Asks the business's HTTP API."`

	URL     string                  `key:"url,required" about:"Where: a service and a path, or https://…, with {{ expressions }} in path and query." like:"orders:/orders/{{ order }}"`
	Method  method                  `key:"method" about:"Default GET; POST with json."`
	JSON    any                     `key:"json" about:"The body."`
	Headers map[string]string       `key:"headers" about:"Name → text."`
	Result  map[string]resultOrType `key:"result" about:"Name → type, taken from the answer's fields; {type, from} names a path."`
	On      map[string]stateName    `key:"on" about:"Where to go: an HTTP status, ok, failed."`
}

type tagKeys struct {
	_ object `name:"action.tag" about:"Tags to add and to remove."`

	Add    some[string] `key:"add" most:"tags" about:"To add."`
	Remove some[string] `key:"remove" most:"tags" about:"To remove."`
}

type startKeys struct {
	_ object `name:"action.start" about:"Which one, and how."`

	Flow  word           `key:"flow,required" about:"The flow."`
	Input map[string]any `key:"input" about:"The started flow's inputs."`
	Wait  bool           `key:"wait" about:"Go on when it has ended."`
}

type scheduleKeys struct {
	_ object `name:"action.schedule" about:"Starts a flow for the customer later."`

	Flow  word           `key:"flow,required" about:"The flow."`
	Input map[string]any `key:"input" about:"The started flow's inputs."`
	At    formula        `key:"at" about:"A moment."`
	After span           `key:"after"`
	Name  string         `key:"name" about:"To take it back, or to replace it."`
}

type cancelKeys struct {
	_ object `name:"action.cancel" about:"Takes a scheduled start back."`

	Name string `key:"name,required" about:"The name that schedule gave it."`
}

type issueCodeKeys struct {
	_ object `name:"action.issue_code" about:"Sends a one-time code."`

	Purpose     purpose `key:"purpose,required" about:"What it is good for."`
	Subject     string  `key:"subject" about:"Whom or what it is for."`
	Transaction string  `key:"transaction" about:"The one transaction that it approves."`
	IP          string  `key:"ip" about:"The address of the client that asked for it, for limits by network."`
}

type lockKeys struct {
	_ object `name:"action.lock_account" about:"Suspends the customer's account."`

	Account      string    `key:"account,required" about:"Which account."`
	Scope        lockScope `key:"scope" about:"Default purchases."`
	Reason       string    `key:"reason" about:"Why."`
	Transactions any       `key:"transactions" about:"The transactions that the customer denies: ids, or objects with an id."`
}

type alertKeys struct {
	_ object `name:"action.alert_account" about:"Payments of the account look wrong; the customer is about to be asked."`

	Account      string `key:"account,required" about:"Which account."`
	Transactions any    `key:"transactions,required" about:"The payments: ids, or objects {id, merchant, amount, at}."`
}

type recogniseKeys struct {
	_ object `name:"action.recognise_payment" about:"The customer recognises payments that they were asked about."`

	Account      string `key:"account,required" about:"Which account."`
	Transactions any    `key:"transactions,required" about:"The payments: ids, or objects with an id."`
}

type verifyKeys struct {
	_ object `name:"action.verify_account" about:"The customer of a locked account wants to be verified: the business hears of it, and nothing is unlocked."`

	Account string `key:"account,required" about:"Which account."`
}
