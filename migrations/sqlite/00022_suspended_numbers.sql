-- +goose Up
-- Numbers that prove nothing for a subject that was sent codes there, whether or not it
-- ever proved itself under them.

CREATE TABLE suspensions (
    phone   TEXT NOT NULL,
    subject TEXT NOT NULL,
    reason  TEXT NOT NULL, -- wrong_number, unknown_subscriber
    at      INTEGER NOT NULL,
    PRIMARY KEY (phone, subject)
);

-- +goose Down
-- Migrations only go forward.
SELECT 1;
