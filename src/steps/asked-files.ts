/** Files of the workspace that say more about a step: nobody knows them before it runs, and just before it does they are read and it is planned again. */
export interface AskedFile {
  /** Absolute, as steps see it. */
  readonly path: string
  /** Settings stand in it, secret ones too. */
  readonly variables?: true
}

export type FileFact = { readonly text: string } | { readonly missing: string }

/** By path. A file that is not among them has not been read yet. */
export type Files = ReadonlyMap<string, FileFact>
