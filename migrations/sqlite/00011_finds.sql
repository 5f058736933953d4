-- +goose Up
-- What conversations are found by: a row for each text, with rev; one for whom it is
-- with, with rev 0. Filled from the feed, after the fact.

CREATE TABLE finds (
    id           INTEGER PRIMARY KEY,
    conversation TEXT NOT NULL,
    rev          INTEGER NOT NULL,
    at           INTEGER NOT NULL,
    words        TEXT NOT NULL, -- folded, with single spaces
    UNIQUE (conversation, rev)
);

CREATE VIRTUAL TABLE finds_words USING fts5 (words, content = 'finds', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 0');

-- +goose StatementBegin
CREATE TRIGGER finds_added AFTER INSERT ON finds BEGIN
    INSERT INTO finds_words (rowid, words) VALUES (new.id, new.words);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER finds_gone AFTER DELETE ON finds BEGIN
    INSERT INTO finds_words (finds_words, rowid, words) VALUES ('delete', old.id, old.words);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER finds_changed AFTER UPDATE ON finds BEGIN
    INSERT INTO finds_words (finds_words, rowid, words) VALUES ('delete', old.id, old.words);
    INSERT INTO finds_words (rowid, words) VALUES (new.id, new.words);
END;
-- +goose StatementEnd

-- How far the feed has been gone through.
CREATE TABLE finds_head (
    id  INTEGER PRIMARY KEY CHECK (id = 1),
    seq INTEGER NOT NULL
);
INSERT INTO finds_head (id, seq) VALUES (1, 0);

-- +goose Down
-- Migrations only go forward.
SELECT 1;
