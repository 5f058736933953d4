// Command parley is the two-way SMS bot server and everything that goes with it:
// it serves, migrates, checks and tests flows, talks in the terminal, makes keys.
//
// serve.go is the only place where all rooms meet.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"parley/conversation"
)

// version is set when a release is built.
var version = "dev"

// Program is one invocation: its arguments' meaning and where it reads and
// writes. Tests make their own.
type Program struct {
	In       io.Reader
	Out, Err io.Writer
	Env      func(string) (string, bool)
}

// commands is the whole command line.
type commands struct {
	Demo      demoCommand      `cmd:"" help:"Watch a conversation happen: a temporary database, a carrier that lives in this process, the shipped flows."`
	Serve     serveCommand     `cmd:"" help:"Serve webhooks, the API and the console; apply events, send messages."`
	Chat      chatCommand      `cmd:"" help:"Be the customer of a flow, in the terminal; nothing is stored or sent."`
	Trigger   triggerCommand   `cmd:"" help:"Report a business event to a running server, for one customer or for a list (--csv)."`
	Flows     flowsCommand     `cmd:"" help:"Check, test and compare flow files."`
	Intents   intentsCommand   `cmd:"" help:"Try out how well free text is understood, and learn from what people say that it meant."`
	Contacts  contactsCommand  `cmd:"" help:"Import and export contacts."`
	Keys      keysCommand      `cmd:"" help:"Make, list and revoke API keys."`
	Agents    agentsCommand    `cmd:"" help:"Say who may sign in to the console."`
	Results   resultsCommand   `cmd:"" help:"Show what the runs of a flow led to: outcomes, answers, times."`
	Migrate   migrateCommand   `cmd:"" help:"Bring the database to this version's schema."`
	Dead      deadCommand      `cmd:"" help:"Look after events that could not be applied, and callbacks that nobody took."`
	Callbacks callbacksCommand `cmd:"" help:"Look after the endpoints that are told of events."`
	Audit     auditCommand     `cmd:"" help:"Check and read the audit trail: codes, accounts, and what people did at the console."`
	Config    configCommand    `cmd:"" help:"Check the configuration."`
	Doctor    doctorCommand    `cmd:"" help:"Say which protections this configuration and its database lack, and what to do about it."`

	File    string           `name:"config" short:"c" default:"parley.yaml" placeholder:"FILE" help:"The configuration file; default parley.yaml in this folder." env:"PARLEY_CONFIG"`
	LogJSON bool             `name:"log-json" help:"Log as JSON." env:"PARLEY_LOG_JSON"`
	Version kong.VersionFlag `name:"version" help:"Print the version."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	p := &Program{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Env: os.LookupEnv}
	os.Exit(p.Run(ctx, os.Args[1:]))
}

// Run carries out one command line and returns the exit code: 0 when it did what
// was asked, 1 when it could not, 2 when the command line is wrong. A command may have codes of
// its own: flows diff exits as diff does.
func (p *Program) Run(ctx context.Context, args []string) (code int) {
	var c commands
	exited := errors.New("exited")
	parser, err := kong.New(&c, kong.Name("parley"), kong.Description("A two-way SMS bot server: conversations as YAML flows."),
		kong.UsageOnError(), kong.Writers(p.Out, p.Err), kong.Vars{"version": version},
		kong.Exit(func(n int) { code = n; panic(exited) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}))
	if err != nil {
		fmt.Fprintln(p.Err, "parley:", err)
		return 1
	}
	defer func() { // kong exits by itself after --help and --version
		if r := recover(); r != nil && r != exited { //nolint:errorlint // the very value
			panic(r) // not kong's: a bug that must be seen
		}
	}()
	parsed, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintf(p.Err, "parley: %v (parley --help lists the commands)\n", err)
		return 2
	}
	if group := parsed.Selected(); group != nil && len(group.Children) > 0 {
		fmt.Fprintf(p.Err, "parley: say what of %s: %s\n", group.Name, namesIn(group))
		return 2
	}
	parsed.Bind(p, &c, parsed.Command())
	parsed.BindTo(ctx, (*context.Context)(nil))
	err = parsed.Run()
	var exit *exitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit) && exit.err == nil:
		return exit.code
	case exit != nil:
		fmt.Fprintln(p.Err, "parley:", inWords(err))
		return exit.code
	}
	fmt.Fprintln(p.Err, "parley:", inWords(err))
	return 1
}

// exitError ends the program with a code of its own. Err nil says nothing.
type exitError struct {
	code int
	err  error
}

// Error says what went wrong.
func (e *exitError) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}

// inWords is an error as people read it: what a database's driver says over several
// lines, of every way that it has tried, is said once and in one.
func inWords(err error) string {
	if !errors.Is(err, conversation.ErrUnavailable) {
		return err.Error()
	}
	var said []string
	for line := range strings.Lines(err.Error()) {
		if line = strings.TrimSpace(line); !slices.Contains(said, line) {
			said = append(said, line)
		}
	}
	return strings.Join(said, " ")
}

// namesIn lists the commands of a group.
func namesIn(group *kong.Node) string {
	var names []string
	for _, child := range group.Children {
		names = append(names, child.Name)
	}
	return strings.Join(names, ", ")
}

func (p *Program) logger(asJSON bool) *slog.Logger {
	if asJSON {
		return slog.New(slog.NewJSONHandler(p.Err, nil))
	}
	return slog.New(slog.NewTextHandler(p.Err, nil))
}

// load reads the configuration that the command line names.
func (c *commands) load() (Config, error) { return LoadConfig(c.File) }
