package webhook

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"spool"
)

func TestSlackText(t *testing.T) {
	for text, want := range map[string]string{
		"a < b && c > d":             "a &lt; b &amp;&amp; c &gt; d",
		"&amp; stays what it was":    "&amp;amp; stays what it was",
		"<!channel> <@U1> <http://>": "&lt;!channel&gt; &lt;@U1&gt; &lt;http://&gt;",
		"https://a.example/?a=1&b=2": "https://a.example/?a=1&amp;b=2",
		"橋 🌉 *stars* _lines_":        "橋 🌉 *stars* _lines_",
		"":                           "",
	} {
		if got := slackText(text); got != want {
			t.Errorf("slackText(%q)\n got %q\nwant %q", text, got, want)
		}
	}
}

func TestDiscordText(t *testing.T) {
	for text, want := range map[string]string{
		"*stars* _lines_ ~~out~~ `code` ||hidden||": `\*stars\* \_lines\_ \~\~out\~\~ \` + "`code\\`" + ` \|\|hidden\|\|`,
		"# Heading\n> quoted\n- list\n1. first":     "\\# Heading\n\\> quoted\n\\- list\n1\\. first",
		"  # after blanks":                          "  \\# after blanks",
		"not # in the middle, nor - there, 1. ok":   "not # in the middle, nor - there, 1. ok",
		"[words](https://evil.example) <@1> <t:1>":  `\[words\](https://evil.example) \<@1> \<t:1>`,
		"https://a.example/some_page_(x)*":          "https://a.example/some_page_(x)*",
		`back\slash`:                                `back\\slash`,
		"2026. was a year":                          `2026\. was a year`,
		"3.5 percent":                               `3\.5 percent`,
		"":                                          "",
	} {
		if got := discordText(text); got != want {
			t.Errorf("discordText(%q)\n got %q\nwant %q", text, got, want)
		}
	}
}

func TestMuteChannel(t *testing.T) {
	for text, want := range map[string]string{
		"@here: the bridge":                  "@\u200bhere: the bridge",
		"ask @Channel and @everyone or @all": "ask @\u200bChannel and @\u200beveryone or @\u200ball",
		"@hereafter and @heron, me@here_now": "@hereafter and @heron, me@here_now",
		"mail: desk@news.example":            "mail: desk@news.example",
		"@@here @":                           "@@\u200bhere @",
		"nothing":                            "nothing",
	} {
		if got := muteChannel(text); got != want {
			t.Errorf("muteChannel(%q)\n got %q\nwant %q", text, got, want)
		}
		if again := muteChannel(want); again != want {
			t.Errorf("muting twice: %q", again)
		}
	}
}

// FuzzChats: whatever the words are, they arrive as words: no sign of markup is
// left bare, nothing is lost, and the limits count what is sent.
func FuzzChats(f *testing.F) {
	for _, s := range []string{"a*b", "> x\n# y", "https://x_y/_", "<@1>&amp;", "1. a\n\n2) b", "\xff", "é*\u200d"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) {
			t.Skip()
		}
		slack := slackText(s)
		if strings.ContainsAny(slack, "<>") || unslack(slack) != s {
			t.Errorf("slackText(%q) = %q", s, slack)
		}
		if got := slackLength(s); got != utf8.RuneCountInString(slack) || got < utf8.RuneCountInString(s) {
			t.Errorf("slackLength(%q) = %d", s, got)
		}
		discord := discordText(s)
		if got := undiscord(discord); got != s && !strings.Contains(s, "http") {
			t.Errorf("discordText(%q) = %q, which reads %q", s, discord, got)
		}
		if discordLength(s) < utf8.RuneCountInString(discord) {
			t.Errorf("discordLength(%q) = %d", s, discordLength(s))
		}
		if got := strings.ReplaceAll(muteChannel(s), "\u200b", ""); got != strings.ReplaceAll(s, "\u200b", "") {
			t.Errorf("muteChannel(%q) changed the words: %q", s, got)
		}
	})
}

func unslack(s string) string {
	return strings.NewReplacer("&amp;", "&", "&lt;", "<", "&gt;", ">").Replace(s)
}

// undiscord takes the backslashes off, as Discord does.
func undiscord(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// TestChatMessages: a chat reads no words as orders, and the link is there once.
func TestChatMessages(t *testing.T) {
	link := "https://news.example.org/bridge?a=1&b=2"
	for name, tt := range map[string]struct {
		format  Format
		content spool.Content
		want    string
	}{
		"slack":        {Slack, spool.Content{Text: "Bridge & <tunnel>\n\n" + link}, `{"text":"Bridge &amp; &lt;tunnel&gt;\n\nhttps://news.example.org/bridge?a=1&amp;b=2","mrkdwn":false}`},
		"slack's link": {Slack, spool.Content{Text: "Bridge", Link: link}, `{"text":"Bridge\n\nhttps://news.example.org/bridge?a=1&amp;b=2","mrkdwn":false}`},
		"once":         {Slack, spool.Content{Text: "See " + link, Link: link}, `{"text":"See https://news.example.org/bridge?a=1&amp;b=2","mrkdwn":false}`},
		"a link alone": {Discord, spool.Content{Link: link}, `{"content":"https://news.example.org/bridge?a=1&b=2","allowed_mentions":{"parse":[]}}`},
		"discord":      {Discord, spool.Content{Text: "@everyone *now*"}, `{"content":"@everyone \\*now\\*","allowed_mentions":{"parse":[]}}`},
	} {
		t.Run(name, func(t *testing.T) {
			c := &Chat{&hook{o: Options{Format: tt.format}}}
			got, err := encode(c.message(tt.content))
			if err != nil || string(got) != tt.want {
				t.Errorf("got  %s, %v\nwant %s", got, err, tt.want)
			}
			if !json.Valid(got) {
				t.Error("this is no JSON")
			}
		})
	}
}
