package main

import (
	"fmt"

	"parley/flows"
)

// schemaFile is what the schema is called beside copied flows.
const schemaFile = "flow.schema.json"

// flowsSchema prints the schema of flow files.
type flowsSchema struct{}

// Run prints it.
func (c *flowsSchema) Run(p *Program) error {
	text, err := flows.SchemaJSON()
	if err != nil {
		return err
	}
	if _, err := p.Out.Write(text); err != nil {
		return fmt.Errorf("printing the schema: %w", err)
	}
	return nil
}
