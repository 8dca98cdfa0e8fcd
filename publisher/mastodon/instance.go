package mastodon

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"spool"
	"spool/publisher"
)

// The limits of an instance that has not said what its own are: those of
// Mastodon, in older versions where they differ.
const (
	defaultMax      = 500
	defaultReserved = 23
	defaultImages   = 4
	defaultAlt      = 1500
	defaultPicture  = 10 << 20
	defaultPixels   = 16777216
	defaultFilm     = 40 << 20

	longestMax  = 100_000  // characters that anybody believes
	largestFilm = 99 << 20 // bytes that are held in memory

	learnEvery = 24 * time.Hour
)

// instanceKey is where the account remembers its instance's limits.
const instanceKey = "mastodon.instance"

// instance is what is known of the server.
type instance struct {
	Version  string   `json:"version,omitempty"`
	Other    bool     `json:"other,omitempty"` // not Mastodon: it may count addresses in full, and code points
	Max      int      `json:"max"`
	Reserved int      `json:"reserved"` // what an address counts
	Images   int      `json:"images"`
	Alt      int      `json:"alt"`
	Picture  int      `json:"picture"` // bytes
	Pixels   int      `json:"pixels"`
	Film     int      `json:"film"` // bytes
	Types    []string `json:"types,omitempty"`
	Films    []string `json:"films,omitempty"`
	Read     int64    `json:"read,omitempty"` // Unix seconds; 0: these are the defaults
}

func defaults() instance {
	return instance{
		Max: defaultMax, Reserved: defaultReserved, Images: defaultImages, Alt: defaultAlt,
		Picture: defaultPicture, Pixels: defaultPixels, Film: defaultFilm,
		Types: []string{"image/jpeg", "image/png", "image/gif", "image/webp"}, Films: []string{"video/mp4", "video/webm"},
	}
}

// knowledge is what this process knows of the instance.
type knowledge struct {
	mu       sync.Mutex
	inst     instance
	recalled time.Time // when the memory was last asked
}

// known is the instance as far as it is known. The memory is asked now and then,
// since another process may have read newer limits.
func (c *Client) known(ctx context.Context) instance {
	c.limits.mu.Lock()
	defer c.limits.mu.Unlock()
	now := c.o.Now()
	fresh := now.Sub(time.Unix(c.limits.inst.Read, 0)) < learnEvery+time.Hour
	if !fresh && (c.limits.recalled.IsZero() || now.Sub(c.limits.recalled) >= time.Hour) {
		c.limits.recalled = now
		if inst, ok := c.recallInstance(ctx); ok && inst.Read > c.limits.inst.Read {
			c.limits.inst = inst
		}
	}
	if c.limits.inst.Read == 0 {
		return defaults()
	}
	return c.limits.inst
}

func (c *Client) recallInstance(ctx context.Context) (instance, bool) {
	value, err := c.o.Memory.Recall(ctx, instanceKey)
	if err != nil {
		c.log.Warn("what was learned about the instance could not be read", "error", err)
		return instance{}, false
	}
	var inst instance
	if value == "" || json.Unmarshal([]byte(value), &inst) != nil || inst.Max <= 0 {
		return instance{}, false
	}
	return inst, true
}

// learn asks the instance for its limits, in the newer form and then the older.
func (c *Client) learn(ctx context.Context) (instance, error) {
	var d description
	_, err := c.call(ctx, request{op: "read the instance", method: http.MethodGet, path: "/api/v2/instance"}, &d)
	if ref, ok := errors.AsType[*refusal](err); ok && judge(ref).kind != spool.Throttled {
		d = description{}
		_, err = c.call(ctx, request{op: "read the instance", method: http.MethodGet, path: "/api/v1/instance"}, &d)
	}
	if err == nil && d.Version == "" && d.Config.Statuses.Max == 0 && d.OldMax == 0 {
		err = errUnreadable
	}
	if err != nil {
		return instance{}, err
	}
	inst := d.instance()
	inst.Read = c.o.Now().Unix()
	c.limits.mu.Lock()
	c.limits.inst = inst
	c.limits.mu.Unlock()
	c.rememberInstance(ctx, inst)
	return inst, nil
}

func (c *Client) rememberInstance(ctx context.Context, inst instance) {
	b, err := json.Marshal(inst)
	if err == nil {
		err = c.o.Memory.Remember(ctx, instanceKey, string(b))
	}
	if err != nil {
		c.log.Warn("what was learned about the instance could not be saved", "error", err)
	}
}

// figure is a number that some servers write as a text, as null, or as something
// else, which counts as nothing said.
type figure int

