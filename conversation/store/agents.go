package store

import (
	"context"
	"fmt"
	"time"

	"parley/agentui"
	"parley/conversation/verify"
)

const (
	agentColumns = `name, role, password, once, created_at, disabled_at, totp, totp_begun`

	agentSQL = `SELECT ` + agentColumns + ` FROM agents WHERE name = $1`

	agentsSQL = `SELECT ` + agentColumns + ` FROM agents ORDER BY name`

	addAgentSQL = `INSERT INTO agents (name, role, password, once, created_at) VALUES ($1, $2, $3, $4, {now}) ON CONFLICT (name) DO NOTHING`

	setPasswordSQL = `UPDATE agents SET password = $2, once = $3, totp = CASE WHEN $4 = 1 THEN '' ELSE totp END,
		totp_begun = CASE WHEN $4 = 1 THEN '' ELSE totp_begun END, oidc = CASE WHEN $4 = 1 THEN '' ELSE oidc END WHERE name = $1`

	setRoleSQL = `UPDATE agents SET role = $2 WHERE name = $1 AND disabled_at = 0 AND role <> $2`

	spendTOTPSQL = `UPDATE agents SET totp_step = $2 WHERE name = $1 AND totp_step < $2`

	beginTOTPSQL = `UPDATE agents SET totp_begun = $2 WHERE name = $1`

	confirmTOTPSQL = `UPDATE agents SET totp = totp_begun, totp_begun = '', totp_step = $3 WHERE name = $1 AND totp_begun = $2 AND totp_begun <> ''`

	endTOTPSQL = `UPDATE agents SET totp = '', totp_begun = '' WHERE name = $1`

	bindOIDCSQL = `UPDATE agents SET oidc = $2 WHERE name = $1 AND disabled_at = 0 AND (oidc = '' OR oidc = $2)`

	disableAgentSQL = `UPDATE agents SET disabled_at = {now} WHERE name = $1 AND disabled_at = 0`

	endAllSQL = `DELETE FROM sign_ins WHERE agent = $1`

	beginSignInSQL = `INSERT INTO sign_ins (hash, id, agent, network, browser, created_at, seen_at) VALUES ($1, $2, $3, $4, $5, {now}, {now})`

	signInColumns = `s.id, s.hash, s.agent, s.network, s.browser, s.created_at, s.seen_at`

	signedInSQL = `SELECT ` + signInColumns + `, p.name, p.role, p.password, p.once, p.created_at, p.disabled_at, p.totp, p.totp_begun, {now}
		FROM sign_ins AS s JOIN agents AS p ON p.name = s.agent
		WHERE s.hash = $1 AND s.seen_at > {now} - $2 AND s.created_at > {now} - $3 AND p.disabled_at = 0`

	// seenSQL writes once a minute at most.
	seenSQL = `UPDATE sign_ins SET seen_at = {now} / 60000 * 60000 WHERE hash = $1 AND seen_at < {now} / 60000 * 60000`

	signInsSQL = `SELECT ` + signInColumns + ` FROM sign_ins AS s WHERE s.agent = $1 ORDER BY s.created_at DESC, s.id`

	endSignInSQL = `DELETE FROM sign_ins WHERE agent = $1 AND id = $2`
)

// Agent reads one by name, disabled ones too.
func (s *Store) Agent(ctx context.Context, name string) (agentui.Agent, bool, error) {
	all, err := s.agents(ctx, agentSQL, storable(name))
	if err != nil || len(all) == 0 {
		return agentui.Agent{}, false, err
	}
	return all[0], true, nil
}

// Agents lists all, by name.
func (s *Store) Agents(ctx context.Context) ([]agentui.Agent, error) { return s.agents(ctx, agentsSQL) }

func (s *Store) agents(ctx context.Context, text string, args ...any) ([]agentui.Agent, error) {
	return readAll(ctx, s, "reading agents", func(r row, a *agentui.Agent) error {
		var once int64
		err := r.Scan(&a.Name, &a.Role, &a.Password, &once, &a.CreatedAt, &a.DisabledAt, &a.TOTP, &a.TOTPBegun)
		a.Once = once == 1
		return err
	}, text, args...)
}

// AddAgent returns false when the name is taken.
func (s *Store) AddAgent(ctx context.Context, a agentui.Agent) (bool, error) {
	return s.change(ctx, "adding an agent", addAgentSQL, a.Name, string(a.Role), a.Password, flag(a.Once))
}

// SetPassword replaces it and ends every sign-in of the agent. One that is good once takes
// their second factor away, and whom the provider meant.
func (s *Store) SetPassword(ctx context.Context, name, password string, once bool) (bool, error) {
	return s.endingAll(ctx, "setting a password", name, setPasswordSQL, name, password, flag(once), flag(once))
}

