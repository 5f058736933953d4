package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The configurations of docs/examples are usable as they are: their flows load, and
// every service that these call is named.
func TestExamplesAreConfigured(t *testing.T) {
	for _, name := range []string{"LAB_SECRET", "CALLBACK_SECRET"} {
		t.Setenv(name, testSecret)
	}
	t.Setenv("SHOP_TOKEN", "x")
	t.Setenv("BANK_TOKEN", "x")
	files, err := filepath.Abs("../../docs/examples")
	if err != nil {
		t.Fatal(err)
	}
	folders, err := os.ReadDir(files)
	if err != nil || len(folders) < 3 {
		t.Fatal(folders, err)
	}
	for _, folder := range folders {
		t.Chdir(filepath.Join(files, folder.Name()))
		code, out, errs := invoke(t, "", "--config", "parley.yaml", "config", "check")
		unnamed := strings.Contains(errs, "service=") && !strings.Contains(errs, "flow=shipping_updates") // the bank has no orders
		if code != 0 || unnamed {
			t.Errorf("%s: %d %s%s", folder.Name(), code, out, errs)
		}
	}
}
