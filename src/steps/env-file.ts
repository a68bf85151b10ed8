/** PLUGIN_ENV_FILE and `.tags` in a pipeline: files of the workspace, so their variables are settings from the moment the step runs. */
import { diagnose } from '../base/diagnostic.ts'
import { type Deferred, known, type Planned } from '../base/planned.ts'
import { showText, type Text } from '../base/secret-text.ts'
import { tagsOfFile } from '../image-job/expand-tags.ts'
import { absolutePath } from '../image-job/paths.ts'
import { isPluginName } from '../settings/env-name.ts'
import { lookupFor } from '../settings/lookup.ts'
import type { Env } from '../settings/read-env.ts'
import type { EnvEntry, Setting } from '../settings/setting.ts'
import type { Family } from '../settings/vocabulary.ts'
import type { Report } from '../yaml/shape/shape.ts'
import type { AskedFile, Files } from './asked-files.ts'
import { readDotenv } from './read-dotenv.ts'

interface FileReading {
  readonly workspace: string
  /** Absent: nothing is read yet. */
  readonly files?: Files | undefined
  readonly report: Report
}

export type EnvFile =
  | { readonly kind: 'none' }
  | { readonly kind: 'waits'; readonly until: Deferred; readonly asks: readonly AskedFile[] }
  | { readonly kind: 'read'; readonly values: ReadonlyMap<string, string>; readonly name: string }

export function envFileOf(setting: Setting<Text> | undefined, { workspace, files, report }: FileReading): EnvFile {
  if (setting === undefined) return { kind: 'none' }
  const { value, origin } = setting
  if (value.kind === 'deferred') return { kind: 'waits', until: value, asks: [] }
  const name = showText(value.value)
  if (name === '') return { kind: 'none' }
  const path = absolutePath(workspace, name)
  const fact = files?.get(path)
  if (fact === undefined) {
    const until: Deferred = { kind: 'deferred', source: name, until: 'the step reads this file', ...(origin.at !== undefined && { at: origin.at }) }
    return { kind: 'waits', until, asks: [{ path, variables: true }] }
  }
  if ('text' in fact) return { kind: 'read', values: readDotenv(fact.text).values, name }
  report(diagnose('PLUGIN_ENV_FILE_UNREADABLE', { file: name, reason: fact.missing }, { at: origin.at }))
  return { kind: 'none' }
}

/** What may be a setting; everything else that is given goes before it. */
export function settingsOfFile(file: EnvFile, family: Family): Env {
  if (file.kind !== 'read') return new Map()
  const { rowOf } = lookupFor(family)
  const entries = [...file.values].filter(([name]) => rowOf.has(name) || isPluginName(name))
  return new Map(entries.map(([name, value]) => [name, { value: known(value), origin: { kind: 'file', name } }]))
}

export function variableOfFile(file: EnvFile, name: string): Planned<Text> | undefined {
  const value = file.kind === 'read' ? file.values.get(name) : undefined
  return value === undefined ? undefined : known(value)
}

interface TagsFile {
  readonly entry?: EnvEntry
  readonly asks: readonly AskedFile[]
}

/** Read where no variable names tags, as the originals do. Until then they are `latest`. */
export function tagsFileOf(env: Env, family: Family, { workspace, files, report }: FileReading): TagsFile {
  if ((lookupFor(family).namesOf.get('tags') ?? []).some((name) => env.has(name))) return { asks: [] }
  const path = absolutePath(workspace, '.tags')
  const fact = files?.get(path)
  if (fact === undefined) {
    report(diagnose('PLUGIN_TAGS_LATER', {}))
    return { asks: [{ path }] }
  }
  return 'missing' in fact ? { asks: [] } : { asks: [], entry: { value: known(tagsOfFile(fact.text).join(',')), origin: { kind: 'file', name: '.tags' } } }
}
