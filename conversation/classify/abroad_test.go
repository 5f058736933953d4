package classify

import (
	"testing"

	"parley/flows"
)

// TestGuessAbroad: a flow may speak any language that its examples are in, with spaces
// between words or without; what a text denies is not taken for what it says.
func TestGuessAbroad(t *testing.T) {
	for language, c := range map[string]struct {
		damaged, late     []string // examples
		isDamaged, isLate string
		denied, deniedToo string
	}{
		"zh": {[]string{"盒子被压坏了", "收到的时候已经坏了", "玻璃杯碎了", "包裹破损严重", "屏幕坏了"}, []string{"明天再送可以吗", "换个时间送货", "周五送货可以吗", "我今天不在家", "改天再送"},
			"箱子压坏了", "可以明天送货吗", "东西没有坏", "屏幕不是坏了"},
		"ja": {[]string{"箱がつぶれていました", "壊れて届きました", "ガラスが割れています", "画面が壊れていました", "中身が破損しています"}, []string{"明日にしてください", "別の日に配達してください", "金曜日に配達してください", "今日は家にいません", "時間を変更してください"},
			"箱が壊れていました", "明日配達してください", "壊れていません", "壊れてないです"},
		"ru": {[]string{"коробка помята", "пришло сломанным", "товар поврежден", "стекло разбито", "экран треснул"}, []string{"привезите завтра", "в другой день пожалуйста", "меня нет дома", "можно доставить в пятницу", "перенесите доставку"},
			"товар пришёл сломанным", "доставить завтра можно", "товар не поврежден", "стекло не разбито"},
		"ar": {[]string{"الصندوق تالف", "وصل مكسورا", "الزجاج مكسور", "الشاشة مكسورة", "المنتج تالف"}, []string{"غدا من فضلك", "في موعد آخر", "لست في البيت اليوم", "يوم الجمعة من فضلك", "غير موعد التسليم"},
			"المنتج وصل مكسورا", "موعد آخر من فضلك", "المنتج ليس تالفا", "الزجاج غير مكسور"},
		"ko": {[]string{"상자가 찌그러졌어요", "깨져서 왔어요", "유리가 깨졌어요", "화면이 깨졌어요", "제품이 파손됐어요"}, []string{"내일 와주세요", "다른 날로 바꿔주세요", "금요일에 배송해주세요", "오늘은 집에 없어요", "시간을 바꿔주세요"},
			"유리가 깨져서 왔어요", "내일로 바꿔주세요", "유리가 안 깨졌어요", "화면이 깨지지 않았어요"},
		"nl": {[]string{"de doos is geplet", "het is kapot aangekomen", "het glas is gebroken", "het scherm is kapot", "mijn pakket is beschadigd"}, []string{"kom morgen maar", "op een andere dag graag", "ik ben vandaag weg", "kan het vrijdag", "verzet de bezorging"},
			"mijn glas is gebroken", "graag op een andere dag", "het scherm is niet kapot", "het glas is nooit gebroken geweest"},
		"pl": {[]string{"pudełko jest zgniecione", "przyszło uszkodzone", "szkło jest zbite", "ekran jest pęknięty", "paczka jest uszkodzona"}, []string{"proszę przyjechać jutro", "w inny dzień proszę", "dziś mnie nie ma", "może w piątek", "zmieńcie termin dostawy"},
			"paczka przyszła uszkodzona", "proszę w inny dzień", "paczka nie jest uszkodzona", "ekran nie jest pęknięty"},
		"tr": {[]string{"kutu ezilmiş", "kırık geldi", "cam kırılmış", "ekran kırık", "ürün hasarlı"}, []string{"yarın gelin", "başka bir gün lütfen", "bugün evde yokum", "cuma günü olur mu", "teslimat gününü değiştirin"},
			"ekran kırık geldi", "başka gün gelin", "ürün hasarlı değil", "kırık yok"},
		"sv": {[]string{"lådan är krossad", "den kom trasig", "glaset är sönder", "skärmen är trasig", "paketet är skadat"}, []string{"kom i morgon", "en annan dag tack", "jag är borta i dag", "går det på fredag", "ändra leveransen"},
			"skärmen kom trasig", "en annan dag", "skärmen är inte trasig", "paketet är aldrig skadat"},
		"vi": {[]string{"hộp bị bẹp", "hàng đến bị hỏng", "kính bị vỡ", "màn hình bị vỡ", "sản phẩm hư hỏng"}, []string{"ngày mai hãy đến", "cho tôi ngày khác", "hôm nay tôi đi vắng", "giao thứ sáu nhé", "đổi ngày giao hàng"},
			"màn hình bị hỏng", "đổi ngày khác", "màn hình không bị vỡ", "kính chưa bị vỡ"},
		"hi": {[]string{"डिब्बा टूटा हुआ है", "टूटा हुआ आया", "शीशा टूट गया", "स्क्रीन टूटी है", "सामान खराब है"}, []string{"कल आइए", "किसी और दिन लाइए", "आज घर पर कोई नही", "शुक्रवार को लाइए", "समय बदल दीजिए"},
			"सामान टूटा हुआ है", "किसी और दिन आइए", "सामान खराब नहीं है", "डिब्बा टूटा नहीं है"},
	} {
		lesson := &flows.Lesson{Examples: map[string][]string{"damaged": c.damaged, "late": c.late}}
		for text, want := range map[string]string{c.isDamaged: "damaged", c.isLate: "late", c.denied: "", c.deniedToo: ""} {
			g := Reader{}.Guess(lesson, text, []string{"damaged", "late"})
			if g.Sure != (want != "") || g.Sure && g.Intent != want {
				t.Errorf("%s: %q is read as %+v, want %q", language, text, g, want)
			}
		}
	}
}
