package classify

import "strings"

// common are words that say little of what a text is about; they are not paired.
// Words that turn a meaning round (no, not, never, sin, pas) are none of them.
var common = set(`i; a; an; the; to; my; is; it; on; in; of; for; and; do; you; can; me; have; with; that; was; what; how; be; are; this;
	has; at; from; but; there; get; if; so; when; why; where; did; been; will; would; your; im; ive; am; as; them; they; we; us; our; its; just; could; should;
	does; any; some; like; about; by; id; ill; or; hi; hello; hey; please; thanks; thank; need; want; help; tell; know; up; out; which; who; were; had; he; she; her; his; their; because; into; also; too; then; than; now;
	el; la; los; las; un; una; de; del; en; y; que; es; mi; mis; su; sus; al; lo; se; por; para; con; como; cuando; donde; cual; ya; me; te; le; hola; quiero; puedo; necesito; esta; este; ha; he; hay; favor; gracias; yo; tengo; soy; o; muy; porque;
	le; les; des; du; une; et; est; je; mon; ma; mes; vous; votre; ce; il; elle; on; dans; pour; avec; sur; au; aux; bonjour; merci; comment; quand; ou; qui; peux; veux; ai; suis; jai; cest;
	der; die; das; den; dem; ein; eine; einen; und; ist; ich; mein; meine; meinen; sie; ihr; wie; wann; wo; was; mit; von; zu; zum; zur; im; auf; fur; habe; hat; kann; bitte; danke; hallo; es; bin; mir; mich; wir; oder;
	os; as; um; uma; do; da; dos; das; e; eu; meu; minha; seu; sua; voce; quero; posso; preciso; ola; obrigado; como; quando; onde; esta; com; para; por;
	il; lo; gli; uno; di; dei; della; mio; mia; suo; sono; ho; puo; posso; vorrei; ciao; grazie; come; quando; dove; con; per; che`)

// turning are words that turn the meaning of others round.
var turning = set(`no; not; never; none; nothing; nobody; neither; nor; without; cannot; cant; dont; doesnt; didnt; isnt; wasnt; arent; werent; wont; wouldnt; couldnt; shouldnt; havent; hasnt; hadnt; aint;
	nunca; jamas; nada; sin; tampoco; ni; ningun; ninguna; nadie; ne; pas; jamais; rien; sans; aucun; aucune; nicht; kein; keine; keinen; keiner; nie; niemals; ohne; nichts;
	nao; sem; nem; nenhum; nenhuma; non; mai; senza; niente; nessun; nessuna; neanche`)

// set is a list of phrases, parted by semicolons.
func set(list string) map[string]bool {
	out := map[string]bool{}
	for _, phrase := range strings.Split(list, ";") {
		out[strings.Join(strings.Fields(phrase), " ")] = true
	}
	return out
}
