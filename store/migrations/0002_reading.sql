-- What else is remembered of a feed: spool.FeedMemory as JSON.
ALTER TABLE feeds ADD COLUMN memory TEXT NOT NULL DEFAULT '';

-- What the feed that first listed an item made of it, and for which of its
-- accounts: audiences.n. Empty and 0: it was seen before this was remembered.
ALTER TABLE items ADD COLUMN verdict TEXT NOT NULL DEFAULT '';
ALTER TABLE items ADD COLUMN reason TEXT NOT NULL DEFAULT '';
ALTER TABLE items ADD COLUMN audience BIGINT NOT NULL DEFAULT 0;

-- It holds all that a recount of the ledger asks of items.
CREATE INDEX items_feed ON items (feed, n, verdict, audience);

-- The same for the other feeds that have listed it.
ALTER TABLE listed ADD COLUMN at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE listed ADD COLUMN verdict TEXT NOT NULL DEFAULT '';
ALTER TABLE listed ADD COLUMN reason TEXT NOT NULL DEFAULT '';
ALTER TABLE listed ADD COLUMN audience BIGINT NOT NULL DEFAULT 0;

-- The sets of accounts that feeds have had, each as a sorted JSON array. That of
-- a feed without an account has one empty name.
CREATE TABLE audiences (
	n        {{serial}},
	accounts TEXT NOT NULL UNIQUE
);

-- What became of an item after it was first listed, and what became of it on one
-- account only. item is items.n.
CREATE TABLE fates (
	n       {{serial}},
	item    BIGINT NOT NULL,
	feed    TEXT   NOT NULL,
	account TEXT   NOT NULL,                  -- empty: all accounts of the feed
	at      BIGINT NOT NULL,
	verdict TEXT   NOT NULL,
	reason  TEXT   NOT NULL
);

CREATE INDEX fates_item ON fates (item, n);

-- Per feed and account: how many items met a verdict. The verdict 'seen' counts
-- them all. 'carried' are those of them whose posts are older than the ledger, or
-- whose items it knows nothing of: they count as seen and posted.
CREATE TABLE ledger (
	feed    TEXT   NOT NULL,
	account TEXT   NOT NULL,
	verdict TEXT   NOT NULL,
	n       BIGINT NOT NULL,
	PRIMARY KEY (feed, account, verdict)
) {{clustered}};

INSERT INTO ledger (feed, account, verdict, n)
	SELECT feed, account, 'seen', count(*) FROM posts WHERE purpose = 'announce' GROUP BY feed, account
	UNION ALL
	SELECT feed, account, 'carried', count(*) FROM posts WHERE purpose = 'announce' GROUP BY feed, account;

-- More reasons to hold a post: the check on the column names them all, so the
-- table is made anew, and with it the one that refers to it.
CREATE TABLE posts_new (
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
	hold         TEXT   NOT NULL CHECK (hold IN ('', 'approval', 'burst', 'churn', 'duplicate', 'credentials', 'doubt', 'person')),
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

INSERT INTO posts_new SELECT id, item, feed, account, purpose, priority, content, link, fingerprint, state, hold, reason,
	not_before, deadline, draft_state, draft_ready, draft_wait, receipt_id, receipt_url, receipt_note, turn, created, begun,
	first_begun, live_at, attempts, refusals, looks, resent, version FROM posts;

CREATE TABLE changes_new (
	post       TEXT   NOT NULL REFERENCES posts_new (id),
	n          BIGINT NOT NULL,
	at         BIGINT NOT NULL,
	from_state TEXT   NOT NULL,
	to_state   TEXT   NOT NULL,
	what       TEXT   NOT NULL,
	cause      TEXT   NOT NULL,
	who        TEXT   NOT NULL,
	PRIMARY KEY (post, n)
) {{clustered}};

INSERT INTO changes_new SELECT post, n, at, from_state, to_state, what, cause, who FROM changes;

DROP TABLE changes;
DROP TABLE posts;
ALTER TABLE posts_new RENAME TO posts;
ALTER TABLE changes_new RENAME TO changes;

CREATE UNIQUE INDEX posts_once ON posts (item, account) WHERE purpose = 'announce';
CREATE UNIQUE INDEX posts_receipt ON posts (account, receipt_id) WHERE receipt_id <> '';

CREATE INDEX posts_turn ON posts (account, priority DESC, turn, created, id) WHERE state = 'waiting';
CREATE INDEX posts_due ON posts (account, not_before) WHERE state = 'waiting';
CREATE INDEX posts_late ON posts (account, deadline) WHERE state = 'waiting' AND deadline > 0;
CREATE INDEX posts_look ON posts (account, not_before) WHERE state IN ('doubt', 'live') AND not_before > 0;
CREATE INDEX posts_unclear ON posts (account, fingerprint) WHERE state IN ('sending', 'doubt');
CREATE INDEX posts_held ON posts (account, hold) WHERE state = 'held';
CREATE INDEX posts_open_item ON posts (item) WHERE state IN ('waiting', 'held');

CREATE INDEX posts_sent ON posts (account, begun) WHERE begun > 0;
CREATE INDEX posts_bound ON posts (account, live_at) WHERE live_at > 0;
CREATE INDEX posts_link ON posts (account, link) WHERE link <> '';
CREATE INDEX posts_created ON posts (created, id);
CREATE INDEX posts_ledger ON posts (feed, account, state) WHERE purpose = 'announce';
CREATE INDEX posts_url ON posts (receipt_url) WHERE receipt_url <> '';
