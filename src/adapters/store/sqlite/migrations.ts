/** The schema, one step per version. Steps are never changed once released, only added. */
export const migrations: readonly string[] = [
  `
  CREATE TABLE sequences (pipeline TEXT PRIMARY KEY, last INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE runs (
    run TEXT PRIMARY KEY,
    pipeline TEXT NOT NULL,
    pipeline_name TEXT NOT NULL,
    pipeline_file TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    started INTEGER NOT NULL,
    finished INTEGER,
    status TEXT NOT NULL,
    UNIQUE (pipeline, sequence)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX runs_by_start ON runs (started DESC);
  CREATE TABLE events (run TEXT NOT NULL REFERENCES runs (run) ON DELETE CASCADE, seq INTEGER NOT NULL, at INTEGER NOT NULL, event TEXT NOT NULL, PRIMARY KEY (run, seq)) STRICT, WITHOUT ROWID;
  `,
  `
  ALTER TABLE sequences ADD COLUMN name TEXT NOT NULL DEFAULT '';
  UPDATE sequences SET name = coalesce((SELECT pipeline_name FROM runs WHERE runs.pipeline = sequences.pipeline ORDER BY sequence DESC LIMIT 1), '');
  ALTER TABLE runs ADD COLUMN owner TEXT;
  CREATE TABLE given (run TEXT PRIMARY KEY REFERENCES runs (run) ON DELETE CASCADE, nonce BLOB NOT NULL, sealed BLOB NOT NULL) STRICT, WITHOUT ROWID;
  DROP INDEX runs_by_start;
  CREATE INDEX runs_by_start ON runs (started DESC, run DESC);
  CREATE INDEX runs_by_status ON runs (status, started DESC, run DESC);
  CREATE INDEX runs_by_pipeline ON runs (pipeline, started DESC, run DESC);
  CREATE INDEX runs_by_both ON runs (pipeline, status, started DESC, run DESC);
  CREATE INDEX runs_by_number ON runs (sequence, started DESC, run DESC);
  `,
  `
  ALTER TABLE runs ADD COLUMN branch TEXT;
  ALTER TABLE runs ADD COLUMN commit_sha TEXT;
  CREATE INDEX runs_by_branch ON runs (branch, started DESC, run DESC) WHERE branch IS NOT NULL;
  `,
]
