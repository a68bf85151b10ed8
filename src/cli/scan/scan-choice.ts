/** What the configuration and the command line say about scanning. */
import { resolve } from 'node:path'
import type { LoadedConfig } from '../load-config.ts'
import type { World } from '../world.ts'

export const scannerNames = ['osv', 'trivy'] as const
export type ScannerName = (typeof scannerNames)[number]

export interface ScanChoice {
  readonly scanner: ScannerName
  /** Folder or archive of advisories for the embedded scanner, instead of what was imported. */
  readonly db?: string
  /** The program. */
  readonly trivy?: string
  /** An image that holds it. */
  readonly trivyImage?: string
  /** Where trivy keeps its database. */
  readonly trivyCache?: string
  /** How old a database may be. */
  readonly maxAgeDays: number
  readonly withoutDatabase: 'error' | 'not-scanned'
  /** By target, the variant that others are compared with. */
  readonly baselines: ReadonlyMap<string, string>
}

export interface ScanFlags {
  readonly scanner?: ScannerName
  readonly db?: string
}

const usualAgeDays = 30

/** The command line goes before the configuration. */
export function scanChoice({ scan }: Pick<LoadedConfig, 'scan'>, flags: ScanFlags, { cwd }: Pick<World, 'cwd'>): ScanChoice {
  const db = flags.db === undefined ? scan.db : resolve(cwd, flags.db)
  const { trivy, trivyImage, trivyCache } = scan
  return {
    scanner: flags.scanner ?? scan.scanner ?? 'osv',
    ...(db !== undefined && { db }),
    ...(trivy !== undefined && { trivy }),
    ...(trivyImage !== undefined && { trivyImage }),
    ...(trivyCache !== undefined && { trivyCache }),
    maxAgeDays: scan.maxAgeDays ?? usualAgeDays,
    withoutDatabase: scan.withoutDatabase ?? 'error',
    baselines: scan.baselines ?? new Map(),
  }
}
