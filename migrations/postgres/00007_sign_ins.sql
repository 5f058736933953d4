-- +goose Up
-- Who works in the console, and where they are signed in.

CREATE TABLE agents (
    name        TEXT PRIMARY KEY, -- small letters: two spellings are one person
    role        TEXT NOT NULL,    -- agent, lead, admin, auditor
    password    TEXT NOT NULL,    -- argon2id, as a PHC string
    once        bigint NOT NULL DEFAULT 1, -- the password was made for them: it opens nothing but the setting of their own
    created_at  bigint NOT NULL,
    disabled_at bigint NOT NULL DEFAULT 0
);

CREATE TABLE sign_ins (
    hash       TEXT PRIMARY KEY, -- SHA-256 of the cookie, hex
    id         TEXT NOT NULL UNIQUE, -- by which it is listed and ended
    agent      TEXT NOT NULL,
    network    TEXT NOT NULL DEFAULT '', -- where it began, /32 or /64
    browser    TEXT NOT NULL DEFAULT '', -- as it called itself
    created_at bigint NOT NULL,
    seen_at    bigint NOT NULL
);
CREATE INDEX sign_ins_agent ON sign_ins (agent, created_at);
CREATE INDEX sign_ins_seen ON sign_ins (seen_at);

-- +goose Down
-- Migrations only go forward.
SELECT 1;
