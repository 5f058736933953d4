-- +goose Up
-- One row for every run that is over.

CREATE TABLE results (
    flow         TEXT    NOT NULL,
    ended_at     INTEGER NOT NULL,
    run          TEXT    NOT NULL,
    hash         TEXT    NOT NULL,
    conversation TEXT    NOT NULL,
    line         TEXT    NOT NULL,
    phone        TEXT    NOT NULL,
    key          TEXT    NOT NULL DEFAULT '',
    language     TEXT    NOT NULL DEFAULT '',
    outcome      TEXT    NOT NULL,
    state        TEXT    NOT NULL,
    began_at     INTEGER NOT NULL,
    answer_in    INTEGER NOT NULL DEFAULT 0, -- ms to the first answer; 0: none
    texts        INTEGER NOT NULL DEFAULT 0,
    test         INTEGER NOT NULL DEFAULT 0,
    details      TEXT    NOT NULL DEFAULT '', -- JSON: answers, readings, photos; never secrets
    PRIMARY KEY (flow, ended_at, run)
);
CREATE INDEX results_phone ON results (phone); -- for erasure

-- +goose Down
-- Migrations only go forward.
SELECT 1;
