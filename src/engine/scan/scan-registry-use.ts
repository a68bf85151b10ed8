/** With whose credentials a scan step reads an image in its registry. */
import { showText } from '../../base/secret-text.ts'
import type { LoginSettings } from '../../image-job/login.ts'
import { parseSourceRef } from '../../oci/ref.ts'
import { plainUse, type RegistryUse } from '../../ports/registry-use.ts'
import type { PlannedScanLogin, ScanWork } from '../../steps/scan-work.ts'
import type { WorkAt } from '../do-work.ts'
import { nowKnown, revealText } from '../reveal.ts'

export async function scanRegistryUse(login: PlannedScanLogin | undefined, reference: string, at: WorkAt<ScanWork>): Promise<RegistryUse> {
  const { connector, baseConnectors } = at.work
  const parsed = parseSourceRef(reference)
  return {
    ...plainUse,
    ...(connector !== undefined && { connector: showText(nowKnown(connector)) }),
    baseConnectors: baseConnectors === undefined ? [] : nowKnown(baseConnectors).map(showText),
    settings: await settingsOf(login, at),
    registries: parsed.ok ? [parsed.value.registry] : [],
  }
}

async function settingsOf(login: PlannedScanLogin | undefined, { context }: WorkAt<ScanWork>): Promise<LoginSettings> {
  if (login === undefined) return {}
  const id = login.id === undefined ? undefined : await revealText(nowKnown(login.id), context)
  const given = login.token === undefined ? undefined : nowKnown(login.token)
  const token = given === undefined ? undefined : typeof given !== 'string' && given.kind === 'hidden' ? given.reveal() : await revealText(given, context)
  if (token !== undefined) context.redactor.register(token)
  return login.kind === 'aws'
    ? { ...(id !== undefined && { accessKey: id }), ...(token !== undefined && { secretKey: token }) }
    : { ...(id !== undefined && { username: id }), ...(token !== undefined && { password: token }) }
}
