package flows

import "fmt"

// Input is what a flow wants to know when it starts, for whoever fills it in by hand.
type Input struct {
	Name     string   `json:"name"`
	Type     string   `json:"type"` // string, integer, number, boolean, date, time, datetime, money or list
	Required bool     `json:"required,omitempty"`
	Secret   bool     `json:"secret,omitempty"`
	Values   []string `json:"values,omitempty"` // one of these; none: any
	Default  string   `json:"default,omitempty"`
}

// Inputs lists them by name. ReadInput reads what is filled in.
func (f *Flow) Inputs() []Input {
	all := []Input{}
	for _, v := range f.inputs {
		in := Input{Name: v.name, Type: string(v.kind), Required: v.required && v.def == nil, Secret: v.secret}
		for _, value := range v.values {
			in.Values = append(in.Values, fmt.Sprint(value))
		}
		if v.def != nil {
			in.Default = fmt.Sprint(v.def)
		}
		all = append(all, in)
	}
	return all
}
