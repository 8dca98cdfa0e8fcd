package compose

import (
	"fmt"
	"maps"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"spool"
)

// samples are items of our own for all networks, beside those of goldens.
func samples() map[string]spool.Item {
	at := time.Date(2026, 3, 10, 22, 30, 0, 0, time.UTC)
	all := map[string]spool.Item{
		"pictures": {Link: "https://example.org/regatta", Title: "OLD BOATS RACE AGAIN IN THE HARBOUR", Author: "Ana Bell and Bob Day", Language: "en", Published: at,
			Summary: "The old boats race again. “It is about time,” said the mayor of Harwich, who came with his daughter to see them leave the harbour at nine.", Categories: []string{"Local news", "Sailing", "2026"},
			Media: []spool.Media{
				{URL: "https://example.org/p/1000/start.jpg", Type: "image/jpeg", Width: 1000, Alt: "Five boats with brown sails", Credit: "Ana Bell/Paper"},
				{URL: "https://example.org/p/300/start.jpg", Type: "image/jpeg", Width: 300}, {URL: "https://example.org/p/crowd.jpg", Type: "image/jpeg"},
				{URL: "https://example.org/v/start.mp4", Type: "video/mp4", Alt: "The boats leave"},
			}},
		"hebrew": {Link: "https://example.org/he", Title: "הסערה סגרה את הנמל", Author: "דנה לוי", Language: "he", Published: at, Categories: []string{"חדשות מקומיות"},
			Summary: sentences("הספינות נשארו בנמל עד יום שישי, אמרה דוברת העירייה לסוכנות Reuters. האם הסערה תימשך?", 500)},
		"german": {Link: "https://example.org/de?id=1&lang=de", Title: "Sturm legt den Hafen lahm – Fähren bleiben bis Freitag im Hafen", Author: "Jo Weiß", Language: "de-DE", Published: at,
			Categories: []string{"Panorama", "Über uns"}, Summary: sentences("Der Rat tagt am 12. März um 18 Uhr, sagte Dr. Weiß der dpa. Die Bürgerinnen und Bürger sind eingeladen.", 700)},
		"chinese": {Link: "https://example.org/zh", Title: "暴风雨关闭港口", Language: "zh-CN", Published: at, Categories: []string{"本地新闻"},
			Summary: strings.Repeat("船只将在港口停留到星期五。市议会今晚开会，讨论“未来”。", 14)},
		"thai": {Link: "https://example.org/th", Title: "พายุปิดท่าเรือ", Language: "th", Published: at,
			Summary: strings.Repeat("เรือจอดอยู่ในท่าเรือจนถึงวันศุกร์ สภาจะประชุมคืนนี้ ", 12)},
		"live": {Link: "https://example.org/live", Title: "Live: storm over the harbour", Language: "en-US", Published: at, Categories: []string{"Weather"},
			Summary: "21:10 The last ferry has left.\n20:45 The council meets at eight tomorrow, it says.\n20:30 The harbour master asks everybody to stay away from the pier.\n\n" + sentences("Water stands in the old town, and the fire brigade pumps.", 400)},
	}
	maps.Copy(all, goldens())
	return all
}

// TestNetworks words each sample for all networks; testdata/networks shows how it
// comes out, to the letter.
func TestNetworks(t *testing.T) {
	for name, it := range samples() {
		var b strings.Builder
		for _, v := range venues() {
			v.settings.Handles = map[string]string{"Ana Bell": "ana@" + v.name + ".example"}
			w := wording(t, v.settings)
			values := Values{Account: "desk", Network: v.name, Feed: "front", Location: time.FixedZone("CET", 3600), Revision: 2}
			c, r, err := w.Compose(it, values, v.limits)
			if err != nil {
				t.Fatalf("%s on %s: %v", name, v.name, err)
			}
			for _, flaw := range flaws(c, v.limits) {
				t.Errorf("%s on %s: %s", name, v.name, flaw)
			}
			fmt.Fprintf(&b, "══ %s · %s\n%s", v.name, outline(t, c, r), inFull(c))
			if c.Instead != nil {
				fmt.Fprintf(&b, "── without a picture\n%s", inFull(*c.Instead))
			}
			if c, _, err = w.Correct(it, values, v.limits); err == nil {
				fmt.Fprintf(&b, "── corrected\n%s", inFull(c))
			}
		}
		golden(t, filepath.Join("testdata", "networks", name+".txt"), b.String())
	}
}
