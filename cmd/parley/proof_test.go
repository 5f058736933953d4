package main

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the proofs look into the database behind Parley's back

	"parley/conversation/store/storetest"
)

// The long proofs run real processes: `parley serve` is built once, killed,
// stopped and restarted by its own pid, and judged by what stands in the database
// and what the carrier got. They come in two sizes: one that fits among the other
// tests, and that of `make proof`.

// size chooses by PARLEY_PROOF=1.
func size(test, proof int) int {
	if os.Getenv("PARLEY_PROOF") == "1" {
		return proof
	}
	return test
}

// binary builds parley, once.
var binary = sync.OnceValues(func() (string, error) {
	folder, err := os.MkdirTemp("", "parley-proof-")
	if err != nil {
		return "", err
	}
	built.folder = folder
	path := filepath.Join(folder, "parley")
	out, err := exec.Command("go", "build", "-buildvcs=false", "-o", path, ".").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("building parley: %w: %s", err, out)
	}
	return path, nil
})

// built is what TestMain takes away again.
var built struct{ folder string }

// process is a running program, which ends with the test at the latest.
type process struct {
	t    *testing.T
	cmd  *exec.Cmd
	gone chan struct{} // closed when it has ended
	err  error         // of its end
}

// spawn starts a program. The kernel kills it with the thread that started it, so
// that not even a crash of the tests leaves it behind; that thread is kept.
func spawn(t *testing.T, out io.Writer, path string, args ...string) *process {
	t.Helper()
	p := &process{t: t, cmd: exec.Command(path, args...), gone: make(chan struct{})}
	p.cmd.Stdout, p.cmd.Stderr = out, out
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	started := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		defer close(p.gone)
		err := p.cmd.Start()
		started <- err
		if err == nil {
			p.err = p.cmd.Wait()
		}
	}()
	if err := <-started; err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.kill)
	return p
}

// kill ends it at once, as kill -9 does.
func (p *process) kill() {
	_ = p.cmd.Process.Kill() // it may have ended
	<-p.gone
}

func (p *process) signal(s syscall.Signal) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		p.t.Error(err)
	}
}

// stop asks it to end, and waits until it has.
func (p *process) stop() {
	p.t.Helper()
	p.signal(syscall.SIGTERM)
	select {
	case <-p.gone:
		if p.err != nil {
			p.t.Errorf("parley did not end cleanly: %v", p.err)
		}
	case <-time.After(40 * time.Second):
		p.t.Error("parley did not end within 40 s")
		p.kill()
	}
}

// served is a running `parley serve`.
type served struct {
	*process
	address string // HOST:PORT
	node    string
	admin   string // HOST:PORT, or off
	log     *syncBuffer
}

var readyLine = regexp.MustCompile(`msg="parley is ready" address=http://(\S+) node=(\S+) admin=(\S+)`)

// serve starts a server and waits until it says where it is. A port that is still
// taken is tried again.
func serve(t *testing.T, config string) *served {
	t.Helper()
	return serveUnder(t, config)
}

// serveUnder starts it through a program that becomes it.
func serveUnder(t *testing.T, config string, under ...string) *served {
	t.Helper()
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	command := append(under, path, "serve", "--config", config)
	for range 5 {
		s := &served{log: &syncBuffer{}}
		s.process = spawn(t, s.log, command[0], command[1:]...)
		if s.ready(30 * time.Second) {
			return s
		}
		s.kill()
		if !strings.Contains(s.log.String(), "address already in use") {
			t.Fatalf("parley did not get ready:\n%s", s.log)
		}
		time.Sleep(100 * time.Millisecond) // for the kernel to free the port
	}
	t.Fatal("the port stays taken")
	return nil
}

func (s *served) ready(within time.Duration) bool {
	for deadline := time.Now().Add(within); time.Now().Before(deadline); {
		if found := readyLine.FindStringSubmatch(s.log.String()); found != nil {
			s.address, s.node, s.admin = found[1], found[2], found[3]
			return true
		}
		select {
		case <-s.gone:
			return false
		case <-time.After(2 * time.Millisecond):
		}
	}
	return false
}

// errors are the lines of the log that an operator would be woken for.
func (s *served) errors() (lines []string) {
	for line := range strings.Lines(s.log.String()) {
		if strings.Contains(line, "level=ERROR") || strings.Contains(line, "panic") {
			lines = append(lines, line)
		}
	}
	return lines
}

// ledger opens the database beside the server.
func ledger(t *testing.T, url string) *sql.DB {
	t.Helper()
	driver, source := "pgx", url
	if path, lite := strings.CutPrefix(url, "sqlite:"); lite {
		driver, source = "sqlite", "file:"+path+"?_pragma=busy_timeout(10000)"
	}
	db, err := sql.Open(driver, source)
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(2)
	t.Cleanup(func() { db.Close() })
	return db
}

// number asks for one number.
func number(t *testing.T, db *sql.DB, query string, args ...any) (n int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 15*time.Second)
	defer cancel()
	if err := db.QueryRowContext(ctx, query, args...).Scan(&n); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

const openSQL = `SELECT count(*) FROM messages WHERE status IN ('queued', 'sending')`

// settled waits until no message waits or is being sent.
func settled(t *testing.T, db *sql.DB, within time.Duration) {
	t.Helper()
	begun := time.Now()
	for number(t, db, openSQL) > 0 {
		if time.Since(begun) > within {
			t.Fatalf("%d messages are still queued or leased after %v", number(t, db, openSQL), within)
		}
		time.Sleep(100 * time.Millisecond) // another process sends them in real time
	}
	t.Logf("every message had its end %.1f s after the last text", time.Since(begun).Seconds())
}

// listen serves a handler on a free port until the test ends, and says where.
func listen(t *testing.T, h http.Handler) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = server.Serve(l) }() // until Close
	t.Cleanup(func() { server.Close() })
	return l.Addr().String()
}

// deadlocks counts those in PostgreSQL's log.
func deadlocks(t *testing.T) int {
	t.Helper()
	path := storetest.Shared(t).Log
	if path == "" {
		t.Log("not checked for deadlocks: the server's log is elsewhere")
		return 0
	}
	log, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Count(string(log), "deadlock")
}
