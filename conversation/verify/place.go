package verify

import "slices"

// Place is a conversation that an account was spoken of in.
type Place struct {
	Conversation string `json:"c"`
	Line         string `json:"l"`
	Phone        string `json:"p"`
	Run          string `json:"r,omitempty"`
	Said         bool   `json:"s,omitempty"` // only texts from there have named the account: it may be anybody's
}

// mostPlaces is how many an account remembers: the phones of joint holders.
const mostPlaces = 4

// Phone is where the account's customer was texted last, or else whence a text first named
// the account; "": neither is known.
func (a Account) Phone() string {
	if p := a.told(); p.Phone != "" || len(a.Places) == 0 {
		return p.Phone
	}
	return a.Places[0].Phone
}

// told is the place where the account's customer was texted last; zero: nowhere yet.
func (a Account) told() Place {
	for _, p := range slices.Backward(a.Places) {
		if !p.Said {
			return p
		}
	}
	return Place{}
}

// around is every place, that of the event first, then the latest.
func (c *change) around() []Place {
	var all []Place
	if c.event.Place.Conversation != "" {
		all = append(all, c.event.Place)
	}
	for _, p := range slices.Backward(c.Places) {
		if p.Conversation != c.event.Place.Conversation {
			all = append(all, p)
		}
	}
	return all
}

// remember notes where the event came from: it is there that the account's customer is.
func (c *change) remember() {
	if c.event.Said {
		c.rememberText()
		return
	}
	c.latest()
}

// latest makes the event's place the last one.
func (c *change) latest() {
	p := c.event.Place
	if p.Conversation == "" {
		return
	}
	c.Places = slices.DeleteFunc(c.Places, func(q Place) bool { return q.Conversation == p.Conversation })
	if len(c.Places) >= mostPlaces { // the oldest goes, one that texts alone have named before all others
		i := max(0, slices.IndexFunc(c.Places, func(q Place) bool { return q.Said }))
		c.Places = slices.Delete(c.Places, i, i+1)
	}
	c.Places, c.moved = append(c.Places, p), true
}

// rememberText notes where a text came from. It may be anybody's who can name the account,
// unless its customer was texted there: codes that help to unlock it must not go to whoever
// texts last. Of places that texts alone have named, the first stands.
func (c *change) rememberText() {
	p := c.event.Place
	i := slices.IndexFunc(c.Places, func(q Place) bool { return q.Conversation == p.Conversation })
	switch {
	case p.Conversation == "", i >= 0 && c.Places[i].Said, i < 0 && len(c.Places) >= mostPlaces:
	case i >= 0:
		c.latest()
	default:
		p.Said = true
		c.Places, c.moved = append(c.Places, p), true
	}
}

// leave takes a number for anybody's that the account's customer has another for now: the
// runs there hear nothing of the account but answers, a YES from there clears nothing, and
// its refunds are told where the customer is. Of the places that are left, texts move the
// codes for an unlock to none before the customer is texted there anew.
func (c *change) leave(number string) {
	c.Places = slices.DeleteFunc(c.Places, func(p Place) bool { return p.Phone == number })
	for i := range c.Places[:max(0, len(c.Places)-1)] {
		c.Places[i].Said = true
	}
	for i := range c.Alerts {
		p := &c.Alerts[i].Place
		p.Said = p.Said || p.Phone == number
	}
	for i := range c.Refunds {
		if c.Refunds[i].Place.Phone == number {
			c.Refunds[i].Place = c.told()
		}
	}
}
