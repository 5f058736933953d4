-- +goose Up
-- What leads count: when people were asked for and answered, and which way runs went.

-- One row for every time that a conversation came to people.
CREATE TABLE handovers (
    conversation TEXT NOT NULL,
    at           INTEGER NOT NULL,
    queue        TEXT NOT NULL DEFAULT '',
    reason       TEXT NOT NULL DEFAULT '',
    test         INTEGER NOT NULL DEFAULT 0,
    answered_at  INTEGER NOT NULL DEFAULT 0, -- when a person first wrote; 0: nobody has
    agent        TEXT NOT NULL DEFAULT '', -- who did
    PRIMARY KEY (conversation, at)
);
CREATE INDEX handovers_at ON handovers (at, test, reason, answered_at); -- all that is counted of them

INSERT INTO handovers (conversation, at, queue, reason) SELECT conversation, since, queue, reason FROM desk;

-- The states that a run has been in, in the order of the first visits, with spaces between.
ALTER TABLE results ADD COLUMN path TEXT NOT NULL DEFAULT '';

CREATE INDEX consents_out ON consents (at) WHERE state = 'out';

-- +goose Down
-- Migrations only go forward.
SELECT 1;
