package threads

import (
	"encoding/json"
	"testing"

	"spool"
	"spool/publisher/threads/threadstest"
)

func TestPayload(t *testing.T) {
	reply := newPost()
	reply.Purpose, reply.Content = spool.Continue, spool.Content{Text: "and on"}
	known := reply
	known.Reply.To.ID = "179"
	pictures := newPost()
	pictures.Content = carouselPost().Content
	pictures.Content.Topic = "Traffic"
	open := newPost()
	open.Content = carouselPost().Content
	open.Content.Open, open.Content.Pick = true, 1
	for i, a := range open.Content.Media {
		open.Content.Media[i].URL, open.Content.Media[i].Public = a.Public, ""
	}
	page := newPost()
	page.Content.Open, page.Content.Page, page.Content.Link = true, testLink, ""
	gone := newPost()
	gone.Purpose = spool.Withdraw
	tests := map[string]struct {
		post spool.Post
		want string
	}{
		"a text":                     {newPost(), `{"method":"POST","url":"https://graph.threads.example/v1.0/me/threads","body":{"link_attachment":"https://news.example.org/2026/bridge-reopens","media_type":"TEXT","reply_control":"followers_only","text":"Old bridge reopens after two years\n\nTraffic is back to two lanes in each direction."}}`},
		"a reply":                    {known, `{"method":"POST","url":"https://graph.threads.example/v1.0/me/threads","body":{"media_type":"TEXT","reply_control":"followers_only","reply_to_id":"179","text":"and on"}}`},
		"to what is not live":        {reply, `{"method":"POST","url":"https://graph.threads.example/v1.0/me/threads","body":{"media_type":"TEXT","reply_control":"followers_only","reply_to_id":"[the id of the post that it answers]","text":"and on"}}`},
		"pictures":                   {pictures, `{"method":"POST","url":"https://graph.threads.example/v1.0/me/threads","body":{"children":[{"alt_text":"The bridge","image_url":"https://img.example.org/1.jpg","is_carousel_item":"true","media_type":"IMAGE"},{"alt_text":"The first car","is_carousel_item":"true","media_type":"VIDEO","video_url":"https://img.example.org/2.mp4"},{"image_url":"https://img.example.org/3.png","is_carousel_item":"true","media_type":"IMAGE"}],"media_type":"CAROUSEL","reply_control":"followers_only","text":"In pictures: Old bridge reopens after two years\n\nTraffic is back to two lanes in each direction.\n\nhttps://news.example.org/2026/bridge-reopens","topic_tag":"Traffic"}}`},
		"a picture to be fetched":    {open, `{"method":"POST","url":"https://graph.threads.example/v1.0/me/threads","body":{"alt_text":"The bridge","image_url":"[where Threads can fetch a picture or film of https://img.example.org/1.jpg]","media_type":"IMAGE","reply_control":"followers_only","text":"In pictures: Old bridge reopens after two years\n\nTraffic is back to two lanes in each direction.\n\nhttps://news.example.org/2026/bridge-reopens"}}`},
		"a picture to be looked for": {page, `{"method":"POST","url":"https://graph.threads.example/v1.0/me/threads","body":{"image_url":"[where Threads can fetch a picture or film of https://news.example.org/2026/bridge-reopens]","media_type":"IMAGE","reply_control":"followers_only","text":"Old bridge reopens after two years\n\nTraffic is back to two lanes in each direction."}}`},
		"a withdrawal":               {gone, `{"method":"DELETE","url":"https://graph.threads.example/v1.0/[the post's id]","body":null}`},
	}
	bubble(t, threadstest.Options{}, func(w *world) {
		w.client.control = "followers_only"
		for name, tt := range tests {
			b, err := json.Marshal(w.client.Payload(tt.post))
			if err != nil || string(b) != tt.want {
				t.Errorf("%s: %s, %v\nwant %s", name, b, err, tt.want)
			}
		}
		if n := len(w.server.Requests()); n > 0 {
			t.Errorf("%d requests were made", n)
		}
	})
}

// TestPayloadIsSent: what is shown is what is sent.
func TestPayloadIsSent(t *testing.T) {
	bubble(t, threadstest.Options{}, func(w *world) {
		p := newPost()
		p.Content.Topic = "Traffic"
		body := w.client.Payload(p).Body.(map[string]any)
		w.drive(p)
		form := requests(w, threadstest.OpCreate)[0].Form
		form.Del("access_token")
		if len(form) != len(body) {
			t.Errorf("sent was %v, shown %v", form, body)
		}
		for name := range form {
			if body[name] != form.Get(name) {
				t.Errorf("%s: sent was %q, shown %v", name, form.Get(name), body[name])
			}
		}
	})
}
