package phone

import "regexp"

// reserved are numbers that no customer will ever have: those that regulators keep for
// fiction, and those that carriers keep for tests.
var reserved = regexp.MustCompile(`^\+(?:` +
	`1[2-9]\d\d55501\d\d|` + // NANPA: 555-0100 to 555-0199 of every area (nanpa.com, 555 line numbers), but see below
	`1500555\d{4}|` + // Twilio's test numbers (twilio.com/docs/iam/test-credentials)
	`447700900\d{3}|441632960\d{3}|` + // Ofcom: telephone numbers for use in TV and radio drama
	`493023125\d{3}|496990009\d{3}|494066969\d{3}|492214710\d{3}|498999998\d{3}|` + // Bundesnetzagentur: Mitteilung 148/2021, drama numbers
	`3363998\d{4}` + // Arcep: 06 39 98 in the numbering plan, for works of fiction
	`)$`)

// Reserved says whether a number (E.164) can be nobody's, so that what is tried with it
// reaches no customer and lets none in.
func Reserved(number string) bool { return reserved.MatchString(number) && !noArea.MatchString(number) }

// noArea are codes that no area has: of toll-free and premium numbers only some are kept.
var noArea = regexp.MustCompile(`^\+1(?:800|822|833|844|855|866|877|888|900)`)
