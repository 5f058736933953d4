package flows

// classNames are the classes, the default first.
var classNames = []string{string(Notice), string(Code), string(Alert), string(Bulk)}

// objects are the kinds of objects of the language by the parser's name for them.
func objects() map[string]object {
	do := listOfAll(ref("action"), maxActions, "Actions, carried out in order before the texts.")
	set := ref("action.set")
	on := object{"What is heard besides the answers: business events, emergency words, errors.", nil, map[string]any{
		"events":  namesTo(ref("an event"), "Event type → what it does."),
		"replies": listOfAll(ref("a reply"), maxReplies, "Emergency words, read before the question's own answers."),
		"error":   ref("on.error"),
	}}
	return map[string]object{
		schemaRoot:          flowObject(),
		"the state":         stateObject(do),
		"trigger":           triggerObject(),
		"on":                on,
		"on of a state":     on,
		"on.error":          {"Where a run-time error leads.", []string{"goto"}, map[string]any{"goto": ref("state")}},
		"an event":          {"What a business event does.", nil, map[string]any{"goto": ref("state"), "do": do, "set": set}},
		"a reply":           replyObject(do, set),
		"a branch":          {"One branch; the last has no when.", []string{"goto"}, map[string]any{"when": ref("expression"), "goto": ref("state")}},
		"otherwise":         {"What happens to a text that fits nothing.", nil, map[string]any{"say": ref("texts"), "tries": map[string]any{"type": "integer", "minimum": 1, "maximum": 10, "default": 1, "description": "How often say is sent in one wait."}, "goto": ref("state")}},
		"handoff":           handoffObject(),
		"a step of silence": silenceObject(),
		"choose":            chooseObject(),
		"an intent":         intentObject(),
		"input":             variableObject(inputKinds, words(variableKeys)),
		"capture":           variableObject(captureNames, words("type min max pattern values")),
	}
}

func flowObject() object {
	return object{"A conversation by text.", []string{"flow", "start", "states"}, map[string]any{
		"flow":        like(about(ref("word"), "The flow's name: how the API, other flows and reports call it."), "delivery_feedback"),
		"title":       text("One line for people."),
		"class":       enum(classNames, "What its texts are to their reader: priority, quiet hours and consent hang on it. Default notice."),
		"brand":       about(ref("word"), "One of the configuration's brands. Default: the line's."),
		"languages":   oneOrMore(map[string]any{"type": "string"}, 30, "BCP 47 tags; the first is what a customer with none of them is written in. Default [en]."),
		"trigger":     ref("trigger"),
		"key":         like(text("Names the case: one live run per key and phone."), "{{ order }}"),
		"overlap":     enum([]string{"queue", "replace", "parallel"}, "What a second run without a shared key does. Default queue."),
		"input":       map[string]any{"type": "object", "maxProperties": maxInputs, "propertyNames": map[string]any{"pattern": identifierPattern}, "additionalProperties": typeOr("input", inputKinds), "description": "Name → type: what the business sends with the event."},
		"on":          ref("on"),
		"late":        enum([]string{"read", "agent", "ignore"}, "An answer that arrives after the run ended by silence. Default read; of alerts agent."),
		"start":       about(ref("state"), "The first state."),
		"states":      map[string]any{"type": "object", "minProperties": 1, "maxProperties": maxStates, "propertyNames": map[string]any{"pattern": wordPattern}, "additionalProperties": ref("the state"), "description": "Name → state."},
		"timezone":    like(text("IANA zone of dates and hours. Default: the brand's."), "America/New_York"),
		"quiet":       map[string]any{"type": []string{"string", "boolean"}, "description": "Hours in which notices and bulk texts wait, or off. Default: the brand's.", "examples": []any{"21:00-08:00", "off"}},
		"promotional": truth("The texts sell something: class bulk."),
		"migrate":     namesTo(ref("state"), "State of an earlier version → state of this one, for waiting runs."),
		"intents":     namesTo(ref("an intent"), "Name → intent of the flow's own."),
		"llm":         map[string]any{"type": "boolean", "default": true, "description": "false: no text of it is shown to the configuration's LLM. Alerts and codes never are."},
	}}
}

func triggerObject() object {
	list := func(example, description string) map[string]any {
		return like(oneOrMore(map[string]any{"type": "string"}, maxKeywords, description), []string{example})
	}
	return object{"What starts the flow.", nil, map[string]any{
		"events":   list("order.delivered", "Event types that start a run or, with key, reach the live one."),
		"keywords": list("TRACK {order}", "Texts that start it while nothing else reads them; {name} fills an input."),
		"intents":  list("opening_hours", "Intents of the flow's own that start it."),
		"lookup":   about(ref("action.call"), "A call that fills inputs which the text could not."),
	}}
}

