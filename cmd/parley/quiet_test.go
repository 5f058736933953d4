package main

import (
	"net/http"
	"testing"
	"time"

	"parley/conversation/store/storetest"
)

// A flow's own quiet hours override the brand's, also where they are shorter: the
// dispatcher does not hold what the flow lets go.
func TestQuietHoursOfAFlow(t *testing.T) {
	folder := t.TempDir()
	for name, quiet := range map[string]string{"waits": "", "goes": "quiet: off\n"} {
		write(t, folder, name+".yaml", "flow: "+name+"\n"+quiet+"trigger: {events: ["+name+"]}\nstart: a\nstates: {a: {say: \"{{ brand }}: "+name+"\", end: z}}\n")
	}
	c := testConfig(storetest.URL(t, "sqlite"))
	c.Flows = []string{folder}
	now := time.Now().UTC()
	c.Brands["acme"] = BrandConfig{Name: "Acme", Timezone: "UTC", Quiet: now.Add(-2*time.Hour).Format("15:04") + "-" + now.Add(2*time.Hour).Format("15:04")}
	s := serveTest(t, c)
	for _, event := range []string{"waits", "goes"} {
		if status, body := s.do(http.MethodPost, "/v1/events", s.key, map[string]any{"type": event, "to": testPhone}); status != http.StatusAccepted {
			t.Fatalf("%d %v", status, body)
		}
	}
	if got := s.hears(1); got != "Acme: goes" {
		t.Errorf("heard %q", got)
	}
	if n := len(s.carrier.Messages()); n != 1 {
		t.Errorf("%d texts went out in the brand's quiet hours", n)
	}
}
