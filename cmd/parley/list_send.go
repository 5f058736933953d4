package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"parley/conversation/phone"
	"parley/flows"
	"parley/inbound"
)

// listFlags are what parley trigger takes for a list of customers.
type listFlags struct {
	CSV     string   `name:"csv" placeholder:"FILE" help:"Report the event for every row of a CSV file. Every row is checked before the first is sent; the same command again skips what was taken."`
	Map     []string `sep:"none" placeholder:"FIELD=COLUMN" help:"Where a column goes: to, language, line, brand, key or data.NAME. Without: by the columns' names, all others being data."`
	Region  string   `placeholder:"US" help:"Where phones without + are dialled; default the line's country."`
	Flows   []string `placeholder:"PATH" help:"The flow files by which rows are checked; default the configuration's."`
	SkipBad bool     `help:"Send the good rows although others are bad."`
	Rate    string   `placeholder:"5/s" help:"Rows a second (or 300/m); default the slowest line's pace."`
	From    int      `help:"Begin with this line of the file."`
	Label   string   `help:"Names this sending: the same row is taken once under one label, within eight days."`
}

// sending is a list on its way.
type sending struct {
	*triggerCommand
	p        *Program
	file     *os.File
	url      string
	label    string
	region   string
	flows    []*flows.Flow
	rate     float64 // rows a second
	good     int
	bad      int
	taken    int // rows that the server has taken, now or before
	repeated int
	refused  int
	listed   int // problems printed
	last     int // line of the last row that was taken
}

// list checks every row and then sends the good ones.
func (c *triggerCommand) list(ctx context.Context, p *Program, all *commands) error {
	if c.To != "" || len(c.Data) > 0 {
		return errors.New("with --csv the file says to whom, and what: leave the rest out")
	}
	if c.Key == "" && !c.DryRun {
		return errors.New("an API key is needed: --key or PARLEY_KEY (parley keys create NAME makes one)")
	}
	s := &sending{triggerCommand: c, p: p, url: c.server(all), label: c.Label}
	if err := s.prepare(all); err != nil {
		return err
	}
	file, err := os.Open(c.CSV)
	if err != nil {
		return err
	}
	defer file.Close()
	s.file = file
	if err := s.check(ctx); err != nil {
		return err
	}
	if c.DryRun || s.good == 0 {
		return nil
	}
	return s.send(ctx)
}

// prepare finds out by which flows rows are checked, and how fast they go.
func (s *sending) prepare(all *commands) error {
	config, err := all.load()
	paths := s.Flows
	if len(paths) == 0 {
		if err != nil {
			return fmt.Errorf("the rows are checked by the flow files: say where they are with --flows (%w)", err)
		}
		paths = config.Flows
	}
	library, err := flows.Load(paths)
	if err != nil {
		return err
	}
	known := false
	for _, f := range library.All() {
		known = known || f.Knows(s.Type)
	}
	if s.flows = library.ForEvent(s.Type); !known {
		return fmt.Errorf("no flow is started by %s, and none waits for it", s.Type)
	}
	s.rate, s.region = defaultRate, strings.ToUpper(s.Region)
	slowest := 0.0
	for _, l := range config.Lines {
		if s.Line != "" && l.Number != config.line(s.Line) || s.Brand != "" && l.Brand != s.Brand {
			continue
		}
		rate := cmp.Or(l.Rate, config.Carriers[l.Carrier].Rate, defaultRate)
		if slowest == 0 || rate < slowest {
			slowest, s.rate = rate, rate
		}
		if s.Region == "" && (s.region == "" || s.region == phone.Region(l.Number)) {
			s.region = phone.Region(l.Number)
		} else if s.Region == "" {
			s.region = "?" // lines of several countries: only whole numbers are clear
		}
	}
	s.region = strings.TrimPrefix(s.region, "?")
	if s.Rate != "" {
		s.rate, err = perSecond(s.Rate)
	}
	return err
}

// perSecond reads a rate such as 5/s, 300/m or 10000/h.
func perSecond(text string) (float64, error) {
	number, unit, _ := strings.Cut(text, "/")
	n, err := strconv.ParseFloat(number, 64)
	over := map[string]float64{"": 1, "s": 1, "m": 60, "h": 3600}[unit]
	if err != nil || over == 0 || !(n > 0 && n <= 1e6) {
		return 0, fmt.Errorf("--rate %q: want rows per second, minute or hour, such as 5/s", text)
	}
	return n / over, nil
}

