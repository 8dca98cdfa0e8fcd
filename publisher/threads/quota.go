package threads

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"time"

	"spool/publisher"
)

// The quotas of an account, by the beginning of their fields' names.
const (
	postQuota   = ""
	replyQuota  = "reply_"
	deleteQuota = "delete_"
)

// Limits asks how much the account may still post. Replies have a quota of their
// own, four times as large.
func (c *Client) Limits(ctx context.Context) (publisher.Limits, error) {
	return c.quota(ctx, postQuota)
}

func (c *Client) quota(ctx context.Context, kind string) (publisher.Limits, error) {
	usage, config := kind+"quota_usage", kind+"config"
	var out struct {
		Data []map[string]json.RawMessage `json:"data"`
	}
	err := c.call(ctx, request{
		op: "publishing limit", method: http.MethodGet, path: "/me/threads_publishing_limit",
		params: url.Values{"fields": {usage + "," + config}},
	}, &out)
	var used int
	var total struct {
		Total    int `json:"quota_total"`
		Duration int `json:"quota_duration"` // seconds
	}
	if err == nil && (len(out.Data) == 0 || json.Unmarshal(out.Data[0][usage], &used) != nil || json.Unmarshal(out.Data[0][config], &total) != nil) {
		err = errUnreadable
	}
	if err != nil {
		return publisher.Limits{}, c.explain("publishing limit", err, publisher.ThrottleWait(1))
	}
	return publisher.Limits{Used: used, Total: total.Total, Window: time.Duration(total.Duration) * time.Second}, nil
}

// spent reports whether the network says that the quota is used up that a post
// counts against. Its error for that is not documented, so a refused parameter
// may mean it.
func (c *Client) spent(ctx context.Context, n notes) bool {
	if n.ReplyTo != "" {
		return c.usedUp(ctx, replyQuota)
	}
	return c.usedUp(ctx, postQuota)
}

func (c *Client) usedUp(ctx context.Context, kind string) bool {
	l, err := c.quota(ctx, kind)
	return err == nil && l.Total > 0 && l.Used >= l.Total
}