func stateObject(do map[string]any) object {
	return object{"A state: what is said and done on entry, what is waited for, where it leads.", nil, map[string]any{
		"say":         about(ref("texts"), "Sent on entry."),
		"media":       oneOrMore(map[string]any{"type": "string"}, maxAttached, "Addresses of what is sent beside the text, https://…"),
		"do":          do,
		"send_before": like(about(ref("expression"), "A text that would go out later than this moment is dropped."), "at - duration('2h')"),
		"resume":      about(ref("texts"), "The question after an interruption. Default: say."),
		"replies":     listOfAll(ref("a reply"), maxReplies, "What the customer may answer: put the safe reading first."),
		"capture":     map[string]any{"type": "object", "minProperties": 1, "propertyNames": map[string]any{"pattern": identifierPattern}, "additionalProperties": typeOr("capture", captureNames), "description": "Name → type: stores the answer. At most one is not media.", "examples": []any{map[string]any{"day": "date"}}},
		"choose":      ref("choose"),
		"silence":     oneOrMore(ref("a step of silence"), 10, "What happens while nobody answers."),
		"otherwise":   ref("otherwise"),
		"on":          ref("on of a state"),
		"branch":      listOfAll(ref("a branch"), maxReplies, "The first that holds is taken."),
		"goto":        ref("state"),
		"handoff":     ref("handoff"),
		"end":         about(ref("word"), "The run is over; its outcome."),
	}}
}

func replyObject(do, set map[string]any) object {
	o := object{"A reply listens to exactly one of intent, match, any.", nil, map[string]any{
		"intent":  map[string]any{"type": "string", "description": "A built-in intent or one of the flow's.", "examples": intentNames},
		"match":   like(oneOrMore(map[string]any{"type": []string{"string", "integer"}}, maxReplies, "Words that are the whole text, and /patterns/."), []string{"1", "fine"}),
		"any":     truth("Every text; last."),
		"as":      about(ref("word"), "A name for reply.as, results and reports."),
		"set":     set,
		"do":      do,
		"confirm": truth("Ask whether it was meant, unless the exact word was used."),
		"goto":    ref("state"),
	}}
	return o
}

func handoffObject() object {
	return object{"A person goes on; the bot is silent until they hand back or close.", nil, map[string]any{
		"queue":      about(ref("word"), "Which queue waits."),
		"note":       text("What the agent reads."),
		"say":        about(ref("texts"), "What the customer hears while the agents are open."),
		"closed_say": about(ref("texts"), "What the customer hears while they are closed; {{ opens }} is when they open."),
		"priority":   enum(classNames, "Default: the flow's class."),
		"then":       about(ref("state"), "Where the run goes on when it is handed back."),
	}}
}

func silenceObject() object {
	return object{"A step has one of after and at, and say, goto or both.", nil, map[string]any{
		"after":   about(ref("span"), "Since the carrier took the question."),
		"at":      like(about(ref("expression"), "A moment."), "at - duration('48h')"),
		"between": map[string]any{"type": "array", "minItems": 2, "maxItems": 2, "items": map[string]any{"type": "string"}, "description": "Hours of the day; outside of them the step waits.", "examples": []any{[]string{"09:00", "20:00"}}},
		"say":     about(ref("texts"), "A reminder."),
		"goto":    ref("state"),
	}}
}

func chooseObject() object {
	return object{"Numbers a list that is known only at run time and picks from it.", []string{"from", "as"}, map[string]any{
		"from":  like(about(ref("expression"), "A list; the first nine are offered."), "slots"),
		"label": like(about(ref("expression"), "What one element, item, is called. Default: the element."), "item.name"),
		"as":    map[string]any{"type": "string", "pattern": identifierPattern, "description": "The variable that keeps the chosen element."},
		"none":  about(ref("state"), "Where to go when the list is empty. Default: a person."),
		"goto":  about(ref("state"), "Where to go with the choice. Default: the state's goto."),
	}}
}

func intentObject() object {
	perLanguage := func(description string) map[string]any {
		return namesTo(oneOrMore(map[string]any{"type": "string"}, maxExamples, description), "By language.")
	}
	return object{"What a free text may mean.", nil, map[string]any{
		"description": text("For people and the LLM."),
		"ask":         like(about(ref("texts"), "How a customer is asked whether they meant it; Reply YES or NO is added."), "Did you mean that the parcel is damaged?"),
		"opposite":    text("The intent that it must never be taken for: parley intents test counts such mistakes apart."),
		"keywords":    perLanguage("Exact words."),
		"examples":    perLanguage("Texts that teach the classifier."),
	}}
}

// typeOr is a variable's type alone, or an object that says more.
func typeOr(object string, kinds []string) map[string]any {
	return map[string]any{"anyOf": []any{map[string]any{"enum": kinds}, ref(object)}}
}

// variableObject describes an input or a capture with the given keys.
func variableObject(kinds, keys []string) object {
	all := map[string]any{
		"type":     enum(kinds, "The type."),
		"required": truth("The trigger must bring it. Default true without default."),
		"default":  map[string]any{"description": "The value without one."},
		"min":      numeric("The least value, or length."),
		"max":      numeric("The greatest value, or length: it bounds what texts may cost."),
		"pattern":  like(text("A pattern (RE2) that the text must match."), "/[A-Z]-[0-9]+/"),
		"values":   listOfAll(ref("literal"), 100, "The only values."),
		"secret":   truth("No log, prompt or screen may show it."),
		"foreign":  truth("A stranger may have chosen it: links and long numbers are taken out of texts."),
	}
	delete(all["required"].(map[string]any), "default")
	o := object{about: "A value with its type and limits.", required: []string{"type"}, keys: map[string]any{}}
	for _, key := range keys {
		o.keys[key] = all[key]
	}
	return o
}