// open reads the file from its beginning.
func (s *sending) open() (*list, error) {
	if _, err := s.file.Seek(0, io.SeekStart); err != nil {
		return nil, fmt.Errorf("reading %s: %w", s.CSV, err)
	}
	l, err := openList(s.file, s.Map)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.CSV, err)
	}
	l.event = inbound.BatchRow{Type: s.Type, Line: s.Line, Brand: s.Brand}
	l.label, l.region, l.flows = s.label, s.region, s.flows
	return l, nil
}

// rows gives every row to do, until it says stop or ctx ends.
func (s *sending) rows(ctx context.Context, l *list, do func(listed) error) error {
	for {
		r, err := l.next()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("%s: %w", s.CSV, err)
		case ctx.Err() != nil:
			return ctx.Err()
		}
		if r.line < s.From {
			continue
		}
		if err := do(r); err != nil {
			return err
		}
	}
}

// mostListed is how many problems are printed.
const mostListed = 20

// complain prints what is wrong with a row, as long as somebody may read it.
func (s *sending) complain(line int, problems ...string) {
	if s.listed++; s.listed <= mostListed {
		fmt.Fprintf(s.p.Err, "%s:%d: %s\n", s.CSV, line, strings.Join(problems, "; "))
	} else if s.listed == mostListed+1 {
		fmt.Fprintln(s.p.Err, "… and more")
	}
}

// check reads the whole list once. Bad rows are an error, unless they are to be
// skipped.
func (s *sending) check(ctx context.Context) error {
	l, err := s.open()
	if err != nil {
		return err
	}
	if names := l.unused(); len(names) > 0 {
		fmt.Fprintf(s.p.Err, "not sent, since no input can be called so: %s (--map data.NAME=COLUMN sends a column)\n", strings.Join(names, ", "))
	}
	var first []byte
	err = s.rows(ctx, l, func(r listed) error {
		if len(r.problems) > 0 {
			s.bad++
			s.complain(r.line, r.problems...)
			return nil
		}
		if s.good++; s.good == 1 {
			first, err = json.Marshal(r.row)
		}
		return err
	})
	switch {
	case err != nil:
		return err
	case s.bad > 0 && !s.SkipBad:
		return fmt.Errorf("%d of %d rows are bad and nothing was sent: mend them, or send the others with --skip-bad", s.bad, s.bad+s.good)
	}
	takes := time.Duration(float64(s.good) / s.rate * float64(time.Second)).Round(time.Second)
	fmt.Fprintf(s.p.Err, "%s: %d good rows, %d bad; at %.4g rows a second they take %v\n", s.CSV, s.good, s.bad, s.rate, takes)
	if s.DryRun && first != nil {
		fmt.Fprintf(s.p.Out, "the first would be %s\n", first)
	}
	return nil
}

// send reads the list again and hands the good rows over, about a second's worth at
// a time, at most two hundred.
func (s *sending) send(ctx context.Context) error {
	l, err := s.open()
	if err != nil {
		return err
	}
	bar := newProgress(s.p.Err, "rows", s.good)
	size := min(200, max(1, int(s.rate)))
	var batch []listed
	bytes := 0
	post := func() error {
		if err := s.pace(ctx, bar.begun, s.taken+s.refused+len(batch)); err != nil {
			return err
		}
		err := s.post(ctx, batch)
		batch, bytes = batch[:0], 0
		bar.at(s.taken + s.refused)
		return err
	}
	err = s.rows(ctx, l, func(r listed) error {
		if len(r.problems) > 0 {
			return nil // it was named when the list was checked
		}
		batch, bytes = append(batch, r), bytes+r.cells
		if len(batch) < size && bytes < mostRow {
			return nil
		}
		return post()
	})
	if err == nil && len(batch) > 0 {
		err = post()
	}
	bar.end()
	return s.report(err)
}

// pace waits until n rows may have been sent.
func (s *sending) pace(ctx context.Context, begun time.Time, n int) error {
	due := begun.Add(time.Duration(float64(n-1) / s.rate * float64(time.Second)))
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(time.Until(due)):
		return ctx.Err()
	}
}

// report says what came of it, and how to go on.
func (s *sending) report(err error) error {
	fmt.Fprintf(s.p.Out, "%d rows taken", s.taken)
	if s.repeated > 0 {
		fmt.Fprintf(s.p.Out, " (%d of them before, or twice in the list)", s.repeated)
	}
	fmt.Fprintf(s.p.Out, ", %d refused, %d bad\n", s.refused, s.bad)
	switch {
	case err != nil:
		if errors.Is(err, context.Canceled) {
			err = errors.New("interrupted")
		}
		return fmt.Errorf("%w: the last row taken is line %d; the same command goes on from there and sends nothing twice", err, s.last)
	case s.refused > 0 && !s.SkipBad:
		return fmt.Errorf("the server refused %d rows", s.refused)
	}
	return nil
}