// UnmarshalJSON never fails: one odd figure must not cost the others.
func (f *figure) UnmarshalJSON(b []byte) error {
	n, err := strconv.ParseFloat(strings.Trim(string(b), `"`), 64)
	if err != nil || n < 0 || n > 1<<40 {
		n = 0
	}
	*f = figure(n)
	return nil
}

// description is what is read of an instance's description of itself.
type description struct {
	Version string `json:"version"`
	Source  string `json:"source_url"`
	OldMax  figure `json:"max_toot_chars"` // of Pleroma and others, in the older form
	Config  struct {
		Statuses struct {
			Max      figure  `json:"max_characters"`
			Images   figure  `json:"max_media_attachments"`
			Reserved *figure `json:"characters_reserved_per_url"`
		} `json:"statuses"`
		Media struct {
			Types   []string `json:"supported_mime_types"`
			Alt     figure   `json:"description_limit"`
			Picture figure   `json:"image_size_limit"`
			Pixels  figure   `json:"image_matrix_limit"`
			Film    figure   `json:"video_size_limit"`
		} `json:"media_attachments"`
	} `json:"configuration"`
}

// instance takes what makes sense, and the defaults for the rest.
func (d description) instance() instance {
	inst := defaults()
	inst.Version, inst.Other = publisher.Excerpt(d.Version), !isMastodon(d.Version, d.Source)
	s, m := d.Config.Statuses, d.Config.Media
	take(&inst.Max, d.OldMax, longestMax)
	take(&inst.Max, s.Max, longestMax)
	take(&inst.Images, s.Images, 20)
	if s.Reserved != nil && *s.Reserved <= 1000 {
		inst.Reserved = int(*s.Reserved)
	}
	take(&inst.Alt, m.Alt, longestMax)
	take(&inst.Picture, m.Picture, largestFilm)
	take(&inst.Pixels, m.Pixels, 1<<30)
	take(&inst.Film, m.Film, largestFilm)
	if types := ofKind("image/", m.Types); len(types) > 0 {
		inst.Types = types
	}
	if len(m.Types) > 0 {
		inst.Films = ofKind("video/", m.Types)
	}
	return inst
}

func take(into *int, f figure, most int) {
	if f > 0 {
		*into = min(int(f), most)
	}
}

func ofKind(prefix string, types []string) []string {
	var out []string
	for _, t := range types {
		if strings.HasPrefix(t, prefix) && len(t) < 60 && len(out) < 30 && !slices.Contains(out, t) {
			out = append(out, t)
		}
	}
	return out
}

var leadingVersion = regexp.MustCompile(`^v?(\d{1,4})\.(\d{1,4})`)

// release is the version of a Mastodon, or of a fork that follows its numbers;
// zero when it cannot be told.
func (i instance) release() (major, minor int) {
	m := leadingVersion.FindStringSubmatch(i.Version)
	if m == nil || i.Other {
		return 0, 0
	}
	major, _ = strconv.Atoi(m[1]) // digits, by the pattern
	minor, _ = strconv.Atoi(m[2])
	return major, minor
}

// isMastodon reports whether a server is Mastodon or a fork of it: others say so
// behind the version that they are compatible with, or count their own from 0.
func isMastodon(version, source string) bool {
	m := leadingVersion.FindStringSubmatch(version)
	return m != nil && m[1] != "0" && m[1] != "1" && !strings.Contains(version, "compatible") && !strings.Contains(source, "gotosocial")
}

// canEdit reports whether the server knows how to edit a status, as far as its
// version tells: Mastodon learned it with 3.5.
func (i instance) canEdit() bool {
	major, minor := i.release()
	return major == 0 || major > 3 || major == 3 && minor >= 5
}

// TextLimits are what Mastodon takes as the words of a post, unless an instance
// says otherwise.
func TextLimits() spool.TextLimits { return defaults().textLimits() }

// TextLimits are what the account's instance takes, as far as it is known.
func (c *Client) TextLimits() spool.TextLimits {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	return c.known(ctx).textLimits()
}

func (i instance) textLimits() spool.TextLimits {
	return spool.TextLimits{
		Network: Network, Max: i.Max, Length: i.length, Alt: i.Alt, Replies: true, Warn: true, Mute: Mute,
		Media: spool.MediaLimits{
			Images: i.Images, Types: slices.Clone(i.Types), Bytes: i.Picture, Pixels: i.Pixels,
			Films: slices.Clone(i.Films), Film: i.Film,
		},
	}
}

// describe says which server it is, for messages.
func (i instance) describe() string {
	if i.Version == "" {
		return "the instance"
	}
	return fmt.Sprintf("the instance (version %s)", i.Version)
}
