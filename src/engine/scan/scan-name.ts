/** Under which target and variant a scan is compared with earlier ones: as the step says, else as what was scanned says itself. */
import { basename } from 'node:path/posix'
import { parseSourceRef } from '../../oci/ref.ts'
import type { ScanWork } from '../../steps/scan-work.ts'
import type { ScanName } from '../../verdict/baseline.ts'
import type { WorkAt } from '../do-work.ts'
import { nowKnown, revealText } from '../reveal.ts'
import type { Scanned } from './scan-source.ts'

export async function scanName({ named, digest, path }: Scanned, at: WorkAt<ScanWork>): Promise<ScanName> {
  const { work, context, state } = at
  const given = {
    target: work.target === undefined ? undefined : await revealText(nowKnown(work.target), context),
    variant: work.variant === undefined ? undefined : await revealText(nowKnown(work.variant), context),
  }
  const found = named === undefined ? undefined : ofReference(named)
  const { codebase } = state.knowledge
  const ofCode = path !== undefined && work.source.kind === 'folder' ? { target: codebase?.repoUrl, variant: codebase?.branch } : undefined
  return {
    target: given.target || (found?.target ?? ofCode?.target ?? (basename(path ?? '') || 'unnamed')),
    variant: given.variant || (found?.variant ?? ofCode?.variant ?? (digest === undefined ? 'latest' : digest.slice(0, 'sha256:'.length + 12))),
  }
}

/** `ghcr.io/acme/app:1` is the target ghcr.io/acme/app in its variant 1. */
function ofReference(name: string): { readonly target: string; readonly variant?: string } {
  const parsed = parseSourceRef(name)
  if (!parsed.ok) return { target: name }
  const { registry, repository, tag, digest } = parsed.value
  const variant = tag ?? digest
  return { target: `${registry}/${repository}`, ...(variant !== undefined && { variant }) }
}
