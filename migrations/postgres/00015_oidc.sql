-- +goose Up
-- Whom the provider that people sign in by means by a name: its issuer and subject.

ALTER TABLE agents ADD COLUMN oidc TEXT NOT NULL DEFAULT ''; -- '': they have not come by it yet

-- +goose Down
-- Migrations only go forward.
SELECT 1;
