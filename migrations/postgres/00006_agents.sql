-- +goose Up
-- Keys of single agents, and numbers that are still to be told that they were changed.

ALTER TABLE api_keys ADD COLUMN agent TEXT NOT NULL DEFAULT ''; -- whose key it is; '': a program's

CREATE TABLE rebindings (
    subject    TEXT NOT NULL,
    previous   TEXT NOT NULL,    -- the number before, which is to be told
    line       TEXT NOT NULL DEFAULT '',
    language   TEXT NOT NULL DEFAULT '',
    changed_at bigint NOT NULL,
    PRIMARY KEY (subject, changed_at, previous)
);
INSERT INTO rebindings (subject, previous, line, language, changed_at)
    SELECT subject, previous, line, language, changed_at FROM bindings WHERE untold = 1;
DROP INDEX bindings_untold;
ALTER TABLE bindings DROP COLUMN untold;
ALTER TABLE bindings DROP COLUMN previous;

-- +goose Down
-- Migrations only go forward.
SELECT 1;
