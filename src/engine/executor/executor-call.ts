/** The executor of kaniko as it is started at last: the command of the plan with every value in place, and what it has to know of registries here. */
import type { Hidden } from '../../base/hidden.ts'
import type { Text } from '../../base/secret-text.ts'
import type { ImageJob } from '../../image-job/image-job.ts'
import { pushesItself } from '../../image-job/kaniko/pushes-itself.ts'
import { madeFolder, type ProcessSpec } from '../../ports/infrastructure.ts'
import { type SecretValue, secretValue } from '../../ports/secret-source.ts'
import type { ToolRegistries } from '../../ports/tool-registries.ts'
import type { ExecutorWork, ImageWork } from '../../steps/image-work.ts'
import type { WorkAt } from '../do-work.ts'
import { loginSettings, revealHidden } from '../registry-use.ts'
import { nowKnown, revealText, revealValue } from '../reveal.ts'
import { graceMs } from '../run-work.ts'
import { stepImage } from '../step-image.ts'

type At = WorkAt<ImageWork>

/** Where the image is once the executor has ended. */
export type Made =
  | { readonly kind: 'pushed'; readonly ref: string; readonly digest: { readonly output: string } | { readonly file: string } }
  /** In the workspace, as the step wants it. */
  | { readonly kind: 'written'; readonly path: string }
  /** In the folder that its container has for that. */
  | { readonly kind: 'made'; readonly path: string }

export interface ExecutorCall {
  readonly spec: ProcessSpec
  readonly made: Made
}

const digestOutput = 'digest'
const workspace = '/harness/'

/** The command of the plan, revealed: no secret is part of it. */
export async function revealArgv({ argv }: ExecutorWork, { context }: Pick<At, 'context'>): Promise<readonly string[]> {
  return Promise.all(argv.map((word) => revealText(nowKnown(word), context)))
}

export async function executorCall(planned: readonly string[], executor: ExecutorWork, job: ImageJob, found: ToolRegistries, at: At): Promise<ExecutorCall> {
  const { context, step, state } = at
  const made = madeBy(planned, job)
  const own = made.kind === 'made' ? [`--oci-layout-path=${made.path}`] : []
  const authorities = [...found.authorities].map(([host, text], i) => ({ flag: `--registry-certificate=${host}=/kaniko/authority-${i}.pem`, i, text }))
  const connector = state.stage.infrastructure.kubernetes?.imageConnector
  const image = await stepImage(executor.container, context)
  const digest = flagValue(planned, 'digest-file')
  return {
    made,
    spec: {
      name: step.path,
      start: { kind: 'program', argv: [...spelled(planned, found), ...own, ...ways(found), ...authorities.map(({ flag }) => flag)] },
      env: await environment(executor, at),
      outputs: [digestOutput],
      finds: new Map([...(await files(executor, job, found, at)), ...authorities.map(({ i, text }) => [`/kaniko/authority-${i}.pem`, text] as const)]),
      ...(digest !== undefined && !digest.startsWith(workspace) && { leaves: { [digestOutput]: digest } }),
      graceMs,
      image: connector === undefined ? image : { ...image, registry: { ...image.registry, connector } },
    },
  }
}

function madeBy(planned: readonly string[], job: ImageJob): Made {
  const [pushed, digest] = [flagValue(planned, 'destination'), flagValue(planned, 'digest-file')]
  if (pushesItself(job) && pushed !== undefined && digest !== undefined)
    return { kind: 'pushed', ref: pushed, digest: digest.startsWith(workspace) ? { file: digest } : { output: digestOutput } }
  // Other paths are those of the container, and not of this machine.
  const written = flagValue(planned, 'oci-layout-path') ?? flagValue(planned, 'tar-path')
  if (written?.startsWith(workspace) === true) return { kind: 'written', path: written }
  // Nobody else would have it, and later steps ask for it.
  return { kind: 'made', path: `${madeFolder}/image` }
}

function flagValue(argv: readonly string[], flag: string): string | undefined {
  const start = `--${flag}=`
  return argv.find((word) => word.startsWith(start))?.slice(start.length)
}

/** Flags with names that it writes to. Of what it does not push they are only names. */
function writing(argv: readonly string[]): readonly string[] {
  return argv.includes('--no-push') ? ['--cache-repo='] : ['--destination=', '--cache-repo=']
}

/** Names of registries that are elsewhere. */
function spelled(argv: readonly string[], found: ToolRegistries): readonly string[] {
  return argv.map((word) => {
    const flag = writing(argv).find((start) => word.startsWith(start))
    const other = flag === undefined ? undefined : found.spelled.get(word.slice(flag.length))
    return flag === undefined || other === undefined ? word : `${flag}${other}`
  })
}

export function namesWritten(argv: readonly string[]): readonly string[] {
  return argv.flatMap((word) => writing(argv).flatMap((start) => (word.startsWith(start) ? [word.slice(start.length)] : [])))
}

/** Docker Hub has another name among those that it reads from. */
const hub = 'index.docker.io'

function ways({ places, placesOnly, plainHttp, unverified }: ToolRegistries): readonly string[] {
  const map = [...places].flatMap(([registry, all]) => all.map((place) => `${registry === 'docker.io' ? hub : registry}=${place}`))
  return [
    ...(map.length > 0 ? [`--registry-map=${map.join(';')}`] : []),
    ...(placesOnly ? ['--skip-default-registry-fallback'] : []),
    ...plainHttp.map((host) => `--insecure-registry=${host}`),
    ...unverified.map((host) => `--skip-tls-verify-registry=${host}`),
  ]
}

async function environment({ env }: ExecutorWork, { context }: At): Promise<ReadonlyMap<string, string | SecretValue>> {
  const texts = new Map<string, string | SecretValue>()
  for (const [name, planned] of Object.entries(env)) {
    const value: Text | Hidden = nowKnown(planned)
    const hidden = typeof value !== 'string' && value.kind === 'hidden' ? value : undefined
    texts.set(name, hidden === undefined ? await revealValue(value as Text, context) : secretValue(name, revealHidden(hidden, { context })))
  }
  return texts
}

async function files({ files: wanted }: ExecutorWork, job: ImageJob, found: ToolRegistries, at: At): Promise<ReadonlyMap<string, string>> {
  const all = new Map<string, string>()
  // Also where the plan could not know of logins: this machine may have some.
  if (found.logins !== undefined) all.set('/kaniko/.docker/config.json', found.logins)
  const key = wanted.find(({ holds }) => holds === 'google-key')
  const { jsonKey } = key === undefined ? {} : await loginSettings(job.login ?? {}, at)
  if (key !== undefined && jsonKey !== undefined) all.set(key.path, jsonKey)
  return all
}
