package main

import (
	"context"
	"errors"
	"fmt"
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
		r := &importing{store: s, region: c.Import.Region, file: c.Import.File, complain: p.Err, progress: progressTo(p.Err, size)}
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

// progress shows on a terminal how far a long work is; elsewhere it is silent.
type progress struct {
	out  io.Writer // nil: nobody looks
	size int64     // of all there is to read; 0: unknown
}

func progressTo(w io.Writer, size int64) progress {
	file, ok := w.(*os.File)
	if !ok {
		return progress{}
	}
	info, err := file.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return progress{}
	}
	return progress{file, size}
}

// show overwrites the line with how many were written and how far the reader is.
func (p progress) show(written int, read int64) {
	if p.out == nil {
		return
	}
	if p.size == 0 {
		fmt.Fprintf(p.out, "\r%d contacts", written)
		return
	}
	const width = 30
	done := int(min(read, p.size) * width / p.size)
	fmt.Fprintf(p.out, "\r[%-*s] %3d%% %d contacts", width, bar[:done], min(read, p.size)*100/p.size, written)
}

const bar = "##############################"

// clear ends the line.
func (p progress) clear() {
	if p.out != nil {
		fmt.Fprint(p.out, "\r\x1b[K")
	}
}
