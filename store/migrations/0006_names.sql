-- The public names of lines and stops, as they were last read from a static GTFS, so
-- that a daemon has them when it starts. Sources that nobody asks for any more are
-- forgotten.
CREATE TABLE names (
	source        TEXT   NOT NULL PRIMARY KEY, -- a digest of the address or the path
	etag          TEXT   NOT NULL,
	last_modified TEXT   NOT NULL,
	issuer        TEXT   NOT NULL,             -- of the validators
	body_hash     TEXT   NOT NULL,
	fetched       BIGINT NOT NULL,             -- when the source was last read, or said that nothing changed; 0: never
	tried         BIGINT NOT NULL,             -- when that was last tried
	problem       TEXT   NOT NULL,             -- why it failed; empty: it did not
	body          {{bytes}} NOT NULL           -- as package gtfs writes it; empty: it was never read
);
