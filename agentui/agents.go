package agentui

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"

	"parley/conversation/verify"
)

// Role is what somebody may do in the console.
type Role string

// The roles. An auditor sees and changes nothing; a lead does to everybody's conversations
// what agents do to their own; an admin may what a lead may. Who may sign in is said at the
// command line alone.
const (
	RoleAgent   Role = "agent"
	RoleLead    Role = "lead"
	RoleAdmin   Role = "admin"
	RoleAuditor Role = "auditor"
)

// Roles are all of them.
var Roles = []Role{RoleAgent, RoleLead, RoleAdmin, RoleAuditor}

// ParseRole reads the name of one.
func ParseRole(name string) (Role, error) {
	if role := Role(name); slices.Contains(Roles, role) {
		return role, nil
	}
	return "", fmt.Errorf("%q is no role: want agent, lead, admin or auditor", name)
}

// Agent is somebody who works in the console.
type Agent struct {
	Name       string // small letters, see verify.GoodAgent
	Role       Role
	Password   string // argon2id, as a PHC string; never shown
	Once       bool   // the password was made for them: they have to set their own
	TOTP       string // the secret of their second factor, base32; "": they have none; never shown
	TOTPBegun  string // one that no code has confirmed yet; never shown but when it is made
	CreatedAt  int64  // Unix ms
	DisabledAt int64  // Unix ms; 0: they may sign in
}

// SignIn is one browser in which a person is signed in.
type SignIn struct {
	ID        string
	Hash      string // SHA-256 of the cookie, hex
	Agent     string
	Network   string // where it began
	Browser   string // as it calls itself
	CreatedAt int64  // Unix ms
	SeenAt    int64  // Unix ms, to the minute
}

// Agents keeps who may sign in, and where they are.
type Agents interface {
	// Agent reads one by name, disabled ones too.
	Agent(ctx context.Context, name string) (Agent, bool, error)
	// Agents lists all, by name.
	Agents(ctx context.Context) ([]Agent, error)
	// AddAgent returns false when the name is taken.
	AddAgent(ctx context.Context, p Agent) (bool, error)
	// SetPassword replaces it and ends every sign-in of the person. One that is good once
	// takes their second factor away, and whom the provider meant: they begin anew.
	SetPassword(ctx context.Context, name, password string, once bool) (bool, error)
	// DisableAgent ends every sign-in as well; false: there is nobody of that name.
	DisableAgent(ctx context.Context, name string) (bool, error)
	// SetRole gives somebody another one, with an entry of the audit trail; false: there is
	// nobody of that name who may sign in, or they have it.
	SetRole(ctx context.Context, name string, role Role) (bool, error)
	// SpendTOTP notes that a code of the step was taken; false: one of it or of a later step
	// was before.
	SpendTOTP(ctx context.Context, name string, step int64) (bool, error)
	// BeginTOTP keeps a secret that is not confirmed yet, ConfirmTOTP makes it the second
	// factor (false: it is not the one that was begun), EndTOTP takes it away.
	BeginTOTP(ctx context.Context, name, secret string) error
	ConfirmTOTP(ctx context.Context, name, secret string, step int64) (bool, error)
	EndTOTP(ctx context.Context, name string) error
	// BindOIDC notes whom the provider means by the name when they first come by it. False:
	// there is nobody of that name who may sign in, or the provider meant another one.
	BindOIDC(ctx context.Context, name, subject string) (bool, error)
	// TrySignIn counts an attempt; false: there were too many.
	TrySignIn(ctx context.Context, hits []verify.Hit) (bool, error)
	// BeginSignIn keeps a new one.
	BeginSignIn(ctx context.Context, s SignIn) error
	// SignedIn finds who holds a cookie, by its hash: no longer than idle after they were
	// last seen, and whole after they began. It notes the minute.
	SignedIn(ctx context.Context, hash string, idle, whole time.Duration) (SignIn, Agent, bool, error)
	// SignIns lists those of a person, newest first.
	SignIns(ctx context.Context, name string) ([]SignIn, error)
	// EndSignIn ends one of the person's; false: there is none of that id.
	EndSignIn(ctx context.Context, name, id string) (bool, error)
}

// NewAgent makes somebody with a password that is shown once and that they have to
// replace when they first sign in.
func NewAgent(name string, role Role) (p Agent, password string, err error) {
	name = strings.ToLower(name)
	if !verify.GoodAgent(name) {
		return p, "", fmt.Errorf("%q cannot be a name: want letters, digits, dots and dashes, at most 64", name)
	}
	if _, err := ParseRole(string(role)); err != nil {
		return p, "", err
	}
	password = newSecret()
	hash, err := hashed(password)
	return Agent{Name: name, Role: role, Password: hash, Once: true}, password, err
}

// NewPassword makes one that is shown once, for somebody who has forgotten theirs.
func NewPassword() (password, hash string, err error) {
	password = newSecret()
	hash, err = hashed(password)
	return password, hash, err
}

// The length of a password in characters: what NIST SP 800-63B-4 asks of one that is
// the only factor; and what it costs to try one.
const (
	leastPassword = 15
	mostPassword  = 128
)

// params are OWASP's for argon2id: 19 MiB, two passes
// (https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html).
var params = &argon2id.Params{Memory: 19 << 10, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

func hashed(password string) (string, error) {
	hash, err := argon2id.CreateHash(password, params)
	if err != nil {
		return "", fmt.Errorf("hashing a password: %w", err)
	}
	return hash, nil
}

var errPassword = errors.New("a password has 15 to 128 characters, and is none that you had: a sentence is easily remembered")

// goodPassword refuses what is too short, and one's own name said often.
func goodPassword(name, password string) error {
	n := utf8.RuneCountInString(password)
	if !utf8.ValidString(password) || n < leastPassword || n > mostPassword ||
		strings.Trim(strings.ReplaceAll(strings.ToLower(password), name, ""), "0123456789 .-_") == "" {
		return errPassword
	}
	return nil
}
