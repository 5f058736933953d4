package main

import (
	"context"
	"errors"
	"io"
	"os"
)

// contactsCommand moves contacts between files and the database.
type contactsCommand struct {
	Import struct {
		File   string `arg:"" help:"A CSV file with a header: phone,name,language,timezone,tags; any other column becomes a field. - reads the standard input."`
		Region string `help:"Where numbers without a + are dialled: US, GB …"`
	} `cmd:"" help:"Write contacts from a CSV file. A column that the file lacks keeps what is stored."`
	Export struct {
		File string `arg:"" optional:"" default:"-" help:"Where to; default the standard output."`
	} `cmd:"" help:"Write all contacts as CSV, as import reads it."`
}

// Run is reached by its subcommands only.
func (c *contactsCommand) Run(ctx context.Context, p *Program, all *commands, command string) error {
	s, err := all.openStore(ctx, p)
	if err != nil {
		return err
	}
	defer s.Close()
	if command == "contacts import <file>" {
		in, size, err := p.input(c.Import.File)
		if err != nil {
			return err
		}
		defer in.Close()
		r := &importing{store: s, region: c.Import.Region, file: c.Import.File, complain: p.Err, size: size, progress: newProgress(p.Err, "contacts", 0)}
		return r.run(ctx, in)
	}
	if c.Export.File == "-" {
		return exportContacts(ctx, s, p.Out)
	}
	out, err := os.OpenFile(c.Export.File, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600) // customers' data
	if err != nil {
		return err
	}
	return errors.Join(exportContacts(ctx, s, out), out.Close())
}

// input opens a file, or the standard input; size is 0 where it is not known.
func (p *Program) input(name string) (in io.ReadCloser, size int64, err error) {
	if name == "-" {
		return io.NopCloser(p.In), 0, nil
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, 0, err
	}
	if info, err := file.Stat(); err == nil && info.Mode().IsRegular() {
		size = info.Size()
	}
	return file, size, nil
}
