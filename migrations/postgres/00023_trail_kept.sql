-- +goose Up
-- The audit trail is only added to, whoever asks. Who may drop a trigger may do more; that
-- is what its hashes are for.

-- +goose StatementBegin
CREATE FUNCTION audit_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit trail is only added to';
END
$$;
-- +goose StatementEnd

CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_kept();

-- +goose Down
-- Migrations only go forward.
SELECT 1;
