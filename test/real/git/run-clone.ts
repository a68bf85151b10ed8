/** The real program in this process, with connectors and an environment of its own, for pipelines that clone. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { runProgram } from '../../../src/cli/program.ts'
import type { Writer } from '../../../src/cli/world.ts'
import type { Recorded } from '../../../src/events/run-event.ts'
import { composeToolbox } from '../../../src/main/compose-toolbox.ts'
import { composeWorld } from '../../../src/main/compose-world.ts'
import { systemClock } from '../../../src/main/system-clock.ts'
import { type TempProject, tempProject } from '../../support/temp-project.ts'

export interface CloneRun {
  /** Lines below `codebase:`, or undefined for a pipeline without it. */
  readonly codebase?: readonly string[]
  /** Steps after the clone, as flow maps. */
  readonly steps?: readonly string[]
  readonly connector?: string
  readonly secrets?: Readonly<Record<string, string>>
  readonly env?: Readonly<Record<string, string>>
  readonly args?: readonly string[]
  readonly signal?: AbortSignal
  /** The run to go on with: its data folder and its project. */
  readonly after?: Pick<CloneRan, 'home' | 'project'>
  /** In place of running the pipeline. */
  readonly command?: readonly string[]
}

export interface CloneRan {
  readonly code: number
  /** Output of all steps. */
  readonly text: string
  readonly err: string
  readonly events: readonly Recorded['event'][]
  /** Codes and texts of what failed. */
  readonly problems: readonly string[]
  readonly home: string
  readonly project: TempProject
  /** What is left of stages and logins. */
  readonly left: readonly string[]
}

export async function runClone(o: CloneRun): Promise<CloneRan> {
  const project = o.after?.project ?? newProject(o)
  const home = o.after?.home ?? tempProject().dir
  const secrets = Object.fromEntries(Object.entries(o.secrets ?? {}).map(([name, value]) => [`SLIPWAY_SECRET_${name.toUpperCase()}`, value]))
  const env = { PATH: process.env['PATH'] ?? '', HOME: project.dir, ...secrets, ...o.env }
  const caught = { out: '', err: '' }
  const writer = (name: 'out' | 'err'): Writer => ({
    write: (text) => {
      caught[name] += text
    },
    columns: undefined,
    rows: undefined,
    colour: false,
  })
  const uid = process.getuid?.() ?? 0
  const tools = composeToolbox({ env, kill: process.kill.bind(process), pid: process.pid, uid, program: [], clock: systemClock })
  const signal = o.signal ?? new AbortController().signal
  const world = { ...composeWorld(signal), tools, env, cwd: project.dir, home, stdout: writer('out'), stderr: writer('err') }
  const code = await runProgram([...(o.command ?? ['run', 'pipeline.yaml']), '--output', 'ndjson', ...(o.args ?? [])], world)
  const events = caught.out
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => (JSON.parse(line) as Recorded).event)
  return {
    code,
    text: events.map((event) => (event.kind === 'step.output' ? event.text : '')).join(''),
    err: caught.err,
    events,
    problems: events.flatMap((event) =>
      event.kind === 'step.finished' && event.outcome.kind === 'errored' ? [`${event.outcome.problem.code} ${event.outcome.problem.message}`] : [],
    ),
    home,
    project,
    left: readdirSync(join(home, 'stages')),
  }
}

function newProject(o: CloneRun): TempProject {
  const config = o.connector === undefined ? 'flags: {}\n' : `connectors:\n  - ${o.connector}\n`
  return tempProject({ 'pipeline.yaml': pipelineText(o), '.slipway/config.yaml': config })
}

function pipelineText({ codebase, steps = [] }: CloneRun): string {
  const list = steps.length === 0 ? ['{identifier: nothing, name: nothing, type: Run, spec: {command: "true"}}'] : steps
  return [
    'pipeline:',
    '  identifier: p',
    '  name: p',
    ...(codebase === undefined ? [] : ['  properties:', '    ci:', '      codebase:', ...codebase.map((line) => `        ${line}`)]),
    '  stages:',
    '    - stage:',
    '        identifier: s',
    '        name: s',
    '        type: CI',
    '        spec:',
    `          cloneCodebase: ${codebase !== undefined}`,
    '          platform: {os: Linux}',
    '          execution:',
    '            steps:',
    ...list.map((step) => `              - step: ${step}`),
    '',
  ].join('\n')
}

export function run(command: string, id = 'look'): string {
  return `{identifier: ${id}, name: ${id}, type: Run, spec: {command: ${JSON.stringify(command)}}}`
}
