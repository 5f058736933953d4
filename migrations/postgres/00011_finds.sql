-- +goose Up
-- What conversations are found by: a row for each text, with rev; one for whom it is
-- with, with rev 0. Filled from the feed, after the fact.

CREATE TABLE finds (
    conversation text   NOT NULL,
    rev          bigint NOT NULL,
    at           bigint NOT NULL,
    words        text   NOT NULL, -- folded, with single spaces
    PRIMARY KEY (conversation, rev)
);
-- The words are Parley's own, so that no dictionary and no locale has a say in what one is.
CREATE INDEX finds_words ON finds USING gin (array_to_tsvector(string_to_array(words, ' ')));

-- How far the feed has been gone through.
CREATE TABLE finds_head (
    id  integer PRIMARY KEY CHECK (id = 1),
    seq bigint NOT NULL
);
INSERT INTO finds_head (id, seq) VALUES (1, 0);

-- +goose Down
-- Migrations only go forward.
SELECT 1;
