package main

import (
	"fmt"
	"strings"
	"testing"
)

func TestContactsCommand(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	config := write(t, folder, "parley.yaml", fmt.Sprintf(minimal, folder))
	run := func(in string, args ...string) (int, string, string) {
		return invoke(t, in, append([]string{"-c", config, "contacts"}, args...)...)
	}
	file := write(t, folder, "in.csv", "\ufeffphone,name,language,timezone,tags,tier,city\r\n"+
		"+12025550101,\"Ann, the first\",es,Europe/Madrid,vip new,gold,Lima\r\n"+
		"(202) 555-0102,Ben,,,,,\r\n"+
		"nobody,Cid,,,,,\r\n"+
		"+12025550103,Dan,xx-yy-zz-1,,,,\r\n"+
		"+12025550104,Eve\r\n"+
		"+12025550105,Flo,,Nowhere/Town,a b/c,,\r\n")
	code, _, errs := run("", "import", file, "--region", "US")
	for _, want := range []string{
		file + ":4: phone: not a phone number\n", file + ":5: language: ", ":6: it has 2 columns, the first line has 7", file + ":7: timezone: there is no zone", "tags: \"b/c\" is no name",
		"6 contacts read: 2 good (2 new or changed), 4 bad", "4 lines not good"} {
		if !strings.Contains(errs, want) {
			t.Errorf("no word of %q in:\n%s", want, errs)
		}
	}
	if code != 1 {
		t.Errorf("bad lines and exit code %d", code)
	}
	const both = "phone,name,language,timezone,tags,city,tier\n+12025550101,\"Ann, the first\",es,Europe/Madrid,vip new,Lima,gold\n+12025550102,Ben,,,,,\n"
	if _, out, errs := run("", "export"); out != both {
		t.Errorf("exported\n%s\nwant\n%s%s", out, both, errs)
	}
	if code, _, errs := run(both, "import", "-"); code != 0 || !strings.Contains(errs, "2 good (0 new or changed), 0 bad") {
		t.Errorf("the same again: %d %s", code, errs)
	}
	// A column that is not there keeps what is stored; an empty cell takes it away.
	if code, _, errs := run("tier,phone\n,+12025550101\n", "import", "-"); code != 0 {
		t.Errorf("%d %s", code, errs)
	}
	if _, out, _ := run("", "export"); !strings.Contains(out, "+12025550101,\"Ann, the first\",es,Europe/Madrid,vip new,Lima\n") {
		t.Errorf("exported\n%s", out)
	}
	if code, _, errs := run("\ufeff\"phone\";name\n+12025550101;\"Ann; the first\"\n", "import", "-"); code != 0 || !strings.Contains(errs, "1 good (1 new or changed), 0 bad") {
		t.Errorf("as another spreadsheet writes it: %d %s", code, errs)
	}
	for in, want := range map[string]string{
		"":                    "first line must name the columns",
		"name\nAnn\n":         "-:1: no column is named phone",
		"phone,a,a\n":         `-:1: two columns are called "a"`,
		"phone,,a\n":          "-:1: the column 2 has no name",
		"phone\n2025550101\n": "-:2: phone: not a phone number; write it with + and the country, or name --region",
		"phone" + strings.Repeat(",x", 70) + "\n":                         "-:1: two columns",
		"phone,stra\xdfe\n":                                               "-:1: the file is not UTF-8",
		"phone,name\n+12025550109,\"Gus" + strings.Repeat("\nx", 200_000): "reading -: a row of more than 256 KiB: is a quote left open?",
	} {
		if code, _, errs := run(in, "import", "-"); code != 1 || !strings.Contains(errs, want) {
			t.Errorf("%q: %d, no word of %q in %s", in, code, want, errs)
		}
	}
}

// TestContactsHoldNoFormulas: what a stranger wrote is no formula where an export is
// opened, and comes back as it was.
func TestContactsHoldNoFormulas(t *testing.T) {
	folder := t.TempDir()
	config := write(t, folder, "parley.yaml", fmt.Sprintf(minimal, folder))
	run := func(in string, args ...string) string {
		_, out, errs := invoke(t, in, append([]string{"-c", config, "contacts"}, args...)...)
		return out + errs
	}
	run("phone,name,=note\n+12025550101,=1+1,@x\n+12025550102,''=1+1,\n", "import", "-")
	exported := run("", "export")
	if exported != "phone,name,language,timezone,tags,'=note\n+12025550101,'=1+1,,,,'@x\n+12025550102,''=1+1,,,,\n" {
		t.Errorf("exported\n%s", exported)
	}
	if again := run(exported, "import", "-"); !strings.Contains(again, "0 new or changed") {
		t.Errorf("the same again: %s", again)
	}
}
