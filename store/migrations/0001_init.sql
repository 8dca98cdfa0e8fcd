-- The first schema. Moments are Unix milliseconds, 0 is "never" or "unknown";
-- yes and no are 1 and 0. {{serial}} and {{clustered}} are the two words in
-- which SQLite and PostgreSQL differ: see dialect.go.

-- A group of feeds shares identity. seq grows with every poll that adds items,
-- so that a poll notices that another feed of the group was quicker.
CREATE TABLE groups (
	id   BIGINT NOT NULL PRIMARY KEY,
	name TEXT   NOT NULL UNIQUE,
	seq  BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE feeds (
	name          TEXT   NOT NULL PRIMARY KEY,
	active        BIGINT NOT NULL CHECK (active IN (0, 1)), -- the configuration names it
	url           TEXT   NOT NULL,
	grp           TEXT   NOT NULL,            -- groups.name
	etag          TEXT   NOT NULL DEFAULT '',
	last_modified TEXT   NOT NULL DEFAULT '',
	body_hash     TEXT   NOT NULL DEFAULT '',
	moved         TEXT   NOT NULL DEFAULT '',
	next_poll     BIGINT NOT NULL DEFAULT 0,
	retry_after   BIGINT NOT NULL DEFAULT 0,
	baselined     BIGINT NOT NULL DEFAULT 0,
	last_poll     BIGINT NOT NULL DEFAULT 0,
	last_good     BIGINT NOT NULL DEFAULT 0,
	last_new      BIGINT NOT NULL DEFAULT 0,
	failures      BIGINT NOT NULL DEFAULT 0,
	problem       TEXT   NOT NULL DEFAULT '',
	items         BIGINT NOT NULL DEFAULT 0,  -- in the document, when last read
	known         BIGINT NOT NULL DEFAULT 0,  -- first seen in this feed, ever
	mark          BIGINT NOT NULL DEFAULT 0,  -- groups.seq when it was claimed
	lease_owner   TEXT   NOT NULL DEFAULT '',
	lease_epoch   BIGINT NOT NULL DEFAULT 0,
	lease_until   BIGINT NOT NULL DEFAULT 0
);

CREATE INDEX feeds_due ON feeds (next_poll, name) WHERE active = 1;

CREATE TABLE accounts (
	name         TEXT   NOT NULL PRIMARY KEY,
	active       BIGINT NOT NULL CHECK (active IN (0, 1)),
	network      TEXT   NOT NULL,
	paused       BIGINT NOT NULL DEFAULT 0 CHECK (paused IN (0, 1)),
	paused_until BIGINT NOT NULL DEFAULT 0,
	stopped      TEXT   NOT NULL DEFAULT '',
	kept         BIGINT NOT NULL DEFAULT 0,
	expires      BIGINT NOT NULL DEFAULT 0,
	quota_used   BIGINT NOT NULL DEFAULT 0,
	quota_total  BIGINT NOT NULL DEFAULT 0,
	next_at      BIGINT NOT NULL DEFAULT 0,   -- 0: nothing to do
	wake         BIGINT NOT NULL DEFAULT 0,   -- grows when something is recorded for it
	woken        BIGINT NOT NULL DEFAULT 0,   -- wake when it was claimed
	cleared      BIGINT NOT NULL DEFAULT 0,   -- wake when a person last mended what stopped it
	live         BIGINT NOT NULL DEFAULT 0,   -- posts in the final states, counted
	failed       BIGINT NOT NULL DEFAULT 0,   -- here so that nobody has to count
	dropped      BIGINT NOT NULL DEFAULT 0,   -- all posts there ever were
	lease_owner  TEXT   NOT NULL DEFAULT '',
	lease_epoch  BIGINT NOT NULL DEFAULT 0,
	lease_until  BIGINT NOT NULL DEFAULT 0
);

-- Items are kept for good; body may be emptied. n is the item's short name in
-- the tables that have a row per key.
CREATE TABLE items (
	n         {{serial}},
	id        TEXT   NOT NULL UNIQUE,
	feed      TEXT   NOT NULL,                -- the first that listed it
	digest    TEXT   NOT NULL,
	published BIGINT NOT NULL,
	seen      BIGINT NOT NULL,
	body      TEXT   NOT NULL                 -- spool.Item as JSON
);

-- What an item is known by within a group. Never pruned. item is items.n, and
-- not declared so: both tables are only ever added to, by one statement that
-- reads n from items, and the check would cost a look-up per key.
CREATE TABLE keys (
	grp  BIGINT NOT NULL REFERENCES groups (id),
	key  TEXT   NOT NULL,
	item BIGINT NOT NULL,
	PRIMARY KEY (grp, key)
) {{clustered}};

-- The other feeds that have listed an item.
CREATE TABLE listed (
	item BIGINT NOT NULL,
	feed TEXT   NOT NULL,
	PRIMARY KEY (item, feed)
) {{clustered}};

CREATE TABLE posts (
	id           TEXT   NOT NULL PRIMARY KEY,
	item         TEXT   NOT NULL,
	feed         TEXT   NOT NULL,
	account      TEXT   NOT NULL,
	purpose      TEXT   NOT NULL CHECK (purpose <> ''),
	priority     BIGINT NOT NULL,
	content      TEXT   NOT NULL,             -- spool.Content as JSON
	link         TEXT   NOT NULL,             -- of content
	fingerprint  TEXT   NOT NULL,             -- of content
	state        TEXT   NOT NULL CHECK (state IN ('waiting', 'sending', 'doubt', 'held', 'live', 'failed', 'dropped')),
	hold         TEXT   NOT NULL CHECK (hold IN ('', 'approval', 'burst', 'credentials', 'doubt', 'person')),
	reason       TEXT   NOT NULL,
	not_before   BIGINT NOT NULL,
	deadline     BIGINT NOT NULL,
	draft_state  TEXT   NOT NULL,
	draft_ready  BIGINT NOT NULL CHECK (draft_ready IN (0, 1)),
	draft_wait   BIGINT NOT NULL,             -- milliseconds
	receipt_id   TEXT   NOT NULL,
	receipt_url  TEXT   NOT NULL,
	receipt_note TEXT   NOT NULL,
	turn         BIGINT NOT NULL,             -- Post.Order
	created      BIGINT NOT NULL,
	begun        BIGINT NOT NULL,
	first_begun  BIGINT NOT NULL,
	live_at      BIGINT NOT NULL,
	attempts     BIGINT NOT NULL CHECK (attempts >= 0),
	refusals     BIGINT NOT NULL,
	looks        BIGINT NOT NULL,
	resent       BIGINT NOT NULL,
	version      BIGINT NOT NULL CHECK (version > 0),
	CHECK ((state = 'held') = (hold <> '')),
	CHECK (state NOT IN ('sending', 'doubt') OR begun > 0),
	CHECK (state <> 'live' OR live_at > 0)
);

-- The promise, as the database keeps it: an item is announced once per account.
CREATE UNIQUE INDEX posts_once ON posts (item, account) WHERE purpose = 'announce';
CREATE UNIQUE INDEX posts_receipt ON posts (account, receipt_id) WHERE receipt_id <> '';

-- The indexes of the outbox hold open posts only: they do not grow with history.
CREATE INDEX posts_turn ON posts (account, priority DESC, turn, created, id) WHERE state = 'waiting';
CREATE INDEX posts_due ON posts (account, not_before) WHERE state = 'waiting';
CREATE INDEX posts_late ON posts (account, deadline) WHERE state = 'waiting' AND deadline > 0;
CREATE INDEX posts_look ON posts (account, not_before) WHERE state IN ('doubt', 'live') AND not_before > 0;
CREATE INDEX posts_unclear ON posts (account, fingerprint) WHERE state IN ('sending', 'doubt');
CREATE INDEX posts_held ON posts (account, hold) WHERE state = 'held';
CREATE INDEX posts_open_item ON posts (item) WHERE state IN ('waiting', 'held');

-- These do, and are asked for a short stretch of it.
CREATE INDEX posts_sent ON posts (account, begun) WHERE begun > 0;
CREATE INDEX posts_bound ON posts (account, live_at) WHERE live_at > 0;
CREATE INDEX posts_link ON posts (account, link) WHERE link <> '';
CREATE INDEX posts_created ON posts (created, id);

-- A post's history; n is the version that the change led to.
CREATE TABLE changes (
	post       TEXT   NOT NULL REFERENCES posts (id),
	n          BIGINT NOT NULL,
	at         BIGINT NOT NULL,
	from_state TEXT   NOT NULL,
	to_state   TEXT   NOT NULL,
	what       TEXT   NOT NULL,
	cause      TEXT   NOT NULL,
	who        TEXT   NOT NULL,
	PRIMARY KEY (post, n)
) {{clustered}};

CREATE TABLE tokens (
	account TEXT   NOT NULL PRIMARY KEY,
	value   TEXT   NOT NULL,
	issued  BIGINT NOT NULL,
	expires BIGINT NOT NULL,
	checked BIGINT NOT NULL,
	origin  TEXT   NOT NULL
);

-- Small things learned about an account, by name.
CREATE TABLE notes (
	account TEXT NOT NULL,
	key     TEXT NOT NULL,
	value   TEXT NOT NULL,
	PRIMARY KEY (account, key)
) {{clustered}};
