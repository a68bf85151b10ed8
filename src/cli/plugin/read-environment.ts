/** The variables of a plugin: the process', then those of the file PLUGIN_ENV_FILE names, and tags from the file `.tags`, as the originals look for them. */
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { type Diagnostic, diagnose } from '../../base/diagnostic.ts'
import { known } from '../../base/planned.ts'
import { namedPlace } from '../../base/span.ts'
import { tagsOfFile } from '../../image-job/expand-tags.ts'
import { isPluginName } from '../../settings/env-name.ts'
import { lookupFor } from '../../settings/lookup.ts'
import type { Env } from '../../settings/read-env.ts'
import type { EnvEntry, OriginKind } from '../../settings/setting.ts'
import type { Family } from '../../settings/vocabulary.ts'
import { readDotenv } from '../../steps/read-dotenv.ts'
import type { World } from '../world.ts'

export interface PluginEnvironment {
  /** What may be a setting. */
  readonly env: Env
  readonly all: ReadonlyMap<string, string>
  readonly diagnostics: readonly Diagnostic[]
}

export async function pluginEnvironment(family: Family, { env, cwd }: Pick<World, 'env' | 'cwd'>): Promise<PluginEnvironment> {
  const all = new Map<string, string>()
  const entries = new Map<string, EnvEntry>()
  const diagnostics: Diagnostic[] = []
  const { rowOf, namesOf } = lookupFor(family)
  const add = (name: string, value: string, origin: { readonly kind: OriginKind; readonly name: string }): void => {
    if (all.has(name)) return
    all.set(name, value)
    if (rowOf.has(name) || isPluginName(name)) entries.set(name, { value: known(value), origin: { ...origin, at: namedPlace(origin.name) } })
  }
  for (const [name, value] of Object.entries(env)) if (value !== undefined) add(name, value, { kind: 'environment', name })
  const file = all.get('PLUGIN_ENV_FILE')
  if (file !== undefined && file !== '') {
    const text = await readFile(resolve(cwd, file), 'utf8').catch((cause: NodeJS.ErrnoException) => {
      const reason = cause.code === 'ENOENT' ? 'there is no such file' : cause.message
      diagnostics.push(diagnose('PLUGIN_ENV_FILE_UNREADABLE', { file, reason }, { at: namedPlace('PLUGIN_ENV_FILE') }))
      return ''
    })
    for (const [name, value] of readDotenv(text).values) add(name, value, { kind: 'file', name })
  }
  if (!(namesOf.get('tags') ?? []).some((name) => all.has(name))) {
    const text = await readFile(resolve(cwd, '.tags'), 'utf8').catch(() => undefined)
    if (text !== undefined) entries.set('PLUGIN_TAGS', tagsEntry(text))
  }
  return { env: entries, all, diagnostics }
}

function tagsEntry(text: string): EnvEntry {
  return { value: known(tagsOfFile(text).join(',')), origin: { kind: 'file', name: '.tags', at: namedPlace('.tags') } }
}
