-- +goose Up
-- Times are Unix milliseconds of this database's clock, flags smallint, JSON text.

CREATE TABLE installation (
    id         smallint PRIMARY KEY CHECK (id = 1),
    salt       text   NOT NULL, -- keys the derivation of conversation ids
    created_at bigint NOT NULL
);

CREATE TABLE conversations (
    id         text PRIMARY KEY, -- HMAC of (line, phone) under the salt
    line       text   NOT NULL,
    phone      text   NOT NULL,
    rev        bigint NOT NULL DEFAULT 0,
    epoch      bigint NOT NULL DEFAULT 0, -- copy of the state's owner epoch, for claims
    wake_at    bigint NOT NULL DEFAULT 0, -- lower bound of the earliest timer; 0: none
    state      text   NOT NULL DEFAULT '',
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL
) WITH (fillfactor = 80);
CREATE UNIQUE INDEX conversations_pair ON conversations (line, phone);
CREATE INDEX conversations_phone ON conversations (phone);
CREATE INDEX conversations_wake ON conversations (wake_at) WHERE wake_at > 0;

CREATE TABLE events (
    conversation text   NOT NULL,
    rev          bigint NOT NULL,
    at           bigint NOT NULL,
    kind         text   NOT NULL,
    data         text   NOT NULL,
    PRIMARY KEY (conversation, rev)
);

CREATE TABLE messages (
    id           text PRIMARY KEY, -- UUIDv7
    conversation text     NOT NULL,
    position     bigint   NOT NULL, -- rev << 8 | n
    run          text     NOT NULL DEFAULT '',
    line         text     NOT NULL,
    phone        text     NOT NULL,
    class        text     NOT NULL,
    priority     smallint NOT NULL,
    body         text     NOT NULL,
    media        text     NOT NULL DEFAULT '',
    segments     bigint   NOT NULL,
    wait         bigint   NOT NULL DEFAULT 0,
    epoch        bigint   NOT NULL DEFAULT 0,
    by_agent     smallint NOT NULL DEFAULT 0,
    exempt       smallint NOT NULL DEFAULT 0,
    test         smallint NOT NULL DEFAULT 0,
    created_at   bigint   NOT NULL,
    due_at       bigint   NOT NULL,
    expires_at   bigint   NOT NULL,
    status       text     NOT NULL,
    node         text     NOT NULL DEFAULT '',
    lease_until  bigint   NOT NULL DEFAULT 0,
    attempt      bigint   NOT NULL DEFAULT 0,
    carrier      text     NOT NULL DEFAULT '',
    provider_id  text     NOT NULL DEFAULT '', -- of its first part
    sent_at      bigint   NOT NULL DEFAULT 0,
    finished_at  bigint   NOT NULL DEFAULT 0,
    parked       smallint NOT NULL DEFAULT 0, -- of unknown fate, waits for a person or a receipt
    untold       smallint NOT NULL DEFAULT 0, -- its conversation waits and has not heard of this fate yet
    error        text     NOT NULL DEFAULT ''
) WITH (fillfactor = 80);
CREATE INDEX messages_queued ON messages (line, priority, due_at, id) WHERE status = 'queued';
CREATE INDEX messages_open ON messages (conversation, position) WHERE status IN ('queued', 'sending');
CREATE INDEX messages_leased ON messages (lease_until) WHERE status = 'sending';
CREATE INDEX messages_untold ON messages (id) WHERE untold = 1;
CREATE INDEX messages_thread ON messages (conversation, position);

CREATE TABLE provider_messages (
    carrier     text   NOT NULL,
    provider_id text   NOT NULL,
    message     text   NOT NULL DEFAULT '', -- '' until settled, when a receipt came first
    status      text   NOT NULL DEFAULT '',
    raw         text   NOT NULL DEFAULT '',
    error       text   NOT NULL DEFAULT '',
    parts       smallint NOT NULL DEFAULT 1, -- of the message; it is delivered when all of them are
    at          bigint NOT NULL,
    PRIMARY KEY (carrier, provider_id)
);
CREATE INDEX provider_messages_parts ON provider_messages (message) WHERE parts > 1;
CREATE INDEX provider_messages_at ON provider_messages USING brin (at);

-- Unpartitioned: a unique key on a partitioned table must contain the partition column.
CREATE TABLE inbox (
    carrier   text   NOT NULL,
    key       text   NOT NULL,
    at        bigint NOT NULL,
    result    text   NOT NULL DEFAULT '',
    body_hash text   NOT NULL DEFAULT '',
    PRIMARY KEY (carrier, key)
);
CREATE INDEX inbox_at ON inbox USING brin (at);

CREATE TABLE consents (
    phone  text PRIMARY KEY,
    state  text   NOT NULL,
    at     bigint NOT NULL,
    source text   NOT NULL DEFAULT '',
    word   text   NOT NULL DEFAULT ''
);

CREATE TABLE nodes (
    id         text PRIMARY KEY,
    started_at bigint NOT NULL,
    seen_at    bigint NOT NULL
);

CREATE TABLE flow_versions (
    hash       text PRIMARY KEY,
    name       text   NOT NULL,
    source     text   NOT NULL,
    created_at bigint NOT NULL
);

CREATE TABLE dead_letters (
    id           text PRIMARY KEY,
    at           bigint NOT NULL,
    carrier      text   NOT NULL DEFAULT '',
    key          text   NOT NULL DEFAULT '',
    kind         text   NOT NULL,
    reason       text   NOT NULL,
    conversation text   NOT NULL DEFAULT '',
    event        text   NOT NULL,
    status       text   NOT NULL DEFAULT 'dead', -- dead, retried, dropped
    tries        bigint NOT NULL DEFAULT 0
);
CREATE INDEX dead_letters_open ON dead_letters (id) WHERE status = 'dead';

CREATE TABLE api_keys (
    id           text PRIMARY KEY,
    hash         text     NOT NULL UNIQUE,
    name         text     NOT NULL,
    mode         text     NOT NULL, -- live, test
    scopes       text     NOT NULL, -- separated by spaces
    created_at   bigint   NOT NULL,
    last_used_at bigint   NOT NULL DEFAULT 0,
    revoked_at   bigint   NOT NULL DEFAULT 0
);

-- The feed: a batch leaves one pending row; a relay numbers committed rows.
CREATE TABLE feed_pending (
    id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, -- taken under the conversations' locks: in order for each
    at     bigint NOT NULL,
    events text   NOT NULL  -- JSON list of {conversation, rev, kind}
);
CREATE TABLE feed (
    seq    bigint PRIMARY KEY, -- of the last event in the row
    count  bigint NOT NULL,
    at     bigint NOT NULL,
    events text   NOT NULL
);
CREATE TABLE feed_head (
    id    smallint PRIMARY KEY CHECK (id = 1),
    epoch text   NOT NULL, -- changes when the feed is truncated or restored
    seq   bigint NOT NULL
);

-- +goose Down
-- Migrations only go forward.
SELECT 1;
