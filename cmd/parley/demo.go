package main

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"parley/agentui"
	"parley/conversation"
	"parley/inbound"
	"parley/outbound/provider"
)

// demoCommand shows Parley in a minute.
type demoCommand struct {
	Once   bool   `help:"Play one conversation, print it, and end."`
	Listen string `default:"127.0.0.1:0" help:"Where to serve the phones and the console; port 0 is any free one."`
}

// The demo's cast. 555-01xx numbers belong to nobody.
const (
	demoLine     = "+12025550100"
	demoCustomer = "+12025550123" // has the first phone in the browser
	demoScripted = "+12025550124" // plays the conversation in the terminal
)

// demo is a running demonstration: a whole server, and the world around it.
type demo struct {
	house   *house
	carrier *provider.Carrier
	phone   *agentui.Phone
	key     string
	enter   string // lets the demo's agent into the console
	texts   chan provider.Outgoing
	out     io.Writer

	pictures string       // http://HOST:PORT, where the carrier keeps what customers send
	passed   atomic.Int64 // how far the clock was put forward, in nanoseconds
	wanted   atomic.Int64 // how far it shall be
}

// Run plays the conversation and then serves the phones and the console.
func (c *demoCommand) Run(ctx context.Context, p *Program) error {
	folder, err := os.MkdirTemp("", "parley-demo-")
	if err != nil {
		return fmt.Errorf("a folder for the demo: %w", err)
	}
	defer os.RemoveAll(folder)
	fmt.Fprintln(p.Out, "Setting up a database, a carrier and a business …")
	d, err := newDemo(ctx, c.Listen, folder, p.Out)
	if err != nil {
		return err
	}
	defer d.house.close()
	serving, stop := context.WithCancel(ctx)
	defer stop()
	d.house.mux.Handle("/phone/", d.phone.Handler(serving))
	ended := make(chan error, 1)
	go func() { ended <- d.house.run(serving) }()
	select {
	case <-d.house.listening:
	case err := <-ended:
		return err
	}
	d.carrier.Webhook = "http://" + d.house.address + "/webhooks/demo"
	go func() { _ = d.carrier.Run(serving) }() // ends with serving
	go d.pass(serving)
	if err := d.play(ctx); err != nil {
		return err
	}
	if !c.Once {
		d.invite()
		<-ctx.Done()
	}
	stop()
	return <-ended
}

// newDemo builds a server of its own configuration, with a carrier that lives in
// this process.
func newDemo(ctx context.Context, listen, folder string, out io.Writer) (*demo, error) {
	d := &demo{texts: make(chan provider.Outgoing, 64), out: out}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	d.phone = d.handsets(log)
	if err := d.keepPictures(ctx); err != nil {
		return nil, err
	}
	config, err := d.config(listen, folder)
	if err != nil {
		return nil, err
	}
	h, err := newHouse(ctx, config, log)
	if err != nil {
		return nil, err
	}
	h.dispatcher.Now = d.now
	loop, ok := h.prepared.carriers["demo"].Provider.(*provider.Loopback)
	if !ok {
		return nil, errors.New("the demo's carrier is not the loopback")
	}
	d.house, d.carrier = h, loop.Carrier
	d.carrier.Took = d.arrived
	key, secretKey, err := inbound.NewKey("demo", "live", []string{"events", "read"})
	if err != nil {
		return nil, err
	}
	if err := h.store.CreateKey(ctx, key, inbound.HashKey(secretKey)); err != nil {
		return nil, fmt.Errorf("storing the demo's key: %w", err)
	}
	d.key = secretKey
	return d, d.hire(ctx, log)
}

// config is the demo's: a brand, a line, a carrier that keeps its customers' pictures on
// this machine, and a clock that can be put forward.
func (d *demo) config(listen, folder string) (Config, error) {
	var secret [32]byte
	_, _ = rand.Read(secret[:]) // never fails: crypto/rand ends the process instead
	c := defaultConfig()
	c.Name, c.Listen, c.Admin = "demo", listen, "off"
	c.Database = "sqlite:" + filepath.Join(folder, "demo.db")
	c.ahead = d.ahead
	c.Brands = map[string]BrandConfig{"acme": {Name: "Acme", Contact: "help@acme.example", Timezone: "UTC", Quiet: "off"}}
	c.Carriers = map[string]CarrierConfig{"demo": {Provider: "loopback", BaseURL: d.pictures, Secret: "whsec_" + base64.StdEncoding.EncodeToString(secret[:]), Rate: 50}}
	c.Lines = []LineConfig{{Number: demoLine, Carrier: "demo", Brand: "acme"}}
	return c, c.check()
}

// hire lets an agent into the console, by a link that is printed and good for this demo.
func (d *demo) hire(ctx context.Context, log *slog.Logger) error {
	const name = "demo"
	agent, secret, err := agentui.NewAgent(name, agentui.RoleLead)
	if err != nil {
		return err
	}
	if _, err := d.house.store.AddAgent(ctx, agent); err != nil {
		return err
	}
	d.enter = secret
	d.house.mux.Handle("GET /console/enter", (&agentui.Auth{Agents: d.house.store, Plain: true, Log: log}).Enter(name, secret))
	return nil
}

