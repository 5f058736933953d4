package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"parley/conversation/store/storetest"
	"parley/outbound/provider"
)

// disk is what a server's SQLite file lies on, and can be made full under it.
type disk struct {
	under []string // the program that lets the server see it
	fill  func(t *testing.T, s *served, folder string)
	free  func(t *testing.T, s *served, folder string)
}

// TestDiskFull fills the disk under a whole server while customers text: webhooks
// hear 503, /readyz says so, nothing stands half-written, and when there is room
// again everything goes on, without a restart.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	t.Run("no space left", func(t *testing.T) { fullDisk(t, smallDisk(t)) })
	t.Run("files may not grow", func(t *testing.T) { fullDisk(t, limitedFiles()) })
}

// smallDisk is a file system of 48 MiB (the log alone may take 16) that only the
// server sees: the kernel says ENOSPC, SQLite says FULL. It wants namespaces that
// users may make.
func smallDisk(t *testing.T) disk {
	t.Helper()
	space := []string{"unshare", "--user", "--map-root-user", "--mount"}
	mount := `mount -t tmpfs -o size=48m tmpfs "$0"`
	if out, err := exec.Command(space[0], append(space[1:], "sh", "-c", mount, t.TempDir())...).CombinedOutput(); err != nil {
		storetest.Without(t, "mount", fmt.Sprintf("nobody may mount a small disk here: %v: %s", err, out))
	}
	return disk{
		under: append(space, "sh", "-c", mount+` && exec "$@"`),
		fill: func(t *testing.T, _ *served, folder string) {
			ballast, err := os.Create(filepath.Join(folder, "ballast"))
			if err != nil {
				t.Fatal(err)
			}
			defer ballast.Close()
			for err == nil {
				_, err = ballast.Write(make([]byte, 4096))
			}
		},
		free: func(t *testing.T, _ *served, folder string) {
			if err := os.Remove(filepath.Join(folder, "ballast")); err != nil {
				t.Fatal(err)
			}
		},
	}
}

// limitedFiles lets no file of the server grow beyond what the log has: the kernel
// says EFBIG, SQLite says IOERR. It works for everybody.
func limitedFiles() disk {
	limit := func(t *testing.T, s *served, size string) {
		t.Helper()
		out, err := exec.Command("prlimit", "--pid", strconv.Itoa(s.cmd.Process.Pid), "--fsize="+size+":unlimited").CombinedOutput()
		if err != nil {
			t.Fatalf("prlimit: %v: %s", err, out)
		}
	}
	return disk{
		fill: func(t *testing.T, s *served, folder string) {
			wal, err := os.Stat(filepath.Join(folder, "parley.db-wal"))
			if err != nil {
				t.Fatal(err)
			}
			limit(t, s, strconv.FormatInt(wal.Size(), 10))
		},
		free: func(t *testing.T, s *served, _ string) { limit(t, s, "unlimited") },
	}
}

func fullDisk(t *testing.T, d disk) {
	folder := t.TempDir()
	w := newWorld(t, "sqlite:"+filepath.Join(folder, "parley.db"), 120)
	if len(d.under) > 0 {
		d.under = append(d.under, folder)
	}
	s := serveUnder(t, w.config("full", "127.0.0.1:0", "127.0.0.1:0"), d.under...)
	seen, err := os.Open(fmt.Sprintf("/proc/%d/root%s", s.cmd.Process.Pid, folder)) // as the server sees it, even when it is gone
	if err != nil {
		t.Fatal(err)
	}
	defer seen.Close()
	folder = fmt.Sprintf("/proc/self/fd/%d", seen.Fd())

	p := &phones{count: 12, texts: 30, pause: 60 * time.Millisecond, mouths: []*provider.Carrier{w.mouth(s, 10*time.Second)}}
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	done := make(chan struct{})
	go func() { defer close(done); p.run(ctx) }()
	eventually(t, "the phones text", func() bool { return p.acked.Load() >= 40 })
	d.fill(t, s, folder)
	taken, refused := strangers(t, s)
	eventually(t, "/readyz says so", func() bool { return status(t, s, "/readyz") == http.StatusServiceUnavailable })
	if got := status(t, s, "/healthz"); got != http.StatusOK {
		t.Errorf("/healthz while the disk is full: %d", got)
	}
	if p.acked.Load() == int64(p.count*p.texts) || p.refused.Load() == 0 {
		t.Errorf("the disk filled too late: %d texts acked, %d refused", p.acked.Load(), p.refused.Load())
	}

	d.free(t, s, folder)
	again, never := refused[:len(refused)/2], refused[len(refused)/2:]
	for _, i := range again {
		eventually(t, "a refused text is taken", func() bool { return stranger(t, s, i) == http.StatusNoContent })
	}
	eventually(t, "/readyz is well again", func() bool { return status(t, s, "/readyz") == http.StatusOK })
	<-done
	if ctx.Err() != nil {
		t.Fatalf("%d of %d texts are acked; the server says:\n%s", p.acked.Load(), p.count*p.texts, s.log)
	}
	eventually(t, "every reply is settled", func() bool { return number(t, ledger(t, copied(t, folder)), openSQL) == 0 })
	s.stop()
	for _, wrong := range []string{"panic", "dead letter"} { // a full disk is nobody's event
		if strings.Contains(s.log.String(), wrong) {
			t.Errorf("the log speaks of a %s:\n%s", wrong, s.log)
		}
	}
	w.database = copied(t, folder)
	w.db = ledger(t, w.database)
	w.account(p)
	w.strangersAre(append(taken, again...), never)
	t.Logf("%d posts of phones were refused, %d strangers taken while it filled, %d refused", p.refused.Load(), len(taken), len(refused))
}

