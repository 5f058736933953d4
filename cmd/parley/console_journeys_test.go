package main

import "testing"

// TestProofConsoleByKeyboard goes through a shift in Chromium without a mouse.
func TestProofConsoleByKeyboard(t *testing.T) {
	inBrowser(t)
	peopled(t).journeys("keyboard.mjs")
}

// TestProofConsoleScreens has axe look at every screen of a shift in Chromium: in forced
// colours, at 320 px, from right to left, in the dark.
func TestProofConsoleScreens(t *testing.T) {
	inBrowser(t)
	peopled(t).journeys("screens.mjs")
}

// TestProofConsoleAlbum takes the pictures of docs/img, when PARLEY_ALBUM names the folder.
func TestProofConsoleAlbum(t *testing.T) {
	inBrowser(t)
	s := peopled(t)
	aMonth(t, ledger(t, s.house.config.Database))
	s.journeys("album.mjs")
}
