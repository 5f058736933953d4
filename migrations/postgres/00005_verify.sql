-- +goose Up
-- One-time codes, customer accounts, and the audit trail of both.

-- challenge names the code that a message brings: its text has a blank in its place.
ALTER TABLE messages ADD COLUMN challenge text NOT NULL DEFAULT '';

CREATE TABLE challenges (
    id            text PRIMARY KEY, -- 128 random bits: whoever asked for the code holds it
    subject       text NOT NULL,    -- whose code it is, as the business calls them
    purpose       text NOT NULL,
    line          text NOT NULL DEFAULT '',
    phone         text NOT NULL DEFAULT '', -- '': a decoy, which nobody is texted
    conversation  text NOT NULL DEFAULT '',
    run           text NOT NULL DEFAULT '', -- the flow's run that asked
    language      text NOT NULL DEFAULT '',
    context       text NOT NULL DEFAULT '', -- SHA-256 of the transaction, hex
    autofill      text NOT NULL DEFAULT '', -- the last line: @origin #, or an app's hash
    about         text NOT NULL DEFAULT '', -- of a payment: what the text says of it
    origin        text,                     -- what asked, once: a job's or a request's key
    network       text NOT NULL DEFAULT '', -- of the client: /32 or /64
    test          smallint NOT NULL DEFAULT 0,
    digits        smallint NOT NULL,
    kid           text NOT NULL DEFAULT '', -- of the key that made mac
    mac           text NOT NULL DEFAULT '', -- hex; '': no code has been made yet
    sealed        text NOT NULL DEFAULT '', -- AES-256-GCM, base64, with the key's id; '' when nothing waits to be sent
    status        text NOT NULL DEFAULT 'pending',
    open          smallint NOT NULL DEFAULT 1, -- whoever asked may still check, cancel, ask again: more than the status says would tell them of the number
    reason        text NOT NULL DEFAULT '',
    attempts      bigint NOT NULL DEFAULT 0,
    most_attempts bigint NOT NULL,
    sends         bigint NOT NULL DEFAULT 0, -- made
    asked         bigint NOT NULL DEFAULT 1, -- sends asked for
    judged        bigint NOT NULL DEFAULT 0, -- sends that budgets have counted
    most_sends    bigint NOT NULL,
    rotate        smallint NOT NULL DEFAULT 0, -- another send brings another code
    next_send_at  bigint NOT NULL DEFAULT 0,
    work_at       bigint NOT NULL DEFAULT 0, -- when the loop looks at it next; 0: never
    created_at    bigint NOT NULL,
    expires_at    bigint NOT NULL,
    finished_at   bigint NOT NULL DEFAULT 0,
    CHECK (attempts <= most_attempts),
    CHECK (expires_at <= created_at + 600000)
) WITH (fillfactor = 80);
CREATE UNIQUE INDEX challenges_open ON challenges (subject, purpose) WHERE open = 1;
CREATE UNIQUE INDEX challenges_origin ON challenges (origin);
CREATE INDEX challenges_work ON challenges (work_at) WHERE work_at > 0;
CREATE INDEX challenges_phone ON challenges (phone, created_at);
CREATE INDEX challenges_created ON challenges (created_at);

-- The number under which a subject last proved itself.
CREATE TABLE bindings (
    subject      text PRIMARY KEY,
    phone        text NOT NULL,
    confirmed_at bigint NOT NULL,              -- last approval under this number
    changed_at   bigint NOT NULL DEFAULT 0,    -- when it took the place of another; 0: it is the first
    previous     text NOT NULL DEFAULT '',
    suspended    text NOT NULL DEFAULT '',   -- why it no longer proves anything: wrong_number, recycled
    line         text NOT NULL DEFAULT '',   -- by which it was last texted
    language     text NOT NULL DEFAULT '',
    untold       smallint NOT NULL DEFAULT 0  -- 1: the number before has not been told of the change
);
CREATE INDEX bindings_untold ON bindings (subject) WHERE untold = 1;
CREATE INDEX bindings_phone ON bindings (phone);

CREATE TABLE grants (
    hash        text PRIMARY KEY, -- SHA-256 of the grant, hex
    challenge   text NOT NULL,
    subject     text NOT NULL,
    purpose     text NOT NULL,
    scope       text NOT NULL,
    line        text NOT NULL,
    phone       text NOT NULL,
    test        smallint NOT NULL DEFAULT 0,
    created_at  bigint NOT NULL,
    expires_at  bigint NOT NULL,
    redeemed_at bigint NOT NULL DEFAULT 0
);
CREATE INDEX grants_created ON grants (created_at);

-- How often something happened: three half windows, of which n0 is the present one.
CREATE TABLE throttles (
    key    text PRIMARY KEY,
    bucket bigint NOT NULL,
    n0     bigint NOT NULL,
    n1     bigint NOT NULL DEFAULT 0,
    n2     bigint NOT NULL DEFAULT 0,
    most   bigint NOT NULL,
    idle_at bigint NOT NULL -- nothing of it counts after that
) WITH (fillfactor = 80);

-- What is not to be done until a moment: codes of a purpose for a subject, say.
CREATE TABLE pauses (
    key        text PRIMARY KEY,
    until_at   bigint NOT NULL,
    reason     text NOT NULL,
    started_at bigint NOT NULL
);

-- What was noted last, so that only changes are noted: the limits in force, say.
CREATE TABLE noted (
    key   text PRIMARY KEY,
    value text NOT NULL,
    at    bigint NOT NULL
);

-- Codes sent and approved, by the hour: what budgets go by.
CREATE TABLE tallies (
    key      text NOT NULL, -- country/NL, block/+316123, net/198.51.100.7
    hour     bigint NOT NULL, -- Unix hours
    sent     bigint NOT NULL DEFAULT 0,
    approved bigint NOT NULL DEFAULT 0,
    cost     bigint NOT NULL DEFAULT 0, -- millionths of the currency
    PRIMARY KEY (key, hour)
);

CREATE TABLE accounts (
    ref        text PRIMARY KEY,
    state      text NOT NULL,
    version    bigint NOT NULL,
    check_at   bigint NOT NULL DEFAULT 0, -- when something is due; 0: nothing is
    data       text NOT NULL,           -- JSON, never opened in SQL
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL
) WITH (fillfactor = 80);
CREATE INDEX accounts_check ON accounts (check_at) WHERE check_at > 0;

-- The audit trail: entries are written with what they tell of, and chained when
-- that is committed, one after another, by one node at a time.
CREATE TABLE audit_pending (
    id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    data text NOT NULL
);
CREATE TABLE audit (
    seq  bigint PRIMARY KEY,
    at   bigint NOT NULL,
    data text NOT NULL, -- JSON
    hash text NOT NULL  -- SHA-256 of the hash before and of this row, hex
);

-- +goose Down
-- Migrations only go forward.
SELECT 1;