// SetRole gives somebody another role; false: there is nobody of that name who may sign in,
// or they have it.
func (s *Store) SetRole(ctx context.Context, name string, role agentui.Role) (bool, error) {
	e := verify.Entry{What: "agent.role", Who: "command", ID: name, Detail: string(role)}
	return s.audited(ctx, "changing a role", e, setRoleSQL, name, string(role))
}

// BindOIDC notes whom the provider means by the name; false: another one, or there is
// nobody of that name who may sign in.
func (s *Store) BindOIDC(ctx context.Context, name, subject string) (bool, error) {
	return s.change(ctx, "binding an agent to the provider", bindOIDCSQL, name, storable(subject))
}

// DisableAgent ends every sign-in as well; false: there is nobody of that name.
func (s *Store) DisableAgent(ctx context.Context, name string) (bool, error) {
	return s.endingAll(ctx, "disabling an agent", name, disableAgentSQL, name)
}

// endingAll changes an agent and signs them out everywhere, in one transaction.
func (s *Store) endingAll(ctx context.Context, doing, name, text string, args ...any) (bool, error) {
	var changed bool
	p := new(pipe)
	p.affected(func(n int64) { changed = n > 0 }, text, args...)
	p.exec(endAllSQL, name)
	if err := s.db.write(ctx, p); err != nil {
		return false, fmt.Errorf("%s: %w", doing, err)
	}
	return changed, nil
}

// SpendTOTP notes that a code of the step was taken; false: one of it or of a later step
// was before.
func (s *Store) SpendTOTP(ctx context.Context, name string, step int64) (bool, error) {
	return s.change(ctx, "taking a code", spendTOTPSQL, name, step)
}

// BeginTOTP keeps a secret that is not confirmed yet.
func (s *Store) BeginTOTP(ctx context.Context, name, secret string) error {
	_, err := s.change(ctx, "beginning a second factor", beginTOTPSQL, name, secret)
	return err
}

// ConfirmTOTP makes it the second factor; false: it is not the one that was begun.
func (s *Store) ConfirmTOTP(ctx context.Context, name, secret string, step int64) (bool, error) {
	return s.change(ctx, "confirming a second factor", confirmTOTPSQL, name, secret, step)
}

// EndTOTP takes it away.
func (s *Store) EndTOTP(ctx context.Context, name string) error {
	_, err := s.change(ctx, "ending a second factor", endTOTPSQL, name)
	return err
}

// TrySignIn counts an attempt; false: there were too many.
func (s *Store) TrySignIn(ctx context.Context, hits []verify.Hit) (bool, error) {
	p := new(pipe)
	h := hit(p, hits)
	if err := s.db.write(ctx, p); err != nil {
		return false, fmt.Errorf("counting a sign-in: %w", err)
	}
	return len(h.over()) == 0, nil
}

// BeginSignIn keeps a new one.
func (s *Store) BeginSignIn(ctx context.Context, in agentui.SignIn) error {
	_, err := s.change(ctx, "signing in", beginSignInSQL, in.Hash, in.ID, in.Agent, in.Network, storable(in.Browser))
	return err
}

// SignedIn finds who holds a cookie, by its hash, and notes the minute.
func (s *Store) SignedIn(ctx context.Context, hash string, idle, whole time.Duration) (in agentui.SignIn, a agentui.Agent, found bool, err error) {
	var now, once int64
	p := new(pipe)
	p.query(func(r row) error {
		found = true
		return r.Scan(&in.ID, &in.Hash, &in.Agent, &in.Network, &in.Browser, &in.CreatedAt, &in.SeenAt,
			&a.Name, &a.Role, &a.Password, &once, &a.CreatedAt, &a.DisabledAt, &a.TOTP, &a.TOTPBegun, &now)
	}, signedInSQL, hash, idle.Milliseconds(), whole.Milliseconds())
	if err := s.db.read(ctx, p); err != nil {
		return in, a, false, fmt.Errorf("finding who is signed in: %w", err)
	}
	a.Once = once == 1
	if found && in.SeenAt < now/minuteMs*minuteMs {
		_, err = s.change(ctx, "noting who was seen", seenSQL, hash)
	}
	return in, a, found && err == nil, err
}

// SignIns lists those of an agent, newest first.
func (s *Store) SignIns(ctx context.Context, name string) ([]agentui.SignIn, error) {
	return readAll(ctx, s, "reading sign-ins", func(r row, in *agentui.SignIn) error {
		return r.Scan(&in.ID, &in.Hash, &in.Agent, &in.Network, &in.Browser, &in.CreatedAt, &in.SeenAt)
	}, signInsSQL, name)
}

// EndSignIn ends one of the agent's; false: there is none of that id.
func (s *Store) EndSignIn(ctx context.Context, name, id string) (bool, error) {
	return s.change(ctx, "signing out", endSignInSQL, name, storable(id))
}
