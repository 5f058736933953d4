// Package migrations holds the database schema of both engines as goose
// migrations. They only go forward; a change comes as a new file in both folders
// in one commit.
package migrations

import "embed"

// Files holds the folders postgres and sqlite.
//
//go:embed postgres/*.sql sqlite/*.sql
var Files embed.FS
