// Package storetest gives tests real databases: a private PostgreSQL server from
// whatever binaries are installed, and SQLite files. Every test gets a database of
// its own, migrated.
//
// A package's TestMain calls Main, its tests call Each or URL:
//
//	func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }
//
//	func TestSomething(t *testing.T) {
//		storetest.Each(t, func(t *testing.T, s *store.Store) { … })
//	}
package storetest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"parley/conversation/store"
)

// ErrMissing means that no PostgreSQL server is installed.
var ErrMissing = errors.New("PostgreSQL is not installed: apt-get install -y postgresql, or set PARLEY_TEST_POSTGRES to a server's URL")

// Server is a running PostgreSQL.
type Server struct {
	// URL leads to its database postgres, as a superuser.
	URL string
	// Log is the path of the server's log, where tests look for "deadlock"; empty
	// for a server that was there before.
	Log string

	stop     func()
	template string
	count    atomic.Int64
}

// Settings of a private server.
type Settings struct {
	// Fsync makes commits durable, as in production; without it they are faster.
	Fsync bool
	// Options are further settings, name=value, as postgres -c takes them.
	Options []string
}

// Start starts a private server in about two seconds, or takes the one that
// PARLEY_TEST_POSTGRES names. Stop ends it; it also ends with the process.
func Start(ctx context.Context, o Settings) (*Server, error) {
	s := &Server{URL: os.Getenv("PARLEY_TEST_POSTGRES"), stop: func() {}}
	var err error
	if s.URL == "" {
		err = s.launch(ctx, o)
	}
	if err == nil {
		err = s.prepare(ctx)
	}
	if err != nil {
		s.Stop()
		return nil, err
	}
	return s, nil
}

// Stop drops what Start made.
func (s *Server) Stop() {
	if s.template != "" {
		_ = s.exec(context.Background(), "DROP DATABASE IF EXISTS "+s.template)
	}
	s.stop()
}

// Database makes a migrated database and returns its URL, and how to drop it.
func (s *Server) Database(ctx context.Context) (url string, drop func(), err error) {
	name := fmt.Sprintf("%s_%d", s.template, s.count.Add(1))
	if err := s.exec(ctx, "CREATE DATABASE "+name+" TEMPLATE "+s.template); err != nil {
		return "", nil, err
	}
	drop = func() { _ = s.exec(context.Background(), "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)") }
	return s.of(name), drop, nil
}

// prepare makes the template, once migrated, that all databases are copies of.
func (s *Server) prepare(ctx context.Context) error {
	s.template = fmt.Sprintf("parley_test_%d_%d", os.Getpid(), time.Now().UnixMilli())
	if err := s.exec(ctx, "CREATE DATABASE "+s.template); err != nil {
		return err
	}
	return store.Migrate(ctx, store.Options{URL: s.of(s.template)})
}

// of is the URL of another database of the server.
func (s *Server) of(name string) string {
	config, err := pgx.ParseConfig(s.URL)
	if err != nil {
		return ""
	}
	password := ""
	if config.Password != "" {
		password = ":" + config.Password
	}
	host := net.JoinHostPort(config.Host, strconv.Itoa(int(config.Port)))
	return "postgres://" + config.User + password + "@" + host + "/" + name + "?sslmode=prefer"
}

func (s *Server) exec(ctx context.Context, sql string) error {
	conn, err := pgx.Connect(ctx, s.URL)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, sql)
	return err
}

// launch runs initdb and the server, as another user when this one is root. s.stop ends
// what it began, if it fails too.
func (s *Server) launch(ctx context.Context, o Settings) error {
	bin := binaries()
	if bin == "" {
		return ErrMissing
	}
	dir, err := os.MkdirTemp("", "parley-pg-")
	if err != nil {
		return err
	}
	s.stop = func() { os.RemoveAll(dir) }
	who, err := dropRoot(dir)
	if err != nil {
		return err
	}
	data := filepath.Join(dir, "data")
	initdb := exec.CommandContext(ctx, filepath.Join(bin, "initdb"), "--no-sync", "--auth=trust",
		"--username=postgres", "--encoding=UTF8", "--no-instructions", "-D", data)
	initdb.Dir, initdb.SysProcAttr = dir, &syscall.SysProcAttr{Credential: who}
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, out)
	}
	if err := s.serve(bin, dir, data, who, o); err != nil {
		return err
	}
	return s.await(ctx)
}

// serve starts the server. The kernel ends it with the thread that started it, so
// that thread is kept until the server is gone.
func (s *Server) serve(bin, dir, data string, who *syscall.Credential, o Settings) error {
	port, err := freePort()
	if err != nil {
		return err
	}
	s.Log = filepath.Join(dir, "log")
	log, err := os.Create(s.Log)
	if err != nil {
		return err
	}
	defer log.Close()
	cmd := exec.Command(filepath.Join(bin, "postgres"), "-D", data, "-k", dir, "-p", strconv.Itoa(port),
		"-c", "listen_addresses=127.0.0.1", "-c", "max_connections=200", "-c", "shared_buffers=128MB",
		"-c", "fsync="+onOff(o.Fsync), "-c", "full_page_writes="+onOff(o.Fsync), "-c", "max_wal_size=4GB")
	for _, option := range o.Options {
		cmd.Args = append(cmd.Args, "-c", option)
	}
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: who, Pdeathsig: syscall.SIGQUIT}
	started, gone := make(chan error, 1), make(chan struct{})
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		defer close(gone)
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait()
		}
	}()
	if err := <-started; err != nil {
		return err
	}
	s.URL = fmt.Sprintf("postgres://postgres@127.0.0.1:%d/postgres?sslmode=disable", port)
	s.stop = func() {
		_ = cmd.Process.Signal(syscall.SIGINT)
		<-gone
		os.RemoveAll(dir)
	}
	return nil
}

func (s *Server) await(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	for {
		err := s.exec(ctx, "SELECT 1")
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waiting for PostgreSQL: %w", err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// binaries finds the newest installed server.
func binaries() string {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if len(found) > 0 {
		newest := slices.MaxFunc(found, func(x, y string) int { return version(x) - version(y) })
		return filepath.Dir(newest)
	}
	initdb, err := exec.LookPath("initdb")
	if err != nil {
		return ""
	}
	if target, err := filepath.EvalSymlinks(initdb); err == nil {
		initdb = target
	}
	return filepath.Dir(initdb)
}

func version(initdb string) int {
	n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(initdb))))
	return n
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

func onOff(b bool) string {
	if b {
		return "on"
	}
	return "off"
}
