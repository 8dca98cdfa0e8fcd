-- What was agreed with hubs about the pushes of feeds (WebSub). A feed has one
-- row that is current, and one for each subscription that is being ended.
CREATE TABLE subscriptions (
	id          TEXT   NOT NULL PRIMARY KEY,  -- the end of the callback's address
	feed        TEXT   NOT NULL,
	hub         TEXT   NOT NULL,
	topic       TEXT   NOT NULL,
	callback    TEXT   NOT NULL,              -- what stands before id in the callback's address
	secret      TEXT   NOT NULL,              -- in plain: each push is checked with it
	standing    TEXT   NOT NULL CHECK (standing IN ('pending', 'active', 'denied', 'unsubscribing', 'ended')),
	created     BIGINT NOT NULL,
	requested   BIGINT NOT NULL,
	verified    BIGINT NOT NULL,
	lease_until BIGINT NOT NULL,
	failures    BIGINT NOT NULL,
	next_at     BIGINT NOT NULL,              -- 0: there is nothing to do
	last_push   BIGINT NOT NULL,
	pushes      BIGINT NOT NULL,
	ignored     BIGINT NOT NULL,
	reason      TEXT   NOT NULL,
	version     BIGINT NOT NULL CHECK (version > 0)
);

CREATE UNIQUE INDEX subscriptions_current ON subscriptions (feed) WHERE standing IN ('pending', 'active', 'denied');
CREATE INDEX subscriptions_due ON subscriptions (next_at) WHERE next_at > 0;

-- When a push last asked for a poll of the feed, and which of these the poll
-- under way, or the last one, has answered; 0: none.
ALTER TABLE feeds ADD COLUMN hurried BIGINT NOT NULL DEFAULT 0;
ALTER TABLE feeds ADD COLUMN hurry_taken BIGINT NOT NULL DEFAULT 0;
