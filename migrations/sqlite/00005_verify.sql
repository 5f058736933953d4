-- +goose Up
-- One-time codes, customer accounts, and the audit trail of both.

-- challenge names the code that a message brings: its text has a blank in its place.
ALTER TABLE messages ADD COLUMN challenge TEXT NOT NULL DEFAULT '';

CREATE TABLE challenges (
    id            TEXT PRIMARY KEY, -- 128 random bits: whoever asked for the code holds it
    subject       TEXT NOT NULL,    -- whose code it is, as the business calls them
    purpose       TEXT NOT NULL,
    line          TEXT NOT NULL DEFAULT '',
    phone         TEXT NOT NULL DEFAULT '', -- '': a decoy, which nobody is texted
    conversation  TEXT NOT NULL DEFAULT '',
    run           TEXT NOT NULL DEFAULT '', -- the flow's run that asked
    language      TEXT NOT NULL DEFAULT '',
    context       TEXT NOT NULL DEFAULT '', -- SHA-256 of the transaction, hex
    autofill      TEXT NOT NULL DEFAULT '', -- the last line: @origin #, or an app's hash
    about         TEXT NOT NULL DEFAULT '', -- of a payment: what the text says of it
    origin        TEXT,                     -- what asked, once: a job's or a request's key
    network       TEXT NOT NULL DEFAULT '', -- of the client: /32 or /64
    test          INTEGER NOT NULL DEFAULT 0,
    digits        INTEGER NOT NULL,
    kid           TEXT NOT NULL DEFAULT '', -- of the key that made mac
    mac           TEXT NOT NULL DEFAULT '', -- hex; '': no code has been made yet
    sealed        TEXT NOT NULL DEFAULT '', -- AES-256-GCM, base64, with the key's id; '' when nothing waits to be sent
    status        TEXT NOT NULL DEFAULT 'pending',
    open          INTEGER NOT NULL DEFAULT 1, -- whoever asked may still check, cancel, ask again: more than the status says would tell them of the number
    reason        TEXT NOT NULL DEFAULT '',
    attempts      INTEGER NOT NULL DEFAULT 0,
    most_attempts INTEGER NOT NULL,
    sends         INTEGER NOT NULL DEFAULT 0, -- made
    asked         INTEGER NOT NULL DEFAULT 1, -- sends asked for
    judged        INTEGER NOT NULL DEFAULT 0, -- sends that budgets have counted
    most_sends    INTEGER NOT NULL,
    rotate        INTEGER NOT NULL DEFAULT 0, -- another send brings another code
    next_send_at  INTEGER NOT NULL DEFAULT 0,
    work_at       INTEGER NOT NULL DEFAULT 0, -- when the loop looks at it next; 0: never
    created_at    INTEGER NOT NULL,
    expires_at    INTEGER NOT NULL,
    finished_at   INTEGER NOT NULL DEFAULT 0,
    CHECK (attempts <= most_attempts),
    CHECK (expires_at <= created_at + 600000)
);
CREATE UNIQUE INDEX challenges_open ON challenges (subject, purpose) WHERE open = 1;
CREATE UNIQUE INDEX challenges_origin ON challenges (origin);
CREATE INDEX challenges_work ON challenges (work_at) WHERE work_at > 0;
CREATE INDEX challenges_phone ON challenges (phone, created_at);
CREATE INDEX challenges_created ON challenges (created_at);

-- The number under which a subject last proved itself.
CREATE TABLE bindings (
    subject      TEXT PRIMARY KEY,
    phone        TEXT NOT NULL,
    confirmed_at INTEGER NOT NULL,              -- last approval under this number
    changed_at   INTEGER NOT NULL DEFAULT 0,    -- when it took the place of another; 0: it is the first
    previous     TEXT NOT NULL DEFAULT '',
    suspended    TEXT NOT NULL DEFAULT '',   -- why it no longer proves anything: wrong_number, recycled
    line         TEXT NOT NULL DEFAULT '',   -- by which it was last texted
    language     TEXT NOT NULL DEFAULT '',
    untold       INTEGER NOT NULL DEFAULT 0  -- 1: the number before has not been told of the change
);
CREATE INDEX bindings_untold ON bindings (subject) WHERE untold = 1;
CREATE INDEX bindings_phone ON bindings (phone);

CREATE TABLE grants (
    hash        TEXT PRIMARY KEY, -- SHA-256 of the grant, hex
    challenge   TEXT NOT NULL,
    subject     TEXT NOT NULL,
    purpose     TEXT NOT NULL,
    scope       TEXT NOT NULL,
    line        TEXT NOT NULL,
    phone       TEXT NOT NULL,
    test        INTEGER NOT NULL DEFAULT 0,
    created_at  INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL,
    redeemed_at INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX grants_created ON grants (created_at);

-- How often something happened: three half windows, of which n0 is the present one.
CREATE TABLE throttles (
    key    TEXT PRIMARY KEY,
    bucket INTEGER NOT NULL,
    n0     INTEGER NOT NULL,
    n1     INTEGER NOT NULL DEFAULT 0,
    n2     INTEGER NOT NULL DEFAULT 0,
    most   INTEGER NOT NULL,
    idle_at INTEGER NOT NULL -- nothing of it counts after that
);

-- What is not to be done until a moment: codes of a purpose for a subject, say.
CREATE TABLE pauses (
    key        TEXT PRIMARY KEY,
    until_at   INTEGER NOT NULL,
    reason     TEXT NOT NULL,
    started_at INTEGER NOT NULL
);

-- What was noted last, so that only changes are noted: the limits in force, say.
CREATE TABLE noted (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL,
    at    INTEGER NOT NULL
);

-- Codes sent and approved, by the hour: what budgets go by.
CREATE TABLE tallies (
    key      TEXT NOT NULL, -- country/NL, block/+316123, net/198.51.100.7
    hour     INTEGER NOT NULL, -- Unix hours
    sent     INTEGER NOT NULL DEFAULT 0,
    approved INTEGER NOT NULL DEFAULT 0,
    cost     INTEGER NOT NULL DEFAULT 0, -- millionths of the currency
    PRIMARY KEY (key, hour)
);

CREATE TABLE accounts (
    ref        TEXT PRIMARY KEY,
    state      TEXT NOT NULL,
    version    INTEGER NOT NULL,
    check_at   INTEGER NOT NULL DEFAULT 0, -- when something is due; 0: nothing is
    data       TEXT NOT NULL,           -- JSON, never opened in SQL
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);
CREATE INDEX accounts_check ON accounts (check_at) WHERE check_at > 0;

-- The audit trail: entries are written with what they tell of, and chained when
-- that is committed, one after another, by one node at a time.
CREATE TABLE audit_pending (
    id   INTEGER PRIMARY KEY AUTOINCREMENT,
    data TEXT NOT NULL
);
CREATE TABLE audit (
    seq  INTEGER PRIMARY KEY,
    at   INTEGER NOT NULL,
    data TEXT NOT NULL, -- JSON
    hash TEXT NOT NULL  -- SHA-256 of the hash before and of this row, hex
);

-- +goose Down
-- Migrations only go forward.
SELECT 1;
