-- +goose Up
-- What leads count: when people were asked for and answered, and which way runs went.

-- One row for every time that a conversation came to people.
CREATE TABLE handovers (
    conversation text NOT NULL,
    at           bigint NOT NULL,
    queue        text NOT NULL DEFAULT '',
    reason       text NOT NULL DEFAULT '',
    test         smallint NOT NULL DEFAULT 0,
    answered_at  bigint NOT NULL DEFAULT 0, -- when a person first wrote; 0: nobody has
    agent        text NOT NULL DEFAULT '', -- who did
    PRIMARY KEY (conversation, at)
);
CREATE INDEX handovers_at ON handovers (at, test, reason, answered_at); -- all that is counted of them

INSERT INTO handovers (conversation, at, queue, reason) SELECT conversation, since, queue, reason FROM desk;

-- The states that a run has been in, in the order of the first visits, with spaces between.
ALTER TABLE results ADD COLUMN path text NOT NULL DEFAULT '';

CREATE INDEX consents_out ON consents (at) WHERE state = 'out';

-- +goose Down
-- Migrations only go forward.
SELECT 1;
