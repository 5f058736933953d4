-- +goose Up
-- One row for every run that is over.

CREATE TABLE results (
    flow         text    NOT NULL,
    ended_at     bigint  NOT NULL,
    run          text    NOT NULL,
    hash         text    NOT NULL,
    conversation text    NOT NULL,
    line         text    NOT NULL,
    phone        text    NOT NULL,
    key          text    NOT NULL DEFAULT '',
    language     text    NOT NULL DEFAULT '',
    outcome      text    NOT NULL,
    state        text    NOT NULL,
    began_at     bigint  NOT NULL,
    answer_in    bigint  NOT NULL DEFAULT 0, -- ms to the first answer; 0: none
    texts        bigint  NOT NULL DEFAULT 0,
    test         smallint NOT NULL DEFAULT 0,
    details      text    NOT NULL DEFAULT '', -- JSON: answers, readings, photos; never secrets
    PRIMARY KEY (flow, ended_at, run)
);
CREATE INDEX results_phone ON results (phone); -- for erasure

-- +goose Down
-- Migrations only go forward.
SELECT 1;
