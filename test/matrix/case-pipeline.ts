/** The pipeline of one case of the matrix. JSON is YAML. */
import type { Mode, Vars } from './modes.ts'
import type { TypeRow } from './step-types.ts'

export type Level = 'step' | 'stage'

export interface Case {
  readonly mode: Mode
  readonly row: TypeRow
  readonly level: Level
  /** Unlike that of any other case: registries are shared. */
  readonly image: string
}

export const tags = ['1', '1.2'] as const

/** Name of the image of the step before. */
export function sourceOf({ row, image }: Case): string {
  return `${row.repository(`${image}-source`)}:1`
}

export function casePipeline(one: Case): string {
  const { mode, row, level, image } = one
  const vars = mapValues(mode.vars, (value) => value.replace('SOURCE', sourceOf(one)))
  const tested = step('tested', row, { image, tags }, level === 'step' ? vars : {})
  const [ofStage, before] = [level === 'stage' ? vars : {}, mode.before]
  if (before === undefined) return pipeline([stage('s', ofStage, [tested])])
  const own = { image: `${image}-source`, tags: ['1'] }
  if (before.where === 'stage before') {
    const first = level === 'stage' ? stage('b', before.vars, [step('before', row, own, {})]) : stage('b', {}, [step('before', row, own, before.vars)])
    return pipeline([first, stage('s', ofStage, [tested])])
  }
  // What the stage says to both steps, the first one takes back: the step's word goes before the stage's.
  const withdrawn = mapValues(ofStage, (value) => (value === 'true' ? 'false' : ''))
  return pipeline([stage('s', ofStage, [step('before', row, own, { ...withdrawn, ...before.vars }), tested])])
}

function step(id: string, row: TypeRow, own: { readonly image: string; readonly tags: readonly string[] }, vars: Vars): object {
  const env = Object.keys(vars).length > 0 ? { envVariables: vars } : {}
  return { step: { identifier: id, name: id, type: `BuildAndPush${row.type}`, spec: { ...row.fields(own.image), tags: own.tags, ...env } } }
}

function stage(id: string, vars: Vars, steps: readonly object[]): object {
  const variables = Object.entries(vars).map(([name, value]) => ({ name, type: 'String', value }))
  const spec = { cloneCodebase: true, platform: { os: 'Linux', arch: 'Amd64' }, execution: { steps } }
  return { stage: { identifier: id, name: id, type: 'CI', ...(variables.length > 0 && { variables }), spec } }
}

function pipeline(stages: readonly object[]): string {
  return JSON.stringify({ pipeline: { identifier: 'p', name: 'p', stages } }, null, 1)
}

function mapValues(vars: Vars, change: (value: string) => string): Vars {
  return Object.fromEntries(Object.entries(vars).map(([name, value]) => [name, change(value)]))
}