// strangers text for the first time until eight in a row are refused: what room the
// log had left is used up by then. They are named by their numbers.
func strangers(t *testing.T, s *served) (taken, refused []int) {
	t.Helper()
	row := 0
	for i := 0; row < 8; i++ {
		if i == 400 {
			t.Fatal("the disk does not get full")
		}
		switch got := stranger(t, s, i); got {
		case http.StatusNoContent:
			taken, row = append(taken, i), 0
		case http.StatusServiceUnavailable:
			refused, row = append(refused, i), row+1
		default:
			t.Fatalf("a text on a full disk is answered %d", got)
		}
	}
	return taken, refused
}

func strangerOf(i int) string { return fmt.Sprintf("+1202557%04d", i) }

// stranger posts the only text of one, and returns the answer.
func stranger(t *testing.T, s *served, i int) int {
	t.Helper()
	return posted(t, s.address, fmt.Sprintf(`{"type":"message.received","data":{"id":"s%d","from":"%s","to":"%s","text":"hello"}}`, i, strangerOf(i), testLine))
}

// strangersAre checks that those who were taken, at once or the second time, moved
// their conversation once, and that the others left nothing at all.
func (w *world) strangersAre(taken, never []int) {
	w.t.Helper()
	for _, i := range taken {
		for what, query := range map[string]string{
			"conversations at rev 2": `SELECT count(*) FROM conversations WHERE phone = $1 AND rev = 2`, // the text, and that its answer was sent
			"texts":                  `SELECT count(*) FROM events WHERE kind = 'text' AND conversation IN (SELECT id FROM conversations WHERE phone = $1)`,
			"messages":               `SELECT count(*) FROM messages WHERE phone = $1 AND status = 'sent'`,
		} {
			if n := number(w.t, w.db, query, strangerOf(i)); n != 1 {
				w.t.Errorf("stranger %d has %d %s", i, n, what)
			}
		}
		if n := number(w.t, w.db, `SELECT count(*) FROM inbox WHERE key = $1`, fmt.Sprint("text/s", i)); n != 1 {
			w.t.Errorf("stranger %d has %d keys", i, n)
		}
	}
	for _, i := range never {
		for table, query := range map[string]string{
			"conversations": `SELECT count(*) FROM conversations WHERE phone = $1`,
			"messages":      `SELECT count(*) FROM messages WHERE phone = $1`,
			"inbox":         `SELECT count(*) FROM inbox WHERE key = 'text/s' || CAST($2 AS TEXT) AND $1 <> ''`,
		} {
			if n := number(w.t, w.db, query, strangerOf(i), i); n != 0 {
				w.t.Errorf("stranger %d, who was refused, has %d rows in %s", i, n, table)
			}
		}
	}
	if n := number(w.t, w.db, `SELECT count(*) FROM events WHERE conversation NOT IN (SELECT id FROM conversations)`); n != 0 {
		w.t.Errorf("%d events belong to nobody", n)
	}
}

// copied takes the database's files as they are: the log is only added to.
func copied(t *testing.T, folder string) (url string) {
	t.Helper()
	to := t.TempDir()
	for _, name := range []string{"parley.db", "parley.db-wal"} {
		b, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil && !(name != "parley.db" && os.IsNotExist(err)) {
			t.Fatal(err)
		}
		if err == nil {
			write(t, to, name, string(b))
		}
	}
	return "sqlite:" + filepath.Join(to, "parley.db")
}

// status asks the operator's door.
func status(t *testing.T, s *served, path string) int {
	t.Helper()
	answer, err := http.Get("http://" + s.admin + path)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	return answer.StatusCode
}

// posted posts a signed webhook, whatever comes of it.
func posted(t *testing.T, address, body string) int {
	t.Helper()
	keys, err := provider.ParseKeys(testSecret)
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+address+"/webhooks/lab", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	keys.Sign(r.Header, "wh-"+time.Now().Format(time.RFC3339Nano), time.Now(), []byte(body))
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	return answer.StatusCode
}