// demoEvents are what the demo's business can report.
var demoEvents = []struct {
	name, title, event string
	data               map[string]any
}{
	{"order delivered", "Did it arrive, and in what condition?", "order.delivered", map[string]any{"name": "Ann", "order": "A-1"}},
	{"booking made", "Confirm, reschedule or call off an appointment.", "booking.created",
		map[string]any{"name": "Ann", "booking": "B-1", "what": "eye test", "at": "2030-05-14T10:30:00Z"}},
	{"card used strangely", "Answer NO, or NO 2: the account is locked before the answer comes. No text unlocks it.", "card.suspicious",
		map[string]any{"name": "Ann", "account": "acc-1", "card": "1234", "transactions": []map[string]any{
			{"id": "t1", "merchant": "Corner Cafe", "amount": "4.20 USD", "at": "2030-05-14T09:10:00Z"},
			{"id": "t2", "merchant": "Garage 24", "amount": "900.00 USD", "at": "2030-05-14T09:12:00Z"}}}},
	{"somebody logs in", "A code is texted. Not you? Answer NO. Or send the code back, and see it burned.", "login.requested", map[string]any{"subject": "ann"}},
}

func demoStarts() []agentui.Start {
	var list []agentui.Start
	for _, e := range demoEvents {
		list = append(list, agentui.Start{Name: e.name, Title: e.title})
	}
	return append(list, agentui.Start{Name: demoHandBack, Title: "A person who took over closes the conversation; the bot answers again."})
}

// demoHandBack is what the demo's agent can do.
const demoHandBack = "agent hands back"

// handBack closes the customer's conversation as an agent.
func (d *demo) handBack(ctx context.Context, customer string) error {
	out, err := d.house.engine.Submit(ctx, []conversation.Event{{Kind: conversation.KindAgent, Line: demoLine, Phone: customer,
		Agent: &conversation.Agent{Op: "close", Name: "demo"}}})
	if err != nil {
		return err
	}
	if out[0].Status != conversation.Applied {
		return errors.New("the bot has the conversation already")
	}
	return nil
}

// begin posts an event to the API, as the business's own system does.
func (d *demo) begin(ctx context.Context, customer, name string) error {
	if name == demoHandBack {
		return d.handBack(ctx, customer)
	}
	for _, e := range demoEvents {
		if e.name != name {
			continue
		}
		body, err := json.Marshal(map[string]any{"type": e.event, "to": customer, "data": of(customer, e.data)})
		if err != nil {
			return fmt.Errorf("encoding the event: %w", err)
		}
		_, err = postJSON(ctx, "http://"+d.house.address+"/v1/events", d.key, body)
		return err
	}
	return fmt.Errorf("there is no event %q", name)
}

// of gives an event's data to another customer: their name, their account.
func of(customer string, data map[string]any) map[string]any {
	i := slices.IndexFunc(demoHandsets, func(h agentui.Handset) bool { return h.Number == customer })
	if i < 0 {
		return data
	}
	data = maps.Clone(data)
	for key, value := range map[string]string{"name": demoHandsets[i].Name, "subject": strings.ToLower(demoHandsets[i].Name), "account": fmt.Sprint("acc-", i+1)} {
		if _, has := data[key]; has {
			data[key] = value
		}
	}
	return data
}

// invite says where to look now.
func (d *demo) invite() {
	fmt.Fprintf(d.out, "\nNow you: open  http://%s/phone/  and be the customer.\n", d.house.address)
	fmt.Fprintf(d.out, "And      http://%s/console/enter?key=%s  to be the agent whom the bot asks.\n", d.house.address, d.enter)
	if !agentui.Built() {
		fmt.Fprintln(d.out, "(This binary was built without its pages: make demo builds them, with Node 20.)")
	}
	fmt.Fprintln(d.out, "Ctrl-C ends the demo; nothing of it is kept.")
}

// play holds one conversation through the real doors and prints it.
func (d *demo) play(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	fmt.Fprintf(d.out, "\nThe business posts order.delivered to the API; from here on, every line went through a signed webhook,\nthe database and the carrier.\n\n")
	if err := d.begin(ctx, demoScripted, demoEvents[0].name); err != nil {
		return err
	}
	if err := d.hear(ctx, 1); err != nil {
		return err
	}
	for _, text := range []string{"yeah it did", "2, the box is crushed"} {
		fmt.Fprintf(d.out, "  %-9s %s\n", "customer:", text)
		if err := d.typed(ctx, demoScripted, text, ""); err != nil {
			return err
		}
		if err := d.hear(ctx, 1); err != nil {
			return err
		}
	}
	fmt.Fprintf(d.out, "\nThe parcel was damaged: the business has been told, and a person is asked to take over.\n")
	return nil
}

// hear prints the next texts of the business.
func (d *demo) hear(ctx context.Context, n int) error {
	for range n {
		select {
		case o := <-d.texts:
			fmt.Fprintf(d.out, "  %-9s %s\n", "bot:", o.Text)
		case <-ctx.Done():
			return errors.New("the business did not answer in time")
		}
	}
	return nil
}
