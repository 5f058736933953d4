-- +goose Up
-- Endpoints of callbacks that said they are gone (410). Whoever has no row is told.
CREATE TABLE callback_endpoints (
    name        TEXT PRIMARY KEY,
    address     TEXT   NOT NULL, -- SHA-256 of the URL that was gone: another one is told again
    disabled_at INTEGER NOT NULL
);

-- +goose Down
-- Migrations only go forward.
SELECT 1;
