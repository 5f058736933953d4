package provider

import "context"

// Loopback is the carrier that lives in this process: nothing leaves the machine.
// It receives as the generic provider does, signatures included.
type Loopback struct {
	// Carrier is the other side: what was sent is found here.
	Carrier *Carrier

	keys Keys
}

// newLoopback needs secret ("whsec_…"). The option webhook is the address that the
// carrier posts to.
func newLoopback(s Settings) (Provider, error) {
	keys, err := ParseKeys(append([]string{s.Secret}, s.Secrets...)...)
	if err != nil {
		return nil, err
	}
	return &Loopback{
		Carrier: &Carrier{Keys: keys, Webhook: s.Options["webhook"], Client: s.Client},
		keys:    keys,
	}, nil
}

// Receive reads a webhook of the generic dialect.
func (l *Loopback) Receive(r Request) (Delivery, error) { return receiveGeneric(l.keys, r) }

// Send hands the message to Carrier.
func (l *Loopback) Send(ctx context.Context, o Outgoing) (Accepted, error) {
	if ctx.Err() != nil {
		return Accepted{}, &Error{Class: Temporary, Code: "cancelled", Err: ctx.Err()}
	}
	id, _ := l.Carrier.Take(o)
	return Accepted{IDs: []string{id}}, nil
}

// Look asks Carrier.
func (l *Loopback) Look(_ context.Context, id string) (Accepted, bool, error) {
	theirs, found := l.Carrier.Find(id)
	if !found {
		return Accepted{}, false, nil
	}
	return Accepted{IDs: []string{theirs}}, true, nil
}
