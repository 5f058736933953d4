-- +goose Up
-- The list of the people at work is read along this order, a page at a time.

ALTER TABLE desk ADD COLUMN aside bigint GENERATED ALWAYS AS (CASE WHEN snoozed > 0 THEN 1 ELSE 0 END) STORED;
CREATE INDEX desk_order ON desk (aside, urgency, since, conversation);

-- +goose Down
-- Migrations only go forward.
SELECT 1;
