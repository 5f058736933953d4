-- +goose Up
-- Here the trigger on UPDATE hears of an insert that replaces; see the other engine's.
SELECT 1;

-- +goose Down
-- Migrations only go forward.
SELECT 1;
