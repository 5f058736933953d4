package flows

import (
	"maps"
	"path"
	"slices"
	"strings"
)

// maxAttached is how many media one text carries: what carriers take.
const maxAttached = 10

// mediaTypes are the MIME types of what is attached, by the ending of its name.
var mediaTypes = map[string]string{
	".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".gif": "image/gif",
	".mp4": "video/mp4", ".3gp": "video/3gpp", ".mp3": "audio/mpeg", ".amr": "audio/amr",
	".pdf": "application/pdf", ".vcf": "text/vcard",
}

// mediaWords are what dialogues call media, for names that end otherwise.
var mediaWords = map[string]string{
	"photo": "image/jpeg", "video": "video/mp4", "audio": "audio/mpeg", "file": "application/octet-stream",
}

// MediaWord is what dialogues call media of a MIME type.
func MediaWord(typ string) string {
	kind, _, _ := strings.Cut(typ, "/")
	switch kind {
	case "image":
		return "photo"
	case "video", "audio":
		return kind
	}
	return "file"
}

// MediaEnding is how the names of media of a MIME type end in dialogues.
func MediaEnding(typ string) string {
	if typ == mediaTypes[".jpg"] {
		return ".jpg" // not .jpeg
	}
	for _, ending := range slices.Sorted(maps.Keys(mediaTypes)) {
		if mediaTypes[ending] == typ {
			return ending
		}
	}
	return ""
}

// Attachments cuts "[photo crushed.jpg]" from the beginning of a line of a dialogue.
func Attachments(line string) (media []Media, text string) {
	text = line
	for strings.HasPrefix(text, "[") && len(media) < maxAttached {
		inside, rest, ok := strings.Cut(text[1:], "]")
		word, name, named := strings.Cut(inside, " ")
		typ, known := mediaWords[word]
		if !ok || !named || !known || strings.TrimSpace(name) == "" {
			break
		}
		name = strings.TrimSpace(name)
		if t := mediaTypes[strings.ToLower(path.Ext(name))]; t != "" {
			typ = t
		}
		media = append(media, Media{URL: name, Type: typ})
		text = strings.TrimSpace(rest)
	}
	return media, manyLines(text)
}
