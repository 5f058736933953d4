-- +goose Up
-- Which wait of the customer is known to be longer than it should be.

ALTER TABLE desk ADD COLUMN overdue bigint NOT NULL DEFAULT 0; -- its awaiting

-- +goose Down
-- Migrations only go forward.
SELECT 1;
