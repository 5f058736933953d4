package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"parley/agentui"
	"parley/conversation/store/storetest"
	"parley/flows"
	"parley/outbound/provider"
)

// TestMediaDoor: what a customer sent can be fetched, as something that nobody runs;
// what they did not send cannot, whatever it is.
func TestMediaDoor(t *testing.T) {
	t.Parallel()
	kept := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "GIF89a") }))
	defer kept.Close()
	outside := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a private address was asked") }))
	defer outside.Close()
	storetest.EachURL(t, func(t *testing.T, database string) {
		config := testConfig(database)
		config.PublicURL = ""
		config.Carriers["lab"] = CarrierConfig{Provider: "loopback", Secret: testSecret, Rate: 1000, BaseURL: kept.URL}
		s := serveTest(t, config)
		photo := kept.URL + "/photo"
		if err := s.carrier.Text(t.Context(), provider.Text{ID: "m1", From: testPhone, To: testLine, Text: "look",
			Media: []flows.Media{{URL: photo, Type: "text/html"}, {URL: outside.URL + "/x", Type: "image/gif"}}}); err != nil {
			t.Fatal(err)
		}
		c, _ := s.stored()
		status, header, body := s.fetch(c.ID, photo)
		if status != http.StatusOK || body != "GIF89a" {
			t.Errorf("the photo: %d %q", status, body)
		}
		for name, want := range map[string]string{"Content-Type": "image/gif", "X-Content-Type-Options": "nosniff",
			"Content-Security-Policy": "default-src 'none'; sandbox", "Content-Disposition": "attachment"} {
			if header.Get(name) != want {
				t.Errorf("%s: %q", name, header.Get(name))
			}
		}
		if status, _, body := s.fetch(c.ID, outside.URL+"/x"); status != http.StatusBadGateway || strings.Contains(body, "127.0.0.1") {
			t.Errorf("a private address that the carrier names: %d %s", status, body)
		}
		for _, address := range []string{kept.URL + "/other", "http://169.254.169.254/", "file:///etc/passwd", ""} {
			if status, _, body := s.fetch(c.ID, address); status != http.StatusNotFound && status != http.StatusUnprocessableEntity {
				t.Errorf("%q: %d %s", address, status, body)
			}
		}
		ann := s.seat("ann", agentui.RoleAgent)
		seen := ann.shows("conversations/" + c.ID + "/media?url=" + url.QueryEscape(photo))
		for name, want := range map[string]string{"Content-Type": "image/gif", "X-Content-Type-Options": "nosniff",
			"Content-Security-Policy": "default-src 'none'; sandbox", "Content-Disposition": "attachment", "Cross-Origin-Resource-Policy": "same-origin"} {
			if seen.Get(name) != want {
				t.Errorf("in the console, %s: %q", name, seen.Get(name))
			}
		}
		for address, want := range map[string]int{kept.URL + "/other": http.StatusNotFound, "http://169.254.169.254/": http.StatusNotFound, "": http.StatusNotFound, outside.URL + "/x": http.StatusBadGateway} {
			ann.wants("GET", "conversations/"+c.ID+"/media?url="+url.QueryEscape(address), nil, want)
		}
		s.desk().wants("GET", "conversations/"+c.ID+"/media?url="+url.QueryEscape(photo), nil, http.StatusUnauthorized)
		if status, _, _ := s.fetch("none", photo); status != http.StatusNotFound {
			t.Errorf("in another conversation: %d", status)
		}
	})
}

// shows is with which headers the console answers.
func (d *desk) shows(path string) http.Header {
	d.t.Helper()
	res, err := d.browser.Get("http://" + d.house.address + "/console/api/" + path)
	if err != nil {
		d.t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		d.t.Fatalf("%s: %d", path, res.StatusCode)
	}
	return res.Header
}

// fetch asks for a medium of a conversation.
func (s *server) fetch(id, address string) (int, http.Header, string) {
	s.t.Helper()
	r, err := http.NewRequest(http.MethodGet, "http://"+s.house.address+"/v1/conversations/"+id+"/media?url="+url.QueryEscape(address), nil)
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+s.key)
	res, body := exchanged(s.t, r)
	return res.StatusCode, res.Header, string(body)
}
