/** Jobs for tests, from variables or from fields. */

import { known } from '../base/planned.ts'
import type { Checked } from '../base/result.ts'
import type { Text } from '../base/secret-text.ts'
import type { ImageSettings } from '../settings/image-settings.ts'
import { mergeSettings } from '../settings/merge.ts'
import { readEnv } from '../settings/read-env.ts'
import { readYaml } from '../settings/read-yaml.ts'
import type { OriginKind } from '../settings/setting.ts'
import { type Family, stepTypeOf, type Variant } from '../settings/vocabulary.ts'
import type { YamlValue } from '../settings/yaml-value.ts'
import type { ImageJob, JobPlan } from './image-job.ts'
import { type JobContext, jobFrom } from './job-from.ts'

export const at = { file: 'p.yaml', line: 3, col: 5, endLine: 3, endCol: 9 }
export const docker: Family = { tool: 'kaniko', variant: 'docker' }

export type Vars = Readonly<Record<string, Text>>

/** Settings of variables, each with a place. */
export function settingsOf(vars: Vars, family: Family = docker, kind: OriginKind = 'step-env'): ImageSettings {
  const env = new Map(Object.entries(vars).map(([name, value]) => [name, { value: known(value), origin: { kind, name, at } }]))
  return readEnv(env, family).settings
}

export function fieldSettings(variant: Variant, fields: Readonly<Record<string, YamlValue>>): ImageSettings {
  return readYaml(stepTypeOf[variant], new Map(Object.entries(fields).map(([name, value]) => [name, { value: known(value), at }]))).settings
}

export function both(...levels: readonly ImageSettings[]): ImageSettings {
  return mergeSettings(...levels).value
}

export function plan(settings: ImageSettings, context: Partial<JobContext> = {}): Checked<JobPlan> {
  return jobFrom(settings, { family: docker, workspace: '/harness', at, ...context })
}

export function job(settings: ImageSettings, context: Partial<JobContext> = {}): ImageJob {
  const checked = plan(settings, context)
  if (!checked.ok || checked.value.kind !== 'job') throw new Error(`no job: ${JSON.stringify(checked)}`)
  return checked.value.job
}

export function codesOf(checked: Checked<unknown>): readonly string[] {
  return checked.diagnostics.map((d) => d.code)
}
