package flows

import (
	"strings"
	"testing"
)

// A mark keeps a dialogue from being read, until somebody has removed it; it never
// is a title.
func TestUpdateMarks(t *testing.T) {
	const good = "# first\nstart\n< a\n\n# second\nstart\n< b\n"
	marked := strings.Replace(good, "< a\n", "< a\n\n  "+UpdateMark+": x\n", 1)
	_, err := ParseDialogues("x.chat", []byte(marked))
	if err == nil || !strings.Contains(err.Error(), "x.chat:5:3: written by --update: read it, then remove the mark") {
		t.Errorf("%v", err)
	}
	found, unread, err := ParseDraft("x.chat", []byte(marked))
	if err != nil || len(found) != 2 || len(unread) != 1 || found[1].Title != "second" {
		t.Errorf("%v %v %v", found, unread, err)
	}
	if found, err := ParseDialogues("x.chat", []byte(good)); err != nil || len(found) != 2 {
		t.Errorf("%v %v", found, err)
	}
}

func TestLinesOfSeveralLines(t *testing.T) {
	s, err := ParseStep("< " + OneLine("a\nb"))
	if err != nil || s.Text != "a\nb" || s.Kind != StepBot {
		t.Errorf("%+v %v", s, err)
	}
	if media, text := Attachments(`[photo a.jpg] x\ny`); len(media) != 1 || text != "x\ny" {
		t.Errorf("%v %q", media, text)
	}
	if _, err := ParseStep("nonsense"); err == nil {
		t.Error("nonsense is a line")
	}
	for typ, want := range map[string]string{"image/jpeg": ".jpg", "image/png": ".png", "video/mp4": ".mp4", "nothing/known": ""} {
		if got := MediaEnding(typ); got != want {
			t.Errorf("%s: %q", typ, got)
		}
	}
}
