package mastodontest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
)

// maxBody bounds what is read of a request.
const maxBody = 128 << 20

// parameters are those of a request, whatever their encoding. Lists are under
// names that end in [].
type parameters struct {
	url.Values
	attributes []attribute // media_attributes
	queried    bool        // some came in the query
	file       *file
	typeless   bool // a file without a MIME type
}

// attribute is what an edit says of one attached medium.
type attribute struct{ ID, Description, Focus string }

// file is an upload.
type file struct {
	kind string
	data []byte
}

// has reports whether a parameter was sent, empty or not.
func (p *parameters) has(name string) bool { return p.Values.Has(name) || p.Values.Has(name+"[]") }

func readParameters(w http.ResponseWriter, r *http.Request) (*parameters, error) {
	p := &parameters{Values: r.URL.Query(), queried: r.URL.RawQuery != ""}
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	var err error
	switch kind {
	case "application/json":
		err = p.readJSON(r.Body)
	case "multipart/form-data":
		err = p.readMultipart(r)
	default:
		if err = r.ParseForm(); err == nil {
			p.add(r.PostForm)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("mastodontest: parameters: %w", err)
	}
	return p, nil
}

func (p *parameters) add(values url.Values) {
	for name, list := range values {
		p.Values[name] = append(p.Values[name], list...)
	}
}

func (p *parameters) readJSON(body io.Reader) error {
	var all map[string]any
	d := json.NewDecoder(body)
	d.UseNumber()
	if err := d.Decode(&all); err != nil {
		return err
	}
	for name, value := range all {
		p.take(name, value)
	}
	return nil
}

func (p *parameters) take(name string, value any) {
	switch v := value.(type) {
	case nil:
	case []any:
		p.takeList(name, v)
	case map[string]any:
	default:
		p.Add(name, fmt.Sprint(v))
	}
}

func (p *parameters) takeList(name string, list []any) {
	if name == "media_attributes" {
		for _, x := range list {
			if o, ok := x.(map[string]any); ok {
				p.attributes = append(p.attributes, attribute{text(o["id"]), text(o["description"]), text(o["focus"])})
			}
		}
		return
	}
	p.Values[name+"[]"] = []string{}
	for _, x := range list {
		p.Add(name+"[]", fmt.Sprint(x))
	}
}

func text(v any) string {
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

func (p *parameters) readMultipart(r *http.Request) error {
	parts, err := r.MultipartReader()
	if err != nil {
		return err
	}
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		data, err := io.ReadAll(part)
		if err != nil {
			return err
		}
		if part.FileName() == "" {
			p.Add(part.FormName(), string(data))
			continue
		}
		kind := part.Header.Get("Content-Type")
		p.file, p.typeless = &file{kind: strings.ToLower(kind), data: data}, kind == ""
	}
}
