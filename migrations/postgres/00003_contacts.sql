-- +goose Up
-- What is known of a phone; written by the API, imports and flows.

CREATE TABLE contacts (
    phone      text PRIMARY KEY,
    name       text   NOT NULL DEFAULT '',
    language   text   NOT NULL DEFAULT '', -- BCP 47
    timezone   text   NOT NULL DEFAULT '', -- IANA
    fields     text   NOT NULL DEFAULT '', -- JSON object; '' : none
    tags       text   NOT NULL DEFAULT '', -- JSON list of words; '' : none
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL
);

-- +goose Down
-- Migrations only go forward.
SELECT 1;
