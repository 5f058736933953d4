-- +goose Up
-- Most codes are asked for without a key: they need no place in the index of keys.

DROP INDEX challenges_origin;
CREATE UNIQUE INDEX challenges_origin ON challenges (origin) WHERE origin IS NOT NULL;

-- +goose Down
-- Migrations only go forward.
SELECT 1;
