package flows

import "strings"

// dayPart says in which half of the day an hour is meant.
type dayPart int

const (
	anyPart dayPart = iota
	morning
	afternoon
	evening
)

// momentWords are the words of dates and times in one language, folded. A phrase of
// several words is written with blanks.
type momentWords struct {
	near     map[string]int // days from today
	parts    map[string]dayPart
	clocks   map[string][2]int // noon, midnight
	in       []string          // "in" 3 days
	units    map[string]string // day, week, hour, minute
	halfHour []string
	past     map[string]int // minutes that follow the hour: "y media"
	before   map[string]int // minutes that precede it: "half past", "quarter to"; negative: until it
	next     map[string]bool
	this     map[string]bool
	day      []string // before a bare day of the month
	ordinals map[string]int
	at       map[string]bool // before a time
	oclock   map[string]bool
	fillers  map[string]bool
	around   []string // phrases that say that it suits, or that it is about then
	idiom    map[string]bool
	names    map[string]string // misspelt names of days and months
}

func phrases[V any](value V, list string, into map[string]V) {
	for _, p := range strings.Split(list, ";") {
		into[strings.TrimSpace(p)] = value
	}
}

// parts makes the table of the parts of the day.
func parts(mornings, afternoons, evenings string) map[string]dayPart {
	m := map[string]dayPart{}
	phrases(morning, mornings, m)
	phrases(afternoon, afternoons, m)
	phrases(evening, evenings, m)
	return m
}

func units(day, week, hour, minute string) map[string]string {
	m := map[string]string{}
	phrases("day", day, m)
	phrases("week", week, m)
	phrases("hour", hour, m)
	phrases("minute", minute, m)
	return m
}

func near(byDay map[int]string) map[string]int {
	m := map[string]int{}
	for d, list := range byDay {
		phrases(d, list, m)
	}
	return m
}

func ordinals(list string) map[string]int {
	m := map[string]int{}
	counted(list, 1, 1, m)
	return m
}

var (
	noon     = [2]int{12, 0}
	midnight = [2]int{0, 0}
)

func clocks(noons, midnights string) map[string][2]int {
	m := map[string][2]int{}
	phrases(noon, noons, m)
	phrases(midnight, midnights, m)
	return m
}

func splitPhrases(list string) []string { return strings.Split(list, "; ") }

