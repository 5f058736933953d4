-- +goose Up
-- Numbers that prove nothing for a subject that was sent codes there, whether or not it
-- ever proved itself under them.

CREATE TABLE suspensions (
    phone   text NOT NULL,
    subject text NOT NULL,
    reason  text NOT NULL, -- wrong_number, unknown_subscriber
    at      bigint NOT NULL,
    PRIMARY KEY (phone, subject)
);

-- +goose Down
-- Migrations only go forward.
SELECT 1;
