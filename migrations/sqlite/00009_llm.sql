-- +goose Up
-- What asking an LLM takes, and what agents say that texts meant.

-- One row for every text that was asked about: a job that runs twice is counted once.
CREATE TABLE llm_calls (
    id      TEXT PRIMARY KEY,           -- of the job
    day     INTEGER NOT NULL,           -- Unix days
    at      INTEGER NOT NULL,
    tokens  INTEGER NOT NULL,           -- an estimate until it is settled
    micros  INTEGER NOT NULL,           -- cost, millionths of the currency
    settled INTEGER NOT NULL DEFAULT 0,
    answer  TEXT    NOT NULL DEFAULT '' -- JSON: what came back
);
CREATE INDEX llm_calls_at ON llm_calls (at);

CREATE TABLE llm_days (
    day    INTEGER PRIMARY KEY,
    tokens INTEGER NOT NULL,
    micros INTEGER NOT NULL,
    calls  INTEGER NOT NULL
);

CREATE TABLE labels (
    conversation TEXT    NOT NULL,
    event        TEXT    NOT NULL,            -- of the conversation: the rev of the text
    text         TEXT    NOT NULL,            -- masked
    language     TEXT    NOT NULL DEFAULT '',
    flow         TEXT    NOT NULL,
    state        TEXT    NOT NULL DEFAULT '',
    intent       TEXT    NOT NULL,            -- "-" : none of the flow's
    agent        TEXT    NOT NULL,
    at           INTEGER NOT NULL,
    PRIMARY KEY (conversation, event)
);
CREATE INDEX labels_flow ON labels (flow, at);

-- +goose Down
-- Migrations only go forward.
SELECT 1;
