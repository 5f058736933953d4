-- +goose Up
-- The audit trail is only added to, whoever asks. Who may drop a trigger may do more; that
-- is what its hashes are for.

-- +goose StatementBegin
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN
    SELECT RAISE(ABORT, 'the audit trail is only added to');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN
    SELECT RAISE(ABORT, 'the audit trail is only added to');
END;
-- +goose StatementEnd

-- +goose Down
-- Migrations only go forward.
SELECT 1;
