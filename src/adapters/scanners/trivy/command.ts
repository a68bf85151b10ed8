/** The command line of trivy for one scan: never the network, never an exit code of 1 for findings, and a report of all packages. */
import { problem } from '../../../base/problem.ts'
import type { ScanTarget } from '../../../ports/scanner.ts'

/** Trivy's own failures are 1. */
export const foundCode = 9

/** Arguments that would change where the report goes, what it is, or with which database it is made. */
const taken: Readonly<Record<string, string>> = {
  '--format': 'its report is read as JSON',
  '-f': 'its report is read as JSON',
  '--template': 'its report is read as JSON',
  '-t': 'its report is read as JSON',
  '--output': 'its report is read',
  '-o': 'its report is read',
  '--exit-code': 'fail_on_severity says when the step fails',
  '--exit-on-eol': 'fail_on_severity says when the step fails',
  '--input': 'target and image say what is scanned',
  '--cache-dir': 'the configuration says where its database is (`trivyCache` below `scan:`)',
  '--generate-default-config': 'the step scans',
  '--download-db-only': 'the step scans',
  '--reset': 'the step scans',
  '--clear-cache': 'the step scans',
  '--password': 'a password is not put into a list of arguments; `access_token` takes it',
  '--username': '`access_id` takes it',
  '--token': 'a secret is not put into a list of arguments',
}

export interface TrivyPlaces {
  readonly cacheDir: string
  readonly report: string
  /** What it reads: an archive, a layout folder, a folder, a bill of materials. */
  readonly input: string
}

const modes = { image: 'image', folder: 'fs', sbom: 'sbom' } as const satisfies Record<ScanTarget['kind'], string>

export function trivyCommand(kind: ScanTarget['kind'], places: TrivyPlaces, more: readonly string[]): readonly string[] {
  for (const word of more) {
    const argument = word.split('=')[0] ?? ''
    const reason = Object.hasOwn(taken, argument) ? taken[argument] : undefined
    if (reason !== undefined) throw problem('SCAN_ARGUMENTS_REFUSED', { argument, reason })
  }
  const has = (name: string): boolean => more.some((word) => word === name || word.startsWith(`${name}=`))
  return [
    modes[kind],
    '--format',
    'json',
    '--output',
    places.report,
    '--cache-dir',
    places.cacheDir,
    '--exit-code',
    String(foundCode),
    '--list-all-pkgs',
    '--no-progress',
    ...(has('--skip-db-update') ? [] : ['--skip-db-update']),
    ...(has('--skip-java-db-update') ? [] : ['--skip-java-db-update']),
    ...(has('--offline-scan') ? [] : ['--offline-scan']),
    ...(kind === 'sbom' || has('--scanners') || has('--security-checks') ? [] : ['--scanners', 'vuln']),
    ...more,
    ...(kind === 'image' ? ['--input', places.input] : [places.input]),
  ]
}
