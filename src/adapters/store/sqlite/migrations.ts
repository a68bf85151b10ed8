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
]
