package classify

import "strings"

// elsewhere are texts that customers send to any business and that ask for nothing an
// author's intent could mean: they are the class "something else" of every model. The
// answers of built-in intents are among them, because these are the lexicon's to read.
var elsewhere = lines(`
yes
no
yes please
no thanks
not yet
ok
okay then
thanks
thank you so much
great
perfect
cool
sure
maybe later
not sure
i dont know
done
stop
hi
hello
hello there
good morning
good evening
hey
how are you
who is this
who are you
what is this
wrong number
is this a robot
are you a real person
i want to talk to a person
call me please
can someone call me
i need help
help me
what
huh
what do you mean
i dont understand
sorry
no problem
see you
bye
have a nice day
one moment
wait
im driving
in a meeting will write later
lol
haha
love you
happy birthday
merry christmas
good luck
what is the weather like
tell me a joke
what time is it
who won the game last night
what is the capital of france
how do i cook rice
play some music
set an alarm for six
what should i eat tonight
how far is the moon
translate hello into french
can you write a poem
what is the meaning of life
how tall is the president
where can i buy a used car
my dog is sick
i am at the airport
happy new year to you and your family
check out this link
you have won a prize
si
no gracias
gracias
vale
hola
buenos dias
quien es
quien eres
numero equivocado
no entiendo
que
quiero hablar con una persona
ayuda
hasta luego
que tiempo hace
cuentame un chiste
feliz navidad
estoy en una reunion
oui
non merci
bonjour
merci beaucoup
qui est ce
je ne comprends pas
je veux parler a quelquun
ja
nein danke
hallo
danke
wer ist da
ich verstehe nicht
ich mochte mit jemandem sprechen
sim
nao obrigado
bom dia
obrigado
quem e
nao entendo
si grazie
no grazie
buongiorno
grazie mille
chi sei
non capisco
`)

func lines(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == '\n' })
}
