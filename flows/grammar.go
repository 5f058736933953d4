package flows

// The objects of the language as Go types. The keys that the parser takes and the
// schema for editors are both made of them (schema.go), so that the two cannot
// differ. Tags of a field: key, its name, ",required" where the object is nothing
// without it; about, what it means; like, an example (JSON, or a plain text); most (a
// name in mostOf), least and default. The parser is stricter than any type: it has the
// last word.

// flowFile is a whole file.
type flowFile struct {
	_ object `name:"a flow" about:"A conversation by text."`

	Flow        word                       `key:"flow,required" about:"The flow's name: how the API, other flows and reports call it." like:"delivery_feedback"`
	Title       string                     `key:"title" about:"One line for people."`
	Class       class                      `key:"class" about:"What its texts are to their reader: priority, quiet hours and consent hang on it. Default notice."`
	Brand       word                       `key:"brand" about:"One of the configuration's brands. Default: the line's."`
	Languages   some[string]               `key:"languages" most:"languages" about:"BCP 47 tags; the first is what a customer with none of them is written in. Default [en]."`
	Trigger     triggerKeys                `key:"trigger"`
	Key         string                     `key:"key" about:"Names the case: one live run per key and phone." like:"{{ order }}"`
	Overlap     overlapping                `key:"overlap" about:"What a second run without a shared key does. Default queue."`
	Input       map[identifier]inputOrType `key:"input" most:"inputs" about:"Name → type: what the business sends with the event."`
	On          onKeys                     `key:"on"`
	Late        lateness                   `key:"late" about:"An answer that arrives after the run ended by silence. Default read; of alerts agent."`
	Start       stateName                  `key:"start,required" about:"The first state."`
	States      map[word]stateKeys         `key:"states,required" least:"1" most:"states" about:"Name → state."`
	Timezone    string                     `key:"timezone" about:"IANA zone of dates and hours. Default: the brand's." like:"America/New_York"`
	Quiet       hoursOrOff                 `key:"quiet" about:"Hours in which notices and bulk texts wait, or off. Default: the brand's."`
	Promotional bool                       `key:"promotional" about:"The texts sell something: class bulk."`
	Migrate     map[string]stateName       `key:"migrate" about:"State of an earlier version → state of this one, for waiting runs."`
	Intents     map[string]intentKeys      `key:"intents" about:"Name → intent of the flow's own."`
	LLM         *bool                      `key:"llm" about:"false: no text of it is shown to the configuration's LLM. Default true; alerts and codes never are."`
}

type triggerKeys struct {
	_ object `name:"trigger" about:"What starts the flow."`

	Events   some[string] `key:"events" most:"keywords" about:"Event types that start a run or, with key, reach the live one." like:"[\"order.delivered\"]"`
	Keywords some[string] `key:"keywords" most:"keywords" about:"Texts that start it while nothing else reads them; {name} fills an input." like:"[\"TRACK {order}\"]"`
	Intents  some[string] `key:"intents" most:"keywords" about:"Intents that start it: the flow's own or shared ones." like:"[\"opening_hours\"]"`
	Lookup   callKeys     `key:"lookup" about:"A call that fills inputs which the text could not."`
}

type stateKeys struct {
	_ object `name:"the state" about:"A state: what is said and done on entry, what is waited for, where it leads."`

	Say        textIn                       `key:"say" about:"Sent on entry."`
	Media      some[string]                 `key:"media" most:"attached" about:"Addresses of what is sent beside the text, https://…"`
	Do         []actionKeys                 `key:"do" most:"actions" about:"Actions, carried out in order before the texts."`
	SendBefore formula                      `key:"send_before" about:"A text that would go out later than this moment is dropped." like:"at - duration('2h')"`
	Resume     textIn                       `key:"resume" about:"The question after an interruption. Default: say."`
	Replies    []replyKeys                  `key:"replies" most:"replies" about:"What the customer may answer: put the safe reading first."`
	Capture    map[identifier]captureOrType `key:"capture" least:"1" about:"Name → type: stores the answer. At most one is not media." like:"{\"day\": \"date\"}"`
	Choose     chooseKeys                   `key:"choose"`
	Silence    some[silenceKeys]            `key:"silence" most:"steps" about:"What happens while nobody answers."`
	Otherwise  otherwiseKeys                `key:"otherwise"`
	On         onKeys                       `key:"on"`
	Branch     []branchKeys                 `key:"branch" most:"replies" about:"The first that holds is taken."`
	Goto       stateName                    `key:"goto"`
	Handoff    handoffKeys                  `key:"handoff"`
	End        word                         `key:"end" about:"The run is over; its outcome."`
}

type onKeys struct {
	_ object `name:"on" about:"What is heard besides the answers: business events, emergency words, errors."`

	Events  map[string]eventKeys `key:"events" about:"Event type → what it does."`
	Replies []replyKeys          `key:"replies" most:"replies" about:"Emergency words, read before the question's own answers."`
	Error   onErrorKeys          `key:"error"`
}

type onErrorKeys struct {
	_ object `name:"on.error" about:"Where a run-time error leads."`

	Goto stateName `key:"goto,required"`
}

type eventKeys struct {
	_ object `name:"an event" about:"What a business event does."`

	Goto stateName    `key:"goto"`
	Do   []actionKeys `key:"do" most:"actions" about:"Actions, carried out in order before the texts."`
	Set  setKeys      `key:"set"`
}

