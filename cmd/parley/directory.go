package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"parley/conversation"
	"parley/flows"
	"parley/outbound/quiet"
	"parley/outbound/senders"
)

// directory turns the config into the lines as the engine needs them, and its
// JSON, under whose hash recorded events name it.
func directory(c Config) (*conversation.Directory, []byte, error) {
	d := &conversation.Directory{Lines: make(map[string]conversation.Line, len(c.Lines))}
	var callbacks []string
	for _, cb := range c.Callbacks {
		callbacks = append(callbacks, cb.Events...)
	}
	for _, l := range c.Lines {
		line, err := lineOf(c.Brands[l.Brand], l)
		if err != nil {
			return nil, nil, err
		}
		line.Callbacks, line.Classifier = callbacks, c.LLM.on()
		d.Lines[l.Number] = line
	}
	b, err := json.Marshal(d.Lines)
	if err != nil {
		return nil, nil, fmt.Errorf("encoding the lines: %w", err)
	}
	sum := sha256.Sum256(b)
	d.Hash = hex.EncodeToString(sum[:])
	return d, b, nil
}

func lineOf(b BrandConfig, l LineConfig) (conversation.Line, error) {
	if b.Name == "" {
		b.Name = l.Brand
	}
	if b.Timezone == "" {
		b.Timezone = "UTC"
	}
	held, err := quiet.Parse(b.Quiet)
	if err != nil {
		return conversation.Line{}, fmt.Errorf("brands.%s.quiet: %w", l.Brand, err)
	}
	line := conversation.Line{
		Number: l.Number, DefaultFlow: l.DefaultFlow, Language: l.Language, Quiet: held, Registered: l.Registered,
		Brand:  flows.Brand{ID: l.Brand, Name: b.Name, Contact: b.Contact, Timezone: b.Timezone, Hours: b.Hours},
		OneWay: senders.IsAlphanumeric(l.Number),
	}
	if err := locate(&line); err != nil {
		return line, fmt.Errorf("brands.%s: %w", l.Brand, err)
	}
	return line, nil
}

// locate loads the line's time zone and reads its hours.
func locate(l *conversation.Line) (err error) {
	if l.Zone, err = time.LoadLocation(l.Brand.Timezone); err != nil {
		return fmt.Errorf("timezone: %w", err)
	}
	if l.Open, err = conversation.ParseHours(l.Brand.Hours); err != nil {
		return fmt.Errorf("hours: %w", err)
	}
	return nil
}
