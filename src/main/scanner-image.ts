/** The image in which a scanner comes, for this machine. */
import { Problem } from '../base/problem.ts'
import { parseSourceRef } from '../oci/ref.ts'
import type { Image } from '../oci/views.ts'
import type { RegistryClient } from '../registry/client.ts'
import { pullImage } from '../registry/pull.ts'
import { machinePlatform } from './machine-platform.ts'

/** Throws REF_INVALID. */
export async function scannerImage(name: string, client: RegistryClient, { signal }: { readonly signal: AbortSignal }): Promise<Image> {
  const parsed = parseSourceRef(name)
  if (!parsed.ok) throw new Problem(parsed.diagnostics[0] as NonNullable<(typeof parsed.diagnostics)[0]>)
  return pullImage(parsed.value, { client, platform: machinePlatform, signal })
}
