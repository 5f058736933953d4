-- +goose Up
-- What the people at work put aside, name and call colleagues to.

ALTER TABLE desk ADD COLUMN snoozed bigint NOT NULL DEFAULT 0; -- until when, Unix ms; 0: it is not put aside
ALTER TABLE desk ADD COLUMN labels TEXT NOT NULL DEFAULT '';  -- one a line

-- Whom a note calls; a row goes when they have looked.
CREATE TABLE mentions (
    agent        TEXT NOT NULL,
    conversation TEXT NOT NULL,
    by_agent     TEXT NOT NULL,
    at           bigint NOT NULL,
    PRIMARY KEY (agent, conversation)
);

-- +goose Down
-- Migrations only go forward.
SELECT 1;
