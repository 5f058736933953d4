-- +goose Up
-- What people keep for use again.

CREATE TABLE saved_replies (
    name     TEXT PRIMARY KEY,
    text     TEXT NOT NULL, -- with expressions
    by_agent TEXT NOT NULL, -- who wrote it last
    at       INTEGER NOT NULL
);

-- +goose Down
-- Migrations only go forward.
SELECT 1;
