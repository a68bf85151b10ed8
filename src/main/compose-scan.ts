/** The scanner that is wanted, and where what scans found is kept. */
import { join } from 'node:path'
import { folderMemory } from '../adapters/scan-memory/folder-memory.ts'
import { mirroredOsv } from '../adapters/scanners/mirrored-osv.ts'
import { osvScanner } from '../adapters/scanners/osv/osv-scanner.ts'
import { findTrivy } from '../adapters/scanners/trivy/find-trivy.ts'
import { programOfImage } from '../adapters/scanners/trivy/program-of-image.ts'
import { trivyScanner } from '../adapters/scanners/trivy/trivy-scanner.ts'
import type { ScanChoice } from '../cli/scan/scan-choice.ts'
import type { Image } from '../oci/views.ts'
import type { ScanParts } from '../ports/scan-parts.ts'
import type { Scanner } from '../ports/scanner.ts'
import type { Machine } from './compose-toolbox.ts'

export interface ScannerParts {
  /** Data folder. */
  readonly home: string
  readonly choice: ScanChoice
  /** The image of a scanner that comes in one. */
  readonly pull: (reference: string, o: { readonly signal: AbortSignal }) => Promise<Image>
}

export function composeScanner(machine: Machine, parts: ScannerParts): Scanner {
  return parts.choice.scanner === 'osv' ? composeOsv(machine, parts) : composeTrivy(machine, parts)
}

function composeOsv({ clock }: Machine, { home, choice: { db, maxAgeDays } }: ScannerParts): Scanner {
  return db === undefined ? osvScanner({ home, clock, maxAgeDays }) : mirroredOsv({ home, clock, mirror: db, maxAgeDays })
}

function composeTrivy(machine: Machine, { home, choice, pull }: ScannerParts): Scanner {
  const { env, kill, clock } = machine
  const { trivy, trivyImage } = choice
  return trivyScanner({
    program: async (o) =>
      trivyImage === undefined
        ? findTrivy({ path: env['PATH'], ...(trivy !== undefined && { program: trivy }) })
        : programOfImage({ name: trivyImage, image: await pull(trivyImage, o), dir: join(home, 'scanners') }, o),
    cacheDir: choice.trivyCache ?? env['TRIVY_CACHE_DIR'] ?? join(env['XDG_CACHE_HOME'] ?? join(env['HOME'] ?? home, '.cache'), 'trivy'),
    maxAgeDays: choice.maxAgeDays,
    clock,
    scratch: join(home, 'scratch'),
    env,
    kill,
  })
}

export function composeScan(machine: Machine, parts: ScannerParts): ScanParts {
  const { withoutDatabase, baselines } = parts.choice
  return { scanner: composeScanner(machine, parts), withoutDatabase, baselines, memory: folderMemory(join(parts.home, 'scans')) }
}
