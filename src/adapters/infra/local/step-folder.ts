/** The private folder through which a step gets its script and hands back what it has to say. The step may see it at another path than we do. */
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { problem } from '../../../base/problem.ts'
import type { HandedBack, ProcessSpec, StepEnd } from '../../../ports/infrastructure.ts'
import { type Shell, shells } from './step-script.ts'

export interface StepFolder {
  /** What starts the step: the first whose program is there. */
  readonly argvs: readonly (readonly string[])[]
  /** The variables that name the files to hand back. */
  readonly env: Readonly<Record<string, string>>
  /** Asked once the step has ended. */
  collect(): Promise<Pick<StepEnd, 'outputs' | 'handed'>>
}

const most = 16 * 1024 * 1024

/** Without `argv` a program is what its image starts: then there is nothing to say here. A few small files at once cost less than waiting for each. */
export async function stepFolder(spec: ProcessSpec, o: { readonly here: string; readonly inside: string }): Promise<StepFolder> {
  mkdirSync(o.here, { recursive: true, mode: 0o700 })
  // The user of an image may be anybody; the folders above keep all others out.
  if (spec.image !== undefined) chmodSync(o.here, 0o777)
  const shell = shellOf(spec)
  if (shell !== undefined && spec.start.kind === 'script') {
    const files = shell.files({ script: spec.start.script, outputs: spec.outputs, folder: o.inside })
    for (const [name, text] of Object.entries(files)) writeFileSync(join(o.here, name), text, { mode: spec.image === undefined ? 0o600 : 0o644 })
  }
  return {
    argvs: argvsOf(spec, shell, o.inside),
    env: {
      DRONE_OUTPUT: `${o.inside}/outputs`,
      HARNESS_OUTPUT_FILE: `${o.inside}/outputs`,
      HARNESS_OUTPUT_SECRET_FILE: `${o.inside}/secrets`,
      DRONE_ENV: `${o.inside}/env`,
    },
    collect: () => collect(spec, o.here),
  }
}

export function programMissing(spec: ProcessSpec, tried: readonly string[]): Error {
  const where = spec.image === undefined ? 'on this machine' : `in the image ${spec.image.reference}`
  const hint = shellOf(spec)?.missing
  return problem('STEP_PROGRAM_MISSING', { programs: tried.join(' or '), where }, hint === undefined ? {} : { hint })
}

function shellOf({ start }: ProcessSpec): Shell | undefined {
  if (start.kind === 'program') return undefined
  const shell = shells[start.shell]
  if (shell === undefined) throw problem('STEP_SHELL_UNKNOWN', { shell: start.shell, known: Object.keys(shells).join(', ') })
  return shell
}

function argvsOf({ start }: ProcessSpec, shell: Shell | undefined, folder: string): readonly (readonly string[])[] {
  if (start.kind === 'program') return start.argv === undefined ? [] : [start.argv]
  return (shell?.programs ?? []).map((program) => [program, ...(shell?.args(folder) ?? [])])
}

async function collect(spec: ProcessSpec, folder: string): Promise<Pick<StepEnd, 'outputs' | 'handed'>> {
  const written = new Set(namesIn(folder))
  const read = async (name: string): Promise<string | undefined> => (written.has(name) ? readSome(join(folder, name), name) : undefined)
  const outputs = new Map<string, string>()
  for (const name of spec.outputs) {
    const value = await read(`out.${name}`)
    if (value !== undefined) outputs.set(name, value)
  }
  const handed: HandedBack = { outputs: (await read('outputs')) ?? '', secrets: (await read('secrets')) ?? '', env: (await read('env')) ?? '' }
  return { outputs, handed }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

async function readSome(path: string, name: string): Promise<string> {
  const { size } = await stat(path)
  if (size > most) throw problem('STEP_OUTPUT_TOO_LARGE', { name: name.replace(/^out\./, ''), size, most })
  return readFile(path, 'utf8')
}