var momentsOf = map[string]*momentWords{
	"en": {
		near: near(map[int]string{0: "today; tonight; this morning; this afternoon; this evening", 1: "tomorrow; tmrw; tmr; tmw; 2moro; tomoro; tomorow; tommorow; tommorrow; tommorro; tomorrw; 2mrw",
			2: "day after tomorrow; overmorrow", -1: "yesterday", 7: "a week from today; a week today"}),
		parts:  parts("morning; in the morning; mornin", "afternoon; in the afternoon", "evening; in the evening; at night; night; tonight"),
		clocks: clocks("noon; midday; noontime", "midnight"),
		in:     []string{"in"}, units: units("day; days", "week; weeks; wk; wks", "hour; hours; hr; hrs", "minute; minutes; min; mins"), halfHour: splitPhrases("in half an hour; in a half hour; in half hour"),
		before: map[string]int{"half past": 30, "quarter past": 15, "a quarter past": 15, "quarter to": -15, "a quarter to": -15, "quarter after": 15},
		next:   wordSet("next"), this: wordSet("this coming upcoming"),
		ordinals: ordinals("first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"),
		at:       wordSet("at"), oclock: wordSet("oclock"), fillers: wordSet("on the of at for and"),
		around: splitPhrases("works for me; works; is fine; is ok; is good; is great; is perfect; would be good; would be great; suits me; please; how about; what about; lets do; lets say; i can do; i would like; id like; around; about; roughly; approx; ish"),
		names:  map[string]string{"wensday": "wednesday", "wendesday": "wednesday", "wednsday": "wednesday", "weds": "wednesday", "thurs": "thursday", "thrusday": "thursday", "thursdy": "thursday", "tues": "tuesday", "tuseday": "tuesday", "tusday": "tuesday", "saterday": "saturday", "satuday": "saturday", "febuary": "february", "sept": "september"},
	},
	"es": {
		near: near(map[int]string{0: "hoy; esta manana; esta tarde; esta noche", 1: "manana; mnn; mñn; mana", 2: "pasado manana; pasado", -1: "ayer"}),
		parts: parts("de la manana; por la manana; en la manana; a la manana; temprano", "de la tarde; por la tarde; en la tarde; a la tarde; esta tarde",
			"de la noche; por la noche; en la noche; a la noche; esta noche"),
		clocks: clocks("mediodia; al mediodia; medio dia; al medio dia", "medianoche; a medianoche"),
		in:     []string{"en", "dentro de"}, units: units("dia; dias", "semana; semanas", "hora; horas", "minuto; minutos; min"), halfHour: splitPhrases("en media hora; dentro de media hora"),
		past: map[string]int{"y media": 30, "y cuarto": 15, "menos cuarto": -15, "y pico": 0},
		next: wordSet("proximo"), this: wordSet("este esta"), day: []string{"el dia", "el", "dia"}, ordinals: ordinals("primero/primer"),
		at: wordSet("las"), oclock: wordSet("horas hora hrs hs"), fillers: wordSet("el a las la los de del para"),
		around: splitPhrases("esta bien; me viene bien; me va bien; me sirve; por favor; mejor; que tal; a eso de; sobre; como a; seria; puede ser; perfecto"),
		names:  map[string]string{"marso": "marzo", "sabdo": "sabado", "savado": "sabado", "miercole": "miercoles", "juebes": "jueves", "biernes": "viernes", "setiembre": "septiembre"},
	},
	"fr": {
		near:   near(map[int]string{0: "aujourdhui; ce matin; cet apres midi; ce soir; auj", 1: "demain; dem1; 2main", 2: "apres demain", -1: "hier"}),
		parts:  parts("matin; du matin; le matin; au matin", "apres midi; lapres midi; de lapres midi; cet apres midi; aprem", "soir; du soir; le soir; ce soir; au soir"),
		clocks: clocks("midi; a midi", "minuit; a minuit"),
		in:     []string{"dans"}, units: units("jour; jours", "semaine; semaines", "heure; heures", "minute; minutes; min"), halfHour: splitPhrases("dans une demi heure; dans une demie heure"),
		past: map[string]int{"et demie": 30, "et demi": 30, "et quart": 15, "moins le quart": -15},
		next: wordSet("prochain"), this: wordSet("ce"), day: []string{"le"}, ordinals: ordinals("premier/1er"),
		at: wordSet("a"), oclock: wordSet("heures heure"), fillers: wordSet("le les a de du la pour"),
		around: splitPhrases("me va; me convient; ca me va; cest bon; sil vous plait; vers; plutot; je prefere; est parfait"),
		idiom:  wordSet("8 huit 15 quinze"),
	},
	"de": {
		near: near(map[int]string{0: "heute; heute morgen; heute nachmittag; heute abend", 1: "morgen; mrgn; morgn", 2: "ubermorgen; uebermorgen", -1: "gestern"}),
		parts: parts("morgens; fruh; vormittag; vormittags; am vormittag; am morgen; in der fruh; heute morgen", "nachmittag; nachmittags; am nachmittag; heute nachmittag",
			"abend; abends; am abend; heute abend; nachts"),
		clocks: clocks("mittag; mittags; am mittag; zu mittag", "mitternacht; um mitternacht"),
		in:     []string{"in"}, units: units("tag; tage; tagen", "woche; wochen", "stunde; stunden", "minute; minuten; min"), halfHour: splitPhrases("in einer halben stunde; in ner halben stunde"),
		before: map[string]int{"halb": -30, "viertel nach": 15, "viertel vor": -15},
		next:   wordSet("nachsten nachster nachste"), this: wordSet("diesen dieser diese kommenden"), day: []string{"am", "den", "der"},
		ordinals: ordinals("ersten/erster/erste zweiten dritten vierten funften sechsten siebten achten neunten zehnten elften zwolften"),
		at:       wordSet("um"), oclock: wordSet("uhr"), fillers: wordSet("am den der dem um fur"),
		around: splitPhrases("passt; passt mir; passt gut; geht; ist gut; ist ok; gegen; ca; lieber; bitte; wie ware"),
		names:  map[string]string{"sonnabend": "samstag", "maerz": "marz", "mitwoch": "mittwoch", "donerstag": "donnerstag"},
		idiom:  wordSet("8 acht"),
	},
	"pt": {
		near:   near(map[int]string{0: "hoje; hoje de manha; hoje a tarde; hoje a noite", 1: "amanha; amnh; amanhã", 2: "depois de amanha", -1: "ontem"}),
		parts:  parts("da manha; de manha; pela manha", "da tarde; a tarde; de tarde; pela tarde", "da noite; a noite; de noite"),
		clocks: clocks("meio dia; ao meio dia; meiodia", "meia noite; a meia noite; meianoite"),
		in:     []string{"em", "daqui a", "dentro de"}, units: units("dia; dias", "semana; semanas", "hora; horas", "minuto; minutos; min"), halfHour: splitPhrases("em meia hora; daqui a meia hora"),
		past: map[string]int{"e meia": 30, "e quinze": 15},
		next: wordSet("proxima proximo"), this: wordSet("esta este nesta neste essa"), day: []string{"no dia", "dia"}, ordinals: ordinals("primeiro"),
		at: wordSet("as"), oclock: wordSet("horas hora hrs hs"), fillers: wordSet("o a as de do da na no em feira para dia"),
		around: splitPhrases("esta bom; ta bom; esta otimo; pode ser; por favor; melhor; la pelas; por volta das; por volta de; fica bom"),
		names:  map[string]string{"2a": "segunda", "3a": "terca", "4a": "quarta", "5a": "quinta", "6a": "sexta", "sabdo": "sabado"},
	},
	"it": {
		near:   near(map[int]string{0: "oggi; stamattina; oggi pomeriggio; stasera", 1: "domani; domain", 2: "dopodomani; dopo domani", -1: "ieri"}),
		parts:  parts("mattina; di mattina; del mattino; la mattina; mattino; stamattina", "pomeriggio; del pomeriggio; di pomeriggio; oggi pomeriggio", "sera; di sera; della sera; la sera; stasera"),
		clocks: clocks("mezzogiorno; a mezzogiorno", "mezzanotte; a mezzanotte"),
		in:     []string{"tra", "fra"}, units: units("giorno; giorni", "settimana; settimane", "ora; ore", "minuto; minuti; min"), halfHour: splitPhrases("tra mezzora; fra mezzora; tra mezz ora"),
		past: map[string]int{"e mezza": 30, "e mezzo": 30, "e un quarto": 15, "e quarto": 15, "meno un quarto": -15},
		next: wordSet("prossimo prossima"), this: wordSet("questo questa"), day: []string{"il giorno", "il"}, ordinals: ordinals("primo"),
		at: wordSet("alle ore"), oclock: wordSet("ore"), fillers: wordSet("il la le alle ore di del per"),
		around: splitPhrases("va bene; va benissimo; mi va bene; per favore; meglio; verso le; verso; intorno alle; facciamo; e perfetto"),
	},
}
