package conversation

import "parley/flows"

// view is the catalog as one batch sees it. A library that is loaded meanwhile
// takes effect for the next batch, and a version once found stays found: neither a
// reload nor a full cache may take it away between the look and the step.
type view struct {
	Flows
	catalog *Catalog
	found   map[string]*flows.Flow
}

func (c *Catalog) view() *view {
	return &view{Flows: c.current(), catalog: c, found: map[string]*flows.Flow{}}
}

// ByHash finds a version that was loaded when the batch began, or that is loaded
// now, or that was fetched.
func (v *view) ByHash(hash string) (*flows.Flow, bool) {
	if f, ok := v.Flows.ByHash(hash); ok {
		return f, true
	}
	if f, ok := v.found[hash]; ok {
		return f, true
	}
	f, ok := v.catalog.ByHash(hash)
	if ok {
		v.found[hash] = f
	}
	return f, ok
}

// keep adds a version that was fetched for this batch.
func (v *view) keep(f *flows.Flow) {
	v.found[f.Hash] = f
	v.catalog.Keep(f)
}
