-- +goose Up
-- What is known of a phone; written by the API, imports and flows.

CREATE TABLE contacts (
    phone      TEXT PRIMARY KEY,
    name       TEXT    NOT NULL DEFAULT '',
    language   TEXT    NOT NULL DEFAULT '', -- BCP 47
    timezone   TEXT    NOT NULL DEFAULT '', -- IANA
    fields     TEXT    NOT NULL DEFAULT '', -- JSON object; '' : none
    tags       TEXT    NOT NULL DEFAULT '', -- JSON list of words; '' : none
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);

-- +goose Down
-- Migrations only go forward.
SELECT 1;
