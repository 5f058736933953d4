-- +goose Up
-- Conversations that a person has, or should have.

CREATE TABLE desk (
    conversation TEXT PRIMARY KEY,
    line         TEXT NOT NULL,
    phone        TEXT NOT NULL,
    owner        TEXT NOT NULL, -- queue, agent
    agent        TEXT NOT NULL DEFAULT '',
    queue        TEXT NOT NULL DEFAULT '',
    reason       TEXT NOT NULL DEFAULT '',
    priority     TEXT NOT NULL DEFAULT '', -- class of what handed over
    since        INTEGER NOT NULL,
    awaiting     INTEGER NOT NULL DEFAULT 0, -- since when the customer waits; 0: they do not
    urgency      INTEGER NOT NULL  -- alert 0, code 1, notice 2, bulk 3: whom to serve first
);
CREATE INDEX desk_waiting ON desk (urgency, since);
CREATE INDEX desk_agent ON desk (agent) WHERE agent <> '';

-- +goose Down
-- Migrations only go forward.
SELECT 1;