type replyKeys struct {
	_ object `name:"a reply" about:"A reply listens to exactly one of intent, match, any."`

	Intent  intentName      `key:"intent" about:"A built-in intent or one of the flow's."`
	Match   some[matchWord] `key:"match" most:"replies" about:"Words that are the whole text, and /patterns/." like:"[\"1\", \"fine\"]"`
	Any     bool            `key:"any" about:"Every text; last."`
	As      word            `key:"as" about:"A name for reply.as, results and reports."`
	Set     setKeys         `key:"set"`
	Do      []actionKeys    `key:"do" most:"actions" about:"Actions, carried out in order before the texts."`
	Confirm bool            `key:"confirm" about:"Ask whether it was meant, unless the exact word was used."`
	Goto    stateName       `key:"goto"`
}

type branchKeys struct {
	_ object `name:"a branch" about:"One branch; the last has no when."`

	When formula   `key:"when"`
	Goto stateName `key:"goto,required"`
}

type otherwiseKeys struct {
	_ object `name:"otherwise" about:"What happens to a text that fits nothing."`

	Say   textIn    `key:"say"`
	Tries int       `key:"tries" least:"1" most:"tries" default:"1" about:"How often say is sent in one wait."`
	Goto  stateName `key:"goto"`
}

type handoffKeys struct {
	_ object `name:"handoff" about:"A person goes on; the bot is silent until they hand back or close."`

	Queue     word      `key:"queue" about:"Which queue waits."`
	Note      string    `key:"note" about:"What the agent reads."`
	Say       textIn    `key:"say" about:"What the customer hears while the agents are open."`
	ClosedSay textIn    `key:"closed_say" about:"What the customer hears while they are closed; {{ opens }} is when they open."`
	Priority  class     `key:"priority" about:"Default: the flow's class."`
	Then      stateName `key:"then" about:"Where the run goes on when it is handed back."`
}

type silenceKeys struct {
	_ object `name:"a step of silence" about:"A step has one of after and at, and say, goto or both."`

	After   span      `key:"after" about:"Since the carrier took the question."`
	At      formula   `key:"at" about:"A moment." like:"at - duration('48h')"`
	Between hours     `key:"between" about:"Hours of the day; outside of them the step waits."`
	Say     textIn    `key:"say" about:"A reminder."`
	Goto    stateName `key:"goto"`
}

type chooseKeys struct {
	_ object `name:"choose" about:"Numbers a list that is known only at run time and picks from it."`

	From  formula    `key:"from,required" about:"A list; the first nine are offered." like:"slots"`
	Label formula    `key:"label" about:"What one element, item, is called. Default: the element." like:"item.name"`
	As    identifier `key:"as,required" about:"The variable that keeps the chosen element."`
	None  stateName  `key:"none" about:"Where to go when the list is empty. Default: a person."`
	Goto  stateName  `key:"goto" about:"Where to go with the choice. Default: the state's goto."`
}

type intentKeys struct {
	_ object `name:"an intent" about:"What a free text may mean."`

	Description string                  `key:"description" about:"For people and the LLM."`
	Ask         textIn                  `key:"ask" about:"How a customer is asked whether they meant it; Reply YES or NO is added." like:"Did you mean that the parcel is damaged?"`
	Opposite    string                  `key:"opposite" about:"The intent that it must never be taken for: parley intents test counts such mistakes apart."`
	Keywords    map[string]some[string] `key:"keywords" most:"keywords" about:"Exact words, by language."`
	Examples    map[string]some[string] `key:"examples" most:"examples" about:"Texts that teach the classifier, by language."`
}

// captureKeys are a captured answer with its limits, inputKeys an input.
type captureKeys struct {
	_ object `name:"capture" about:"A value with its type and limits."`

	Type    captureType `key:"type,required" about:"The type."`
	Min     float64     `key:"min" about:"The least value, or length."`
	Max     float64     `key:"max" about:"The greatest value, or length: it bounds what texts may cost."`
	Pattern string      `key:"pattern" about:"A pattern (RE2) that the text must match." like:"/[A-Z]-[0-9]+/"`
	Values  []literal   `key:"values" most:"values" about:"The only values."`
}

type inputKeys struct {
	_ object `name:"input" about:"A value with its type and limits."`

	Type     inputType `key:"type,required" about:"The type."`
	Required *bool     `key:"required" about:"The trigger must bring it. Default true without default."`
	Default  any       `key:"default" about:"The value without one."`
	Min      float64   `key:"min" about:"The least value, or length."`
	Max      float64   `key:"max" about:"The greatest value, or length: it bounds what texts may cost."`
	Pattern  string    `key:"pattern" about:"A pattern (RE2) that the text must match." like:"/[A-Z]-[0-9]+/"`
	Values   []literal `key:"values" most:"values" about:"The only values."`
	Secret   bool      `key:"secret" about:"No log, prompt or screen may show it."`
	Foreign  bool      `key:"foreign" about:"A stranger may have chosen it: links and long numbers are taken out of texts."`
}

// resultKeys say where an answer of the business's API has a variable.
type resultKeys struct {
	_ object `name:"a result" about:"A type, and where the answer has it."`

	Type inputType `key:"type,required" about:"The type."`
	From string    `key:"from" about:"The path to it: field.field. Default: the name."`
}

// textKeys are the texts of a state in texts/NAME.LANG.yaml, which has no schema.
type textKeys struct {
	_ object `name:"the texts" about:"Texts of one state in one language."`

	Say        string       `key:"say"`
	Resume     string       `key:"resume"`
	Otherwise  string       `key:"otherwise"`
	Silence    some[string] `key:"silence"`
	HandoffSay string       `key:"handoff_say"`
	ClosedSay  string       `key:"closed_say"`
}
