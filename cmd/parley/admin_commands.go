package main

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"parley/conversation/store"
	"parley/flows"
)

// migrateCommand brings the database up to date.
type migrateCommand struct{}

// Run migrates; an up-to-date database is left as it is.
func (c *migrateCommand) Run(ctx context.Context, p *Program, all *commands) error {
	config, err := all.load()
	if err != nil {
		return err
	}
	if err := store.Migrate(ctx, store.Options{URL: config.Database, Log: p.logger(all.LogJSON)}); err != nil {
		return err
	}
	fmt.Fprintln(p.Out, "the database is ready")
	return nil
}

// configCommand looks at the configuration.
type configCommand struct {
	Check struct{} `cmd:"" help:"Read the configuration and say what is wrong with it."`
}

// Run checks everything that can be checked without starting: the file, the
// carriers' settings, the flows.
func (c *configCommand) Run(ctx context.Context, p *Program, all *commands) error {
	config, err := all.load()
	if err != nil {
		return err
	}
	log := p.logger(all.LogJSON)
	made, err := prepare(config, log)
	if err != nil {
		return err
	}
	missServices(config, made.library, log)
	asked, err := oneWay(config, made.library)
	if err != nil {
		return err
	}
	for _, problem := range asked {
		fmt.Fprintln(p.Out, problem)
	}
	fmt.Fprintf(p.Out, "%s: %s, %s, %s, %s: good\n", all.File, plural(len(config.Lines), "line"),
		plural(len(config.Carriers), "carrier"), plural(len(config.Brands), "brand"), plural(len(config.Callbacks), "callback"))
	return nil
}

// oneWay finds the questions that a line would ask which cannot receive answers.
func oneWay(config Config, library *flows.Library) (found []*flows.Problem, err error) {
	d, _, err := directory(config)
	if err != nil {
		return nil, err
	}
	for _, number := range slices.Sorted(maps.Keys(d.Lines)) {
		if l := d.Lines[number]; l.OneWay {
			found = append(found, library.CheckOneWay(number, l.Brand.ID)...)
		}
	}
	return found, nil
}

// openStore opens the database that the configuration names. SQLite is migrated
// on the way: nobody else shares it.
func (c *commands) openStore(ctx context.Context, p *Program) (*store.Store, error) {
	config, err := c.load()
	if err != nil {
		return nil, err
	}
	return openStore(ctx, config, "", p.logger(c.LogJSON))
}

// storeAt opens the database at url, or without one that of the configuration.
func (c *commands) storeAt(ctx context.Context, p *Program, url string) (*store.Store, error) {
	if url == "" {
		return c.openStore(ctx, p)
	}
	return openStore(ctx, Config{Database: url}, "", p.logger(c.LogJSON))
}
