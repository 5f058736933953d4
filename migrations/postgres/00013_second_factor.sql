-- +goose Up
-- The second factor of those who sign in: secrets of authenticator apps, base32.

ALTER TABLE agents ADD COLUMN totp TEXT NOT NULL DEFAULT '';         -- '': they sign in by password alone
ALTER TABLE agents ADD COLUMN totp_begun TEXT NOT NULL DEFAULT '';   -- one that no code has confirmed yet
ALTER TABLE agents ADD COLUMN totp_step bigint NOT NULL DEFAULT 0;    -- the last that a code was taken of: each is good once

-- +goose Down
-- Migrations only go forward.
SELECT 1;
