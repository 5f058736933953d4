package conversation

// Label is what an agent says that a text meant.
type Label struct {
	Conversation string
	Event        string // of the conversation: the rev of the text
	Text         string // masked
	Language     string
	Flow, State  string
	Intent       string // "-" : none of the flow's
	Agent        string
	At           int64 // Unix ms
}
