-- +goose Up
-- Sends that a customer texted for, which whoever asked for the code must not see.

ALTER TABLE challenges ADD COLUMN again BIGINT NOT NULL DEFAULT 0;

-- +goose Down
-- Migrations only go forward.
SELECT 1;
