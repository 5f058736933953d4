package main

import "testing"

// TestProofConsoleByKeyboard goes through a shift in Chromium without a mouse.
func TestProofConsoleByKeyboard(t *testing.T) {
	inBrowser(t)
	peopled(t).journeys("keyboard.mjs")
}
