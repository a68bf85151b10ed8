/** How kaniko's executor is started for a job: its command line, the variables it finds and the files that must be there. Pure; secrets by name, or hidden. */
import type { Hidden } from '../../base/hidden.ts'
import { known, type Planned } from '../../base/planned.ts'
import { joinText, type Text } from '../../base/secret-text.ts'
import type { ImageSettings } from '../../settings/image-settings.ts'
import type { Family } from '../../settings/vocabulary.ts'
import type { ImageJob } from '../image-job.ts'
import { knobs } from '../knobs.ts'
import { executorArgs } from './executor-args.ts'
import { type ExecutorCall, executorFlags, type FlagValue } from './executor-flags.ts'

export interface ExecutorCommand {
  /** The program first. What is not known yet stands as the user wrote it. */
  readonly argv: readonly Planned<Text>[]
  readonly env: Readonly<Record<string, Planned<Text | Hidden>>>
  readonly files: readonly ExecutorFile[]
}

export interface ExecutorFile {
  readonly path: string
  readonly holds: 'logins' | 'google-key'
}

export interface ExecutorContext {
  readonly family: Family
  readonly workspace: string
  /** A connector of the step signs in to a registry. */
  readonly connectors: boolean
  readonly variable: (name: string) => Planned<Text> | undefined
}

const program = '/kaniko/executor'
const dockerFolder = '/kaniko/.docker'
const googleKey = '/kaniko/config.json'

/** undefined: a job that builds nothing needs no executor. */
export function executorCommand(settings: ImageSettings, job: ImageJob, context: ExecutorContext): ExecutorCommand | undefined {
  if (job.source.kind !== 'build') return undefined
  const args = executorArgs(job.source.args, context.variable)
  const call: ExecutorCall = { k: knobs(settings, context.family), job, build: job.source, workspace: context.workspace, args }
  const given = args.kind === 'known' ? args.value.flatMap(({ variable }) => variable ?? []) : []
  return {
    argv: [known(program), ...Object.entries(executorFlags).flatMap(([name, row]) => written(name, row(call)))],
    env: { ...surroundings(call), ...Object.fromEntries(given.map(({ name, value }) => [name, value])) },
    files: filesOf(call, context),
  }
}

function written(name: string, value: FlagValue): readonly Planned<Text>[] {
  if (value === undefined) return []
  if (value === true) return [known(`--${name}`)]
  const start = `--${name}=`
  if (value.kind === 'deferred') return [{ ...value, source: `${start}${value.source}` }]
  const texts = Array.isArray(value.value) ? (value.value as readonly Text[]) : [value.value as Text]
  return texts.map((text) => known(joinText(start, text)))
}

/** The clouds' helpers inside the executor look here. */
function surroundings({ k, job }: ExecutorCall): ExecutorCommand['env'] {
  const { login = {} } = job
  const region = k.family.variant === 'ecr' ? k.plain('region') : undefined
  return {
    DOCKER_CONFIG: known(dockerFolder),
    ...(login.jsonKey !== undefined && { GOOGLE_APPLICATION_CREDENTIALS: known(googleKey) }),
    ...(region !== undefined && { AWS_REGION: region }),
    ...(login.accessKey !== undefined && { AWS_ACCESS_KEY_ID: login.accessKey }),
    ...(login.secretKey !== undefined && { AWS_SECRET_ACCESS_KEY: login.secretKey }),
  }
}

const signing = ['username', 'password', 'config', 'accessToken', 'baseUsername', 'basePassword', 'clientId', 'servicePrincipalId'] as const

function filesOf({ job }: ExecutorCall, { connectors }: ExecutorContext): readonly ExecutorFile[] {
  const { login = {} } = job
  const logins = connectors || signing.some((key) => login[key] !== undefined)
  return [
    ...(logins ? [{ path: `${dockerFolder}/config.json`, holds: 'logins' } as const] : []),
    ...(login.jsonKey === undefined ? [] : [{ path: googleKey, holds: 'google-key' } as const]),
  ]
}
