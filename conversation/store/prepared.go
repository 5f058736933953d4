package store

import (
	"context"
	"database/sql"
	"sync"
)

// prepared keeps a pool's statements.
type prepared struct {
	db    *sql.DB
	mu    sync.RWMutex
	stmts map[string]*sql.Stmt
}

// preparedLimit bounds the statements; only a shifted clock makes new texts.
const preparedLimit = 500

func newPrepared(db *sql.DB) *prepared {
	return &prepared{db: db, stmts: make(map[string]*sql.Stmt)}
}

// known gives a statement that was prepared before, or nil.
func (p *prepared) known(text string) *sql.Stmt {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.stmts[text]
}

// fetch gives a statement, preparing it on the pool when it is new.
func (p *prepared) fetch(ctx context.Context, text string) (*sql.Stmt, error) {
	if s := p.known(text); s != nil {
		return s, nil
	}
	s, err := p.db.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if old := p.stmts[text]; old != nil {
		s.Close()
		return old, nil
	}
	if len(p.stmts) >= preparedLimit {
		for _, old := range p.stmts {
			old.Close()
		}
		clear(p.stmts)
	}
	p.stmts[text] = s
	return s, nil
}
