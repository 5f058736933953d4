package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"parley/flows"
)

// flowArgs name a flow and what it is given.
type flowArgs struct {
	Flow string   `arg:"" help:"The flow's name (a shipped one, or one of the folder flows), or its file."`
	Data []string `arg:"" optional:"" help:"The flow's inputs, KEY=VALUE; a value that is JSON is taken as such, and what is not given is made up."`
}

// open finds the flow and reads what it is given.
func (a *flowArgs) open() (library *flows.Library, f *flows.Flow, given map[string]any, err error) {
	if library, f, err = flowNamed(a.Flow); err != nil {
		return nil, nil, nil, err
	}
	given, err = values(a.Data)
	return library, f, given, err
}

// flowNamed finds a flow by its file, or by its name among ./flows and the shipped
// ones, with the library that it belongs to.
func flowNamed(name string) (*flows.Library, *flows.Flow, error) {
	folders, flow := []string{"library"}, name
	if strings.HasSuffix(name, ".yaml") {
		folders = append(folders, filepath.Dir(name))
		flow = strings.TrimSuffix(filepath.Base(name), ".yaml")
	} else if info, err := os.Stat("flows"); err == nil && info.IsDir() {
		folders = append(folders, "flows")
	}
	library, err := flows.Load(folders)
	if err != nil {
		return nil, nil, err
	}
	f, ok := library.Current(flow)
	if strings.HasSuffix(name, ".yaml") {
		f, ok = library.Beside(name)
	}
	if !ok {
		var names []string
		for _, f := range library.All() {
			names = append(names, f.Name)
		}
		return nil, nil, fmt.Errorf("there is no flow %q in %s: there are %s", flow, strings.Join(folders, ", "), strings.Join(names, ", "))
	}
	return library, f, nil
}
