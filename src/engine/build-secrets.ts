/** Secrets and keys of a job's build to their bytes, at the last moment; the redactor knows each before anyone else sees it. */
import { problem } from '../base/problem.ts'
import type { BuildSecret, BuildSource, SshKey } from '../image-job/build-source.ts'
import type { BuildRequest, SshSource } from '../ports/builder.ts'
import type { ImageWork } from '../steps/image-work.ts'
import type { WorkAt } from './do-work.ts'
import { nowKnown, revealText } from './reveal.ts'

type Handed = Pick<BuildRequest, 'secrets' | 'ssh'>

export async function buildSecrets(source: BuildSource, at: WorkAt<ImageWork>): Promise<Handed> {
  const secrets = new Map<string, Uint8Array>()
  for (const secret of nowKnown(source.secrets)) secrets.set(secret.id, await secretBytes(secret, at))
  const ssh = new Map<string, SshSource>()
  for (const key of nowKnown(source.ssh)) ssh.set(key.id, await sshSource(key, at))
  return { ...(secrets.size > 0 && { secrets }), ...(ssh.size > 0 && { ssh }) }
}

/** A variable that is not set is an error, never an empty secret. */
async function secretBytes({ id, from }: BuildSecret, at: WorkAt<ImageWork>): Promise<Uint8Array> {
  switch (from.kind) {
    case 'value':
      return hidden(await revealText(from.value, at.context), at)
    case 'file':
      return fileBytes(id, from.path, at)
    case 'environment': {
      const value = await variable(from.name, at)
      if (value === undefined) throw problem('BUILD_SECRET_SOURCE', { id, reason: `the variable ${from.name} is not set` }, { at: at.step.at })
      return hidden(value, at)
    }
  }
}

/** Of the step, the stage or the pipeline. */
export async function variable(name: string, { work, context }: WorkAt<ImageWork>): Promise<string | undefined> {
  const value = work.variables?.[name]
  return value === undefined ? undefined : revealText(nowKnown(value), context)
}

async function sshSource({ id, from }: SshKey, at: WorkAt<ImageWork>): Promise<SshSource> {
  switch (from.kind) {
    case 'value':
      return { kind: 'keys', keys: [hidden(await revealText(from.value, at.context), at)] }
    case 'file':
      return { kind: 'keys', keys: [await fileBytes(id, from.path, at)] }
    case 'agent': {
      const socket = await variable('SSH_AUTH_SOCK', at)
      if (socket === undefined) throw problem('BUILD_SSH_SOURCE', { id, reason: 'no agent runs for this step' }, { at: at.step.at })
      return { kind: 'agent', socket }
    }
  }
}

async function fileBytes(id: string, path: string, at: WorkAt<ImageWork>): Promise<Uint8Array> {
  const file = at.state.workspace.hostPath(path)
  const bytes = await at.context.readFile(file).catch((cause: NodeJS.ErrnoException) => {
    const reason = `${path}: ${cause.code === 'ENOENT' ? 'there is no such file' : cause.message}`
    throw problem('BUILD_SECRET_SOURCE', { id, reason }, { at: at.step.at, cause })
  })
  return hidden(bytes.toString('utf8'), at, bytes)
}

/** Files keep their exact bytes; what the redactor looks for is text. */
function hidden(text: string, { context }: WorkAt<ImageWork>, bytes: Uint8Array = Buffer.from(text)): Uint8Array {
  context.redactor.register(text.trim())
  return bytes
}
