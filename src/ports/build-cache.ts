/** What a builder keeps between builds: how large it is, and taking away what may go. Safe beside builds at work. */

export interface CachePart {
  readonly kind: 'layer' | 'files of a RUN' | 'unpacked layer' | 'cache mount' | 'record' | 'saved files'
  readonly name: string
  /** Of a cache mount. */
  readonly id?: string
  readonly bytes: number
  readonly usedMs: number
}

export interface CacheLimits {
  /** What was not used for longer goes. */
  readonly unusedMs: number
  /** Then the longest unused, until no more than this is left. */
  readonly keepBytes: number
}

export interface CachePruned {
  readonly removed: readonly CachePart[]
  readonly bytes: number
  readonly leftBytes: number
}

export interface BuildCache {
  items(o: { readonly signal: AbortSignal }): Promise<readonly CachePart[]>
  /** `dryRun`: only says what would go. */
  prune(limits: CacheLimits, o: { readonly signal: AbortSignal; readonly nowMs: number; readonly dryRun?: boolean }): Promise<CachePruned>
}
