-- +goose Up
-- What people at work keep of the list, each for themselves, and what it can be filtered by.

CREATE TABLE views (
    agent  TEXT NOT NULL,
    name   TEXT NOT NULL,
    filter TEXT NOT NULL, -- JSON
    at     bigint NOT NULL, -- when it was first kept: views stand in this order
    PRIMARY KEY (agent, name)
);

ALTER TABLE desk ADD COLUMN flow TEXT NOT NULL DEFAULT ''; -- that handed over

-- +goose Down
-- Migrations only go forward.
SELECT 1;
