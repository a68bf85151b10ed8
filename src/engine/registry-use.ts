/** A job's word on registries with every value in place: connectors, logins, certificates, mirrors. */
import type { Hidden } from '../base/hidden.ts'
import { problem } from '../base/problem.ts'
import { showText, type Text } from '../base/secret-text.ts'
import type { ImageJob, RepositoryCare } from '../image-job/image-job.ts'
import type { LoginSettings, PlannedLogin } from '../image-job/login.ts'
import type { Transport } from '../image-job/transport.ts'
import { parseRef } from '../oci/ref.ts'
import type { RepositoryWishes } from '../ports/delivery.ts'
import type { RegistryUse, RegistryWays } from '../ports/registry-use.ts'
import type { Pair } from '../settings/setting.ts'
import type { ImageWork } from '../steps/image-work.ts'
import type { WorkAt } from './do-work.ts'
import { nowKnown, revealText } from './reveal.ts'

type Where = Pick<WorkAt<ImageWork>, 'state' | 'step' | 'context'>

export async function registryUse(job: ImageJob, at: WorkAt<ImageWork>): Promise<RegistryUse> {
  const { work } = at
  const connector = work.connector === undefined ? undefined : showText(nowKnown(work.connector))
  return {
    ...(connector !== undefined && { connector }),
    ...(work.otherConnectors !== undefined && { otherConnectors: work.otherConnectors.map((ref) => showText(nowKnown(ref))) }),
    baseConnectors: (work.baseConnectors ?? []).map((ref) => showText(nowKnown(ref))),
    settings: await loginSettings(job.login ?? {}, at),
    registries: registriesOf(job),
    ways: await waysOf(job.transport, at),
    retries: { push: job.pushRetries, pull: job.transport.pullRetries },
  }
}

export async function repositoryWishes(
  { create, scanOnPush, lifecyclePolicy, accessPolicy }: RepositoryCare,
  at: WorkAt<ImageWork>,
): Promise<RepositoryWishes> {
  const policy = async (planned: typeof lifecyclePolicy) => (planned === undefined ? undefined : readText(nowKnown(planned), 'policy', at))
  const [lifecycle, access] = [await policy(lifecyclePolicy), await policy(accessPolicy)]
  return { create, scanOnPush, ...(lifecycle !== undefined && { lifecyclePolicy: lifecycle }), ...(access !== undefined && { accessPolicy: access }) }
}

export async function loginSettings(login: PlannedLogin, at: Where): Promise<LoginSettings> {
  const entries = await Promise.all(
    Object.entries(login).map(async ([key, planned]) => {
      const value: Text | Hidden = nowKnown(planned)
      const text = typeof value !== 'string' && value.kind === 'hidden' ? revealHidden(value, at) : await revealText(value, at.context)
      // A docker configuration may be given as the file that holds it.
      return [key, key === 'config' && !text.trimStart().startsWith('{') ? await readText(text, 'docker configuration', at) : text] as const
    }),
  )
  return Object.fromEntries(entries)
}

export function revealHidden(value: Hidden, { context }: Pick<Where, 'context'>): string {
  const text = value.reveal()
  context.redactor.register(text)
  return text
}

function registriesOf(job: ImageJob): readonly string[] {
  const refs = job.outputs.flatMap((output) => (output.kind === 'registry' ? nowKnown(output.refs) : []))
  const hosts = refs.flatMap((ref) => {
    const parsed = parseRef(ref)
    return parsed.ok ? [parsed.value.registry] : []
  })
  return [...new Set(hosts)]
}

async function waysOf(t: Transport, at: WorkAt<ImageWork>): Promise<RegistryWays> {
  const ca = t.caFile === undefined ? undefined : await readText(nowKnown(t.caFile), 'certificate', at)
  const clients = await byHost(nowKnown(t.clientCertificates), at, async (files) => {
    const [cert = '', key = ''] = files.split(',')
    return { cert: await readText(cert, 'certificate', at), key: await readText(key, 'key of a certificate', at) }
  })
  return {
    skipVerify: { ...t.skipVerify, hosts: nowKnown(t.skipVerify.hosts) },
    plainHttp: { ...t.plainHttp, hosts: nowKnown(t.plainHttp.hosts) },
    certificates: await byHost(nowKnown(t.certificates), at, (file) => readText(file, 'certificate', at)),
    clientCertificates: clients,
    ...(ca !== undefined && { ca }),
    mirrors: nowKnown(t.mirrors),
    mirrorsOnly: t.mirrorsOnly,
    map: await mapOf(nowKnown(t.map), at),
  }
}

async function byHost<T>(pairs: readonly Pair[], at: WorkAt<ImageWork>, make: (value: string) => Promise<T>): Promise<Record<string, T>> {
  const entries = await Promise.all(pairs.map(async ({ name, value }) => [name, await make(await revealText(value ?? '', at.context))] as const))
  return Object.fromEntries(entries)
}

/** One host may be taken from several others, in order. */
async function mapOf(pairs: readonly Pair[], at: WorkAt<ImageWork>): Promise<Record<string, readonly string[]>> {
  const map: Record<string, readonly string[]> = {}
  for (const { name, value } of pairs) map[name] = [...(map[name] ?? []), await revealText(value ?? '', at.context)]
  return map
}

async function readText(path: string, what: string, { state, step, context }: Where): Promise<string> {
  const file = state.workspace.hostPath(path)
  const bytes = await context.readFile(file).catch((cause: NodeJS.ErrnoException) => {
    const reason = cause.code === 'ENOENT' ? 'there is no such file' : cause.message
    throw problem('STEP_FILE_UNREADABLE', { what, file: path, reason }, { cause, at: step.at })
  })
  return bytes.toString('utf8')
}
