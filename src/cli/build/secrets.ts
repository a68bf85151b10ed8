/** `--secret id=ID,src=FILE|env=NAME`, read before anything runs, as buildx reads it. */
import { readFile, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { problem } from '../../base/problem.ts'
import type { World } from '../world.ts'
import { readSpec } from './spec.ts'

const flag = '--secret'
/** BuildKit's bound; a secret is held in memory. */
const largest = 500 * 1024

/** Without a source: the variable of that name, or else the file. */
export async function readSecrets(given: readonly string[], world: Pick<World, 'cwd' | 'env'>): Promise<ReadonlyMap<string, Uint8Array>> {
  const secrets = new Map<string, Uint8Array>()
  for (const text of given) {
    const spec = readSpec(flag, text, ['type', 'id', 'source', 'src', 'env'])
    const type = spec.get('type') ?? 'file'
    const source = spec.get('source') ?? spec.get('src')
    const id = spec.get('id') ?? source?.split('/').at(-1) ?? spec.get('env') ?? ''
    if (type !== 'file' && type !== 'env') throw problem('BUILD_FLAG_INVALID', { flag, text, reason: `the type "${type}" is neither file nor env` })
    if (id === '') throw problem('BUILD_FLAG_INVALID', { flag, text, reason: 'the id is missing' })
    secrets.set(
      id,
      await secretFrom(id, { env: spec.get('env') ?? (type === 'env' ? (source ?? id) : undefined), file: type === 'env' ? undefined : source }, world),
    )
  }
  return secrets
}

async function secretFrom(id: string, from: { readonly env: string | undefined; readonly file: string | undefined }, { cwd, env }: Pick<World, 'cwd' | 'env'>) {
  const variable = from.env ?? (from.file === undefined && env[id] !== undefined ? id : undefined)
  if (variable !== undefined) {
    const value = env[variable]
    if (value === undefined) throw problem('BUILD_SECRET_SOURCE', { id, reason: `the variable ${variable} is not set` })
    return Buffer.from(value)
  }
  const file = resolve(cwd, from.file ?? id)
  try {
    const { size } = await stat(file)
    if (size > largest) throw problem('BUILD_SECRET_SOURCE', { id, reason: `${file} is larger than ${largest / 1024} KiB` })
    return await readFile(file)
  } catch (cause) {
    if (!(cause instanceof Error) || !('code' in cause) || typeof cause.code !== 'string' || cause.code.startsWith('BUILD')) throw cause
    throw problem('BUILD_SECRET_SOURCE', { id, reason: `${file}: ${cause.code === 'ENOENT' ? 'there is no such file' : cause.code}` }, { cause })
  }
}
