-- Posts that follow from others, and one more reason to hold a post: the check on
-- the column names them all, so the table is made anew, and with it the one that
-- refers to it.
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
	hold         TEXT   NOT NULL CHECK (hold IN ('', 'approval', 'burst', 'churn', 'duplicate', 'credentials', 'doubt', 'alt', 'person')),
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
	parent       TEXT   NOT NULL DEFAULT '',  -- posts.id: what it answers, changes or stands in for
	root         TEXT   NOT NULL DEFAULT '',  -- posts.id: the first post of the parent's thread
	embargo      BIGINT NOT NULL DEFAULT 0,
	receipt_version TEXT NOT NULL DEFAULT '',
	CHECK ((state = 'held') = (hold <> '')),
	CHECK (state NOT IN ('sending', 'doubt') OR begun > 0),
	CHECK (state <> 'live' OR live_at > 0)
);

INSERT INTO posts_new SELECT id, item, feed, account, purpose, priority, content, link, fingerprint, state, hold, reason,
	not_before, deadline, draft_state, draft_ready, draft_wait, receipt_id, receipt_url, receipt_note, turn, created, begun,
	first_begun, live_at, attempts, refusals, looks, resent, version, '', '', 0, '' FROM posts;

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
CREATE INDEX posts_steers ON posts (account, created, id) WHERE state = 'waiting' AND purpose IN ('edit', 'withdraw');
CREATE INDEX posts_embargo ON posts (account, embargo) WHERE state = 'waiting' AND embargo > 0;
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
CREATE INDEX posts_parent ON posts (parent) WHERE parent <> '';
CREATE INDEX posts_item ON posts (item, account);

-- The bytes of pictures, as they are uploaded or served below /media/, for as long
-- as a post may need them. They are swept once they have expired, unless a post
-- that has yet to go out names them.
CREATE TABLE files (
	name    TEXT   NOT NULL PRIMARY KEY,      -- nobody can guess it
	type    TEXT   NOT NULL,
	bytes   {{bytes}} NOT NULL,
	width   BIGINT NOT NULL,
	height  BIGINT NOT NULL,
	public  BIGINT NOT NULL CHECK (public IN (0, 1)), -- served to whoever knows the name
	created BIGINT NOT NULL,
	expires BIGINT NOT NULL
);

CREATE INDEX files_expires ON files (expires);

-- What the page of an article says of its picture, so that it is asked for once.
-- An empty body: somebody is asking for it since that moment.
CREATE TABLE pages (
	url     TEXT   NOT NULL PRIMARY KEY,
	fetched BIGINT NOT NULL,
	body    TEXT   NOT NULL                   -- as package media writes it
);

CREATE INDEX pages_fetched ON pages (fetched);

-- What must not be posted any more, by any of its names: keys as in table keys, of
-- every group.
CREATE TABLE blocked (
	key    TEXT   NOT NULL PRIMARY KEY,
	url    TEXT   NOT NULL,
	item   TEXT   NOT NULL,
	at     BIGINT NOT NULL,
	who    TEXT   NOT NULL,
	reason TEXT   NOT NULL
) {{clustered}};
