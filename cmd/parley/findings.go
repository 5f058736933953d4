package main

import (
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"

	"parley/flows"
)

// writeFindings prints what the checker found: as text for people, as json for
// scripts, as sarif for editors and CI.
func writeFindings(out io.Writer, format string, found []*flows.Problem) error {
	switch format {
	case "json":
		return writeJSON(out, jsonFindings(found))
	case "sarif":
		return writeJSON(out, sarif(found))
	}
	for _, p := range found {
		if _, err := fmt.Fprintln(out, p); err != nil {
			return err
		}
	}
	return nil
}

func writeJSON(out io.Writer, v any) error {
	enc := json.NewEncoder(out)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// finding is one problem as JSON; line and column count from 1, 0: not known.
type finding struct {
	File     string         `json:"file"`
	Line     int            `json:"line"`
	Column   int            `json:"column"`
	Severity flows.Severity `json:"severity"`
	Rule     string         `json:"rule"`
	Message  string         `json:"message"`
	Source   string         `json:"source,omitempty"`
}

func jsonFindings(found []*flows.Problem) []finding {
	out := make([]finding, 0, len(found))
	for _, p := range found {
		out = append(out, finding{p.File, p.Line, p.Col, p.Severity, p.Rule, p.Message, p.Source})
	}
	return out
}

// The parts of SARIF 2.1.0 (OASIS) that say where which rule is broken.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool    sarifTool     `json:"tool"`
		Results []sarifResult `json:"results"`
		Columns string        `json:"columnKind"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name  string      `json:"name"`
		Rules []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID string `json:"id"`
	}
	sarifResult struct {
		Rule      string          `json:"ruleId"`
		Level     flows.Severity  `json:"level"` // error and warning are SARIF's own words
		Message   sarifMessage    `json:"message"`
		Locations []sarifLocation `json:"locations"`
	}
	sarifMessage struct {
		Text string `json:"text"`
	}
	sarifLocation struct {
		Physical sarifPhysical `json:"physicalLocation"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   *sarifRegion  `json:"region,omitempty"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		Line   int `json:"startLine"`
		Column int `json:"startColumn"`
	}
)

func sarif(found []*flows.Problem) sarifLog {
	run := sarifRun{Tool: sarifTool{sarifDriver{Name: "parley", Rules: []sarifRule{}}}, Results: []sarifResult{}, Columns: "unicodeCodePoints"}
	seen := map[string]bool{}
	for _, p := range found {
		if !seen[p.Rule] {
			seen[p.Rule] = true
			run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRule{p.Rule})
		}
		at := sarifPhysical{Artifact: sarifArtifact{filepath.ToSlash(p.File)}}
		if p.Line > 0 {
			at.Region = &sarifRegion{p.Line, p.Col}
		}
		run.Results = append(run.Results, sarifResult{p.Rule, p.Severity, sarifMessage{p.Message}, []sarifLocation{{at}}})
	}
	return sarifLog{"https://json.schemastore.org/sarif-2.1.0.json", "2.1.0", []sarifRun{run}}
}
