-- +goose Up
-- What asking an LLM takes, and what agents say that texts meant.

-- One row for every text that was asked about: a job that runs twice is counted once.
CREATE TABLE llm_calls (
    id      text PRIMARY KEY,           -- of the job
    day     bigint NOT NULL,           -- Unix days
    at      bigint NOT NULL,
    tokens  bigint NOT NULL,           -- an estimate until it is settled
    micros  bigint NOT NULL,           -- cost, millionths of the currency
    settled smallint NOT NULL DEFAULT 0,
    answer  text    NOT NULL DEFAULT '' -- JSON: what came back
);
CREATE INDEX llm_calls_at ON llm_calls (at);

CREATE TABLE llm_days (
    day    bigint PRIMARY KEY,
    tokens bigint NOT NULL,
    micros bigint NOT NULL,
    calls  bigint NOT NULL
);

CREATE TABLE labels (
    conversation text    NOT NULL,
    event        text    NOT NULL,            -- of the conversation: the rev of the text
    text         text    NOT NULL,            -- masked
    language     text    NOT NULL DEFAULT '',
    flow         text    NOT NULL,
    state        text    NOT NULL DEFAULT '',
    intent       text    NOT NULL,            -- "-" : none of the flow's
    agent        text    NOT NULL,
    at           bigint NOT NULL,
    PRIMARY KEY (conversation, event)
);
CREATE INDEX labels_flow ON labels (flow, at);

-- +goose Down
-- Migrations only go forward.
SELECT 1;
