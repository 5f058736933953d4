package flows

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
)

// languageVersion is part of every hash: when the meaning of a key changes, so
// does the identity of every flow.
const languageVersion = "parley-flow/1\n"

// hashOf is the identity of a version: SHA-256 over the language version and the
// canonical source.
func hashOf(source []byte) string {
	h := sha256.New()
	io.WriteString(h, languageVersion)
	h.Write(source)
	return hex.EncodeToString(h.Sum(nil))
}

// canonical writes the tree as JSON with sorted keys and no white space, so that
// comments, order of keys and style of quoting do not make a new version.
func canonical(n *node) []byte {
	var b bytes.Buffer
	writeNode(&b, n)
	return b.Bytes()
}

func writeNode(b *bytes.Buffer, n *node) {
	switch n.shape {
	case isObject:
		keys := slices.Clone(n.keys)
		slices.SortFunc(keys, func(x, y entry) int { return strings.Compare(x.name, y.name) })
		b.WriteByte('{')
		for i, e := range keys {
			if i > 0 {
				b.WriteByte(',')
			}
			writeText(b, e.name)
			b.WriteByte(':')
			writeNode(b, e.value)
		}
		b.WriteByte('}')
	case isList:
		b.WriteByte('[')
		for i, item := range n.items {
			if i > 0 {
				b.WriteByte(',')
			}
			writeNode(b, item)
		}
		b.WriteByte(']')
	case isText:
		writeText(b, n.text)
	case isInt, isFlag:
		b.WriteString(n.text)
	case isFloat:
		writeFloat(b, n.text)
	default:
		b.WriteString("null")
	}
}

// writeFloat keeps a number a float when it is read again.
func writeFloat(b *bytes.Buffer, text string) {
	b.WriteString(text)
	if !strings.ContainsAny(text, ".e") {
		b.WriteString(".0")
	}
}

func writeText(b *bytes.Buffer, s string) {
	enc := json.NewEncoder(b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(s) // a string always encodes
	b.Truncate(b.Len() - 1)
}

// readJSON turns canonical source into nodes without places.
func readJSON(source []byte) (*node, error) {
	if len(source) > 4*maxFile {
		return nil, errors.New("the stored flow is too long")
	}
	dec := json.NewDecoder(bytes.NewReader(source))
	dec.UseNumber()
	n, err := readValue(dec, 0)
	if err != nil {
		return nil, err
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, errors.New("something follows the stored flow")
	}
	return n, nil
}

func readValue(dec *json.Decoder, depth int) (*node, error) {
	if depth > maxDepth {
		return nil, errors.New("the stored flow is nested too deep")
	}
	t, err := dec.Token()
	if err != nil {
		return nil, err
	}
	switch t := t.(type) {
	case json.Delim:
		return readNested(dec, t, depth)
	case string:
		return &node{shape: isText, text: t, inside: -1}, nil
	case bool:
		return &node{shape: isFlag, text: strconv.FormatBool(t)}, nil
	case json.Number:
		return readNumber(t.String())
	default:
		return &node{shape: isNull}, nil
	}
}

func readNumber(s string) (*node, error) {
	if _, err := strconv.ParseInt(s, 10, 64); err == nil {
		return &node{shape: isInt, text: s}, nil
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return nil, err
	}
	return &node{shape: isFloat, text: strconv.FormatFloat(f, 'g', -1, 64)}, nil
}

func readNested(dec *json.Decoder, open json.Delim, depth int) (*node, error) {
	n := &node{shape: isList}
	if open == '{' {
		n.shape = isObject
	}
	for dec.More() {
		var name string
		if open == '{' {
			t, err := dec.Token()
			if err != nil {
				return nil, err
			}
			name, _ = t.(string)
		}
		v, err := readValue(dec, depth+1)
		if err != nil {
			return nil, err
		}
		if open == '{' {
			n.keys = append(n.keys, entry{name, &node{}, v})
		} else {
			n.items = append(n.items, v)
		}
	}
	_, err := dec.Token()
	return n, err
}
