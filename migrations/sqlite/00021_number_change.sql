-- +goose Up
-- Another number takes the place of one that agreed, or of one whose owner was shown
-- otherwise.

ALTER TABLE bindings ADD COLUMN agreed_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE challenges ADD COLUMN proof TEXT NOT NULL DEFAULT '';

-- +goose Down
-- Migrations only go forward.
SELECT 1;
