package outbound

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"parley/conversation"
	"parley/outbound/provider"
	"parley/outbound/quiet"
)

// Dispatcher sends what the queue holds. Its fields are set before Run and not
// changed afterwards.
type Dispatcher struct {
	// Queue is the messages table.
	Queue Queue
	// Submit hands events to the engine: the fate of a question, a permanent
	// failure, a carrier's opt-out. Their settlement travels as the event's guard, so
	// that both commit together.
	Submit func(context.Context, []conversation.Event) ([]conversation.Outcome, error)
	// Carriers are the config's carriers by name.
	Carriers map[string]Carrier
	// Lines are the business's senders. A line that is not listed sends nothing; its
	// messages wait until they expire.
	Lines map[string]Line
	// Codes completes texts that bring a one-time code; nil: there are none.
	Codes Codes
	// Node is this process's id, as it stands in the leases.
	Node string
	// Live counts the nodes that share the lines' pace; nil: this one alone.
	Live func() int
	// PublicURL is where carriers reach us; "": no receipts are asked for.
	PublicURL string
	// Sent, when set, is called after every send that left the house: class is "" for
	// an accepted one. For metrics; it must not block.
	Sent func(carrier string, class provider.Class, took time.Duration)
	// Log gets what an operator should know; nil: slog.Default. It never gets texts
	// or numbers.
	Log *slog.Logger
	// Now is the clock; nil: time.Now.
	Now func() time.Time

	once  sync.Once
	wakes map[string]chan struct{} // one per line, each holding at most one wake-up
}

// Carrier is one way out.
type Carrier struct {
	Provider provider.Provider
	Traits   provider.Traits
	// OnlyTo, when not empty, lists the only numbers that may be texted: for tests
	// against a real account.
	OnlyTo []string
	// Concurrency bounds the sends under way; 0: 32.
	Concurrency int
	// Timeout bounds one send; 0: 10 s.
	Timeout time.Duration
}

// Line is one sender.
type Line struct {
	Carrier string // key into Carriers
	// Rate is the line's pace in segments a second, over all nodes; 0: no limit.
	Rate float64
	// Quiet holds notices and bulk texts back by the clock of Zone, whatever their
	// due time says; the zero value never does.
	Quiet quiet.Window
	Zone  *time.Location
}

// Wake hints that lines have new work; "" stands for all of them. It never
// blocks; hints for a line that is already awake are dropped, which loses nothing.
func (d *Dispatcher) Wake(lines []string) {
	d.once.Do(d.prepare)
	for _, line := range lines {
		if line != "" {
			nudge(d.wakes[line])
			continue
		}
		for _, wake := range d.wakes {
			nudge(wake)
		}
	}
}

func (d *Dispatcher) prepare() {
	d.wakes = make(map[string]chan struct{}, len(d.Lines))
	for name := range d.Lines {
		d.wakes[name] = make(chan struct{}, 1)
	}
}

func nudge(wake chan struct{}) {
	select {
	case wake <- struct{}{}: // never ready when nil
	default:
	}
}

// Run claims and sends until ctx ends. Then it claims nothing more, waits for the
// sends under way, settles them, and returns: at most a lease later.
func (d *Dispatcher) Run(ctx context.Context) error {
	r, err := d.newRun()
	if err != nil {
		return err
	}
	var loops, settler, teller sync.WaitGroup
	settler.Go(r.settleAll)
	teller.Go(r.tellAll)
	loops.Go(func() { r.poll(ctx) })
	loops.Go(func() { r.reap(ctx) })
	for name, line := range d.Lines {
		loops.Go(func() { r.work(ctx, name, line) })
	}
	loops.Wait() // nothing is claimed any more
	r.sends.Wait()
	close(r.stopping)
	close(r.tales)
	teller.Wait() // what cannot be told is settled plainly
	close(r.results)
	settler.Wait()
	return nil
}

// run is the state of one Run.
type run struct {
	*Dispatcher
	log      *slog.Logger
	now      func() time.Time
	lease    time.Duration // for all carriers: whoever finds an expired one need not know whose it was
	carriers map[string]*outlet
	paces    map[string]*pace // by line
	sends    sync.WaitGroup
	results  chan result // to settleAll; full: the sender waits, and its slot with it
	tales    chan result // to tellAll; likewise
	stopping chan struct{}
}

// outlet is a carrier with what bounds it.
type outlet struct {
	Carrier
	name  string
	slots chan struct{} // one per send under way
	only  map[string]bool
	fuse  fuse
}

// A lease is the longest send timeout of the carriers, and leaseMargin.
const (
	defaultTimeout = 10 * time.Second
	leaseMargin    = 15 * time.Second
)

func (d *Dispatcher) newRun() (*run, error) {
	d.once.Do(d.prepare)
	r := &run{
		Dispatcher: d, log: d.Log, now: d.Now,
		carriers: make(map[string]*outlet), paces: make(map[string]*pace),
		results: make(chan result, 1024), tales: make(chan result, 1024), stopping: make(chan struct{}), lease: leaseMargin,
	}
	if r.log == nil {
		r.log = slog.Default()
	}
	if r.now == nil {
		r.now = time.Now
	}
	for name, c := range d.Carriers {
		c.Timeout = cmp.Or(c.Timeout, defaultTimeout)
		r.lease = max(r.lease, c.Timeout+leaseMargin)
		r.carriers[name] = newOutlet(name, c)
	}
	for name, line := range d.Lines {
		if r.carriers[line.Carrier] == nil {
			return nil, fmt.Errorf("line %s: there is no carrier %q", name, line.Carrier)
		}
		r.paces[name] = newPace(line.Rate)
	}
	return r, nil
}

func newOutlet(name string, c Carrier) *outlet {
	if c.Concurrency <= 0 {
		c.Concurrency = 32
	}
	o := &outlet{Carrier: c, name: name, slots: make(chan struct{}, c.Concurrency)}
	if len(c.OnlyTo) > 0 {
		o.only = make(map[string]bool)
		for _, to := range c.OnlyTo {
			o.only[to] = true
		}
	}
	return o
}

// may says whether a number may be texted through the carrier.
func (o *outlet) may(to string) bool { return o.only == nil || o.only[to] }

func (r *run) live() int {
	if r.Live == nil {
		return 1
	}
	return max(1, r.Live())
}
