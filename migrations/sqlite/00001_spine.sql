-- +goose Up
-- Times are Unix milliseconds of this database's clock, flags integers, JSON text.

CREATE TABLE installation (
    id         INTEGER PRIMARY KEY CHECK (id = 1),
    salt       TEXT   NOT NULL, -- keys the derivation of conversation ids
    created_at INTEGER NOT NULL
);

CREATE TABLE conversations (
    id         TEXT PRIMARY KEY, -- HMAC of (line, phone) under the salt
    line       TEXT   NOT NULL,
    phone      TEXT   NOT NULL,
    rev        INTEGER NOT NULL DEFAULT 0,
    epoch      INTEGER NOT NULL DEFAULT 0, -- copy of the state's owner epoch, for claims
    wake_at    INTEGER NOT NULL DEFAULT 0, -- lower bound of the earliest timer; 0: none
    state      TEXT   NOT NULL DEFAULT '',
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);
CREATE UNIQUE INDEX conversations_pair ON conversations (line, phone);
CREATE INDEX conversations_phone ON conversations (phone);
CREATE INDEX conversations_wake ON conversations (wake_at) WHERE wake_at > 0;

CREATE TABLE events (
    conversation TEXT   NOT NULL,
    rev          INTEGER NOT NULL,
    at           INTEGER NOT NULL,
    kind         TEXT   NOT NULL,
    data         TEXT   NOT NULL,
    PRIMARY KEY (conversation, rev)
);

CREATE TABLE messages (
    id           TEXT PRIMARY KEY, -- UUIDv7
    conversation TEXT     NOT NULL,
    position     INTEGER   NOT NULL, -- rev << 8 | n
    run          TEXT     NOT NULL DEFAULT '',
    line         TEXT     NOT NULL,
    phone        TEXT     NOT NULL,
    class        TEXT     NOT NULL,
    priority     INTEGER NOT NULL,
    body         TEXT     NOT NULL,
    media        TEXT     NOT NULL DEFAULT '',
    segments     INTEGER   NOT NULL,
    wait         INTEGER   NOT NULL DEFAULT 0,
    epoch        INTEGER   NOT NULL DEFAULT 0,
    by_agent     INTEGER NOT NULL DEFAULT 0,
    exempt       INTEGER NOT NULL DEFAULT 0,
    test         INTEGER NOT NULL DEFAULT 0,
    created_at   INTEGER   NOT NULL,
    due_at       INTEGER   NOT NULL,
    expires_at   INTEGER   NOT NULL,
    status       TEXT     NOT NULL,
    node         TEXT     NOT NULL DEFAULT '',
    lease_until  INTEGER   NOT NULL DEFAULT 0,
    attempt      INTEGER   NOT NULL DEFAULT 0,
    carrier      TEXT     NOT NULL DEFAULT '',
    provider_id  TEXT     NOT NULL DEFAULT '', -- of its first part
    sent_at      INTEGER   NOT NULL DEFAULT 0,
    finished_at  INTEGER   NOT NULL DEFAULT 0,
    parked       INTEGER NOT NULL DEFAULT 0, -- of unknown fate, waits for a person or a receipt
    untold       INTEGER NOT NULL DEFAULT 0, -- its conversation waits and has not heard of this fate yet
    error        TEXT     NOT NULL DEFAULT ''
);
CREATE INDEX messages_queued ON messages (line, priority, due_at, id) WHERE status = 'queued';
CREATE INDEX messages_open ON messages (conversation, position) WHERE status IN ('queued', 'sending');
CREATE INDEX messages_leased ON messages (lease_until) WHERE status = 'sending';
CREATE INDEX messages_untold ON messages (id) WHERE untold = 1;
CREATE INDEX messages_thread ON messages (conversation, position);

CREATE TABLE provider_messages (
    carrier     TEXT   NOT NULL,
    provider_id TEXT   NOT NULL,
    message     TEXT   NOT NULL DEFAULT '', -- '' until settled, when a receipt came first
    status      TEXT   NOT NULL DEFAULT '',
    raw         TEXT   NOT NULL DEFAULT '',
    error       TEXT   NOT NULL DEFAULT '',
    parts       INTEGER NOT NULL DEFAULT 1, -- of the message; it is delivered when all of them are
    at          INTEGER NOT NULL,
    PRIMARY KEY (carrier, provider_id)
);
CREATE INDEX provider_messages_parts ON provider_messages (message) WHERE parts > 1;

-- Unpartitioned: a unique key on a partitioned table must contain the partition column.
CREATE TABLE inbox (
    carrier   TEXT   NOT NULL,
    key       TEXT   NOT NULL,
    at        INTEGER NOT NULL,
    result    TEXT   NOT NULL DEFAULT '',
    body_hash TEXT   NOT NULL DEFAULT '',
    PRIMARY KEY (carrier, key)
);

CREATE TABLE consents (
    phone  TEXT PRIMARY KEY,
    state  TEXT   NOT NULL,
    at     INTEGER NOT NULL,
    source TEXT   NOT NULL DEFAULT '',
    word   TEXT   NOT NULL DEFAULT ''
);

CREATE TABLE nodes (
    id         TEXT PRIMARY KEY,
    started_at INTEGER NOT NULL,
    seen_at    INTEGER NOT NULL
);

CREATE TABLE flow_versions (
    hash       TEXT PRIMARY KEY,
    name       TEXT   NOT NULL,
    source     TEXT   NOT NULL,
    created_at INTEGER NOT NULL
);

CREATE TABLE dead_letters (
    id           TEXT PRIMARY KEY,
    at           INTEGER NOT NULL,
    carrier      TEXT   NOT NULL DEFAULT '',
    key          TEXT   NOT NULL DEFAULT '',
    kind         TEXT   NOT NULL,
    reason       TEXT   NOT NULL,
    conversation TEXT   NOT NULL DEFAULT '',
    event        TEXT   NOT NULL,
    status       TEXT   NOT NULL DEFAULT 'dead', -- dead, retried, dropped
    tries        INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX dead_letters_open ON dead_letters (id) WHERE status = 'dead';

CREATE TABLE api_keys (
    id           TEXT PRIMARY KEY,
    hash         TEXT     NOT NULL UNIQUE,
    name         TEXT     NOT NULL,
    mode         TEXT     NOT NULL, -- live, test
    scopes       TEXT     NOT NULL, -- separated by spaces
    created_at   INTEGER   NOT NULL,
    last_used_at INTEGER   NOT NULL DEFAULT 0,
    revoked_at   INTEGER   NOT NULL DEFAULT 0
);

-- The feed: a batch leaves one pending row; a relay numbers committed rows.
CREATE TABLE feed_pending (
    id     INTEGER PRIMARY KEY AUTOINCREMENT, -- taken under the write lock: in order
    at     INTEGER NOT NULL,
    events TEXT   NOT NULL  -- JSON list of {conversation, rev, kind}
);
CREATE TABLE feed (
    seq    INTEGER PRIMARY KEY, -- of the last event in the row
    count  INTEGER NOT NULL,
    at     INTEGER NOT NULL,
    events TEXT   NOT NULL
);
CREATE TABLE feed_head (
    id    INTEGER PRIMARY KEY CHECK (id = 1),
    epoch TEXT   NOT NULL, -- changes when the feed is truncated or restored
    seq   INTEGER NOT NULL
);

-- +goose Down
-- Migrations only go forward.
SELECT 1;
