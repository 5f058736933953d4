-- +goose Up
-- What the rules of queues go by: what happened when, who is there, who got something last.

ALTER TABLE desk ADD COLUMN wrote bigint NOT NULL DEFAULT 0;   -- when the customer last texted
ALTER TABLE desk ADD COLUMN replied bigint NOT NULL DEFAULT 0; -- when a person last answered
ALTER TABLE desk ADD COLUMN given bigint NOT NULL DEFAULT 0;   -- since when the agent has it before them

CREATE TABLE presence (
    agent TEXT PRIMARY KEY,
    away  smallint NOT NULL DEFAULT 0, -- 1: they say so
    since bigint NOT NULL,          -- of away, Unix ms
    seen  bigint NOT NULL           -- when a node last had a socket of theirs, Unix ms
);

CREATE TABLE assignments (
    queue TEXT NOT NULL,
    agent TEXT NOT NULL,
    turn  bigint NOT NULL, -- the last that the agent got there; turns are counted over all queues
    PRIMARY KEY (queue, agent)
);

-- Which node carries the rules out, until when.
CREATE TABLE ruling (
    id    integer PRIMARY KEY CHECK (id = 1),
    node  TEXT NOT NULL,
    until bigint NOT NULL
);
INSERT INTO ruling (id, node, until) VALUES (1, '', 0);

-- +goose Down
-- Migrations only go forward.
SELECT 1;
