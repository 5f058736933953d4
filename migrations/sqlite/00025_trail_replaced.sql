-- +goose Up
-- REPLACE takes rows out without a DELETE that triggers hear of.

-- +goose StatementBegin
CREATE TRIGGER audit_no_replace BEFORE INSERT ON audit WHEN EXISTS (SELECT 1 FROM audit WHERE seq = NEW.seq) BEGIN
    SELECT RAISE(ABORT, 'the audit trail is only added to');
END;
-- +goose StatementEnd

-- +goose Down
-- Migrations only go forward.
SELECT 1;
