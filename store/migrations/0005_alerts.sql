-- What is remembered of the alerts of feeds: see spool.Tracked. n grows in the order
-- in which they were first listed. An alert is recorded once its item is, and has an
-- account if it is a digest, which is made for that account.
CREATE TABLE alerts (
	n        {{serial}},
	feed     TEXT   NOT NULL,
	item     TEXT   NOT NULL,                 -- items.id, once it is recorded
	open     BIGINT NOT NULL CHECK (open IN (0, 1)),
	closed   BIGINT NOT NULL CHECK (open = 1 OR closed > 0),
	recorded BIGINT NOT NULL CHECK (recorded IN (0, 1)),
	account  TEXT   NOT NULL,
	body     TEXT   NOT NULL                  -- spool.Tracked as JSON
);

CREATE UNIQUE INDEX alerts_item ON alerts (feed, item);
CREATE INDEX alerts_open ON alerts (feed, account) WHERE open = 1;
CREATE INDEX alerts_closed ON alerts (feed, closed) WHERE open = 0;
