package feeds

import (
	"bufio"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// maxGzipLayers is how often a body is unpacked: once as declared, and twice
// more for servers that pack what is packed already.
const maxGzipLayers = 3

// unpackAhead is how many bytes more than needed the buffers of unpack may read.
const unpackAhead = 64 << 10

// readBody appends the body of an answer to buf, unpacked. It reads at most
// limit bytes, packed and unpacked, and a body that ends early is an error: a
// part is never taken for the whole.
func readBody(buf *bytes.Buffer, resp *http.Response, limit int64) error {
	if err := readable(resp); err != nil {
		return err
	}
	raw := &bounded{r: resp.Body, left: limit}
	plain, err := unpack(raw)
	if err == nil {
		_, err = buf.ReadFrom(&bounded{r: plain, left: limit})
	}
	return bodyError(resp.Request.URL.Host, limit, err)
}

// readable returns an *Error when a body is packed in a way that cannot be undone.
func readable(resp *http.Response) error {
	if enc := foreignEncoding(resp.Header); enc != "" {
		return &Error{Kind: KindCut, Status: resp.StatusCode,
			Message: fmt.Sprintf("%s sent its answer packed as %q, which was not asked for", resp.Request.URL.Host, enc),
			Hint:    "tell the publisher: only gzip is read"}
	}
	return nil
}

func foreignEncoding(h http.Header) string {
	for _, line := range h.Values("Content-Encoding") {
		for enc := range strings.SplitSeq(line, ",") {
			switch enc = strings.ToLower(strings.TrimSpace(enc)); enc {
			case "", "gzip", "x-gzip", "identity", "none", "utf-8", "aws-chunked":
			default:
				return enc
			}
		}
	}
	return ""
}

// unpack undoes gzip as often as it finds it, whatever the headers say: some
// servers send it without a word, some twice.
func unpack(r io.Reader) (io.Reader, error) {
	for range maxGzipLayers {
		br := bufio.NewReader(r)
		head, err := br.Peek(2)
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		if !bytes.Equal(head, []byte{0x1f, 0x8b}) {
			return br, nil
		}
		if r, err = gzip.NewReader(br); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// unpackBytes is unpack for a document that is not from HTTP.
func unpackBytes(body []byte) ([]byte, error) {
	if !bytes.HasPrefix(body, []byte{0x1f, 0x8b}) {
		return body, nil
	}
	plain, err := unpack(bytes.NewReader(body))
	if err == nil {
		body, err = io.ReadAll(&bounded{r: plain, left: defaultMaxBytes})
	}
	return body, bodyError("the file", defaultMaxBytes, err)
}

var errTooLarge = errors.New("too large")

// bounded is a reader that fails, rather than ends, after left bytes.
type bounded struct {
	r    io.Reader
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1] // one more than allowed tells "full" from "too much"
	}
	n, err := b.r.Read(p)
	b.left -= int64(n)
	if b.left < 0 {
		return 0, errTooLarge
	}
	return n, err
}

func bodyError(host string, limit int64, err error) error {
	var corrupt flate.CorruptInputError
	switch {
	case err == nil:
		return nil
	case errors.Is(err, errTooLarge):
		return &Error{Kind: KindTooLarge, Err: err,
			Message: fmt.Sprintf("%s sent more than %s", host, size(limit)),
			Hint:    "nothing was read from it; ask the publisher for a shorter feed"}
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, gzip.ErrHeader), errors.Is(err, gzip.ErrChecksum):
		return &Error{Kind: KindCut, Err: err,
			Message: "what " + host + " sent ended early",
			Hint:    "nothing was read from it; it is tried again later"}
	case errors.As(err, &corrupt):
		return &Error{Kind: KindCut, Err: err,
			Message: "what " + host + " sent does not unpack",
			Hint:    "nothing was read from it; it is tried again later"}
	}
	return requestError(host, err)
}

func size(n int64) string {
	if n >= 1<<20 {
		return fmt.Sprintf("%d MiB", n>>20)
	}
	return fmt.Sprintf("%d bytes", n)
}
