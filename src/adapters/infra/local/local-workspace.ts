/** A stage's workspace on this machine: starts steps in it, and takes everything away at the end. */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { problem } from '../../../base/problem.ts'
import type { ProcessSpec, RunningStep, StepEnd, Workspace } from '../../../ports/infrastructure.ts'
import { programOf } from '../program-of.ts'
import { type ProcessTree, startTree } from './process-tree.ts'
import { shells } from './step-script.ts'
import { hostPath } from './workspace-paths.ts'

export interface WorkspaceOptions {
  readonly base: string
  readonly workspace: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly kill: (pid: number, signal: NodeJS.Signals) => void
}

/** What a step inherits from the machine; everything else is the pipeline's. */
const inherited = ['PATH', 'HOME', 'USER', 'LOGNAME', 'LANG', 'LC_ALL', 'TZ', 'TERM', 'TMPDIR']

export function localWorkspace(o: WorkspaceOptions): Workspace {
  const running = new Set<ProcessTree>()
  return {
    hostPath: (path) => hostPath(o.workspace, path),
    async start(spec, { signal }) {
      signal.throwIfAborted()
      if (spec.image !== undefined) throw problem('STEP_IMAGE_NOT_LOCAL', { image: spec.image.reference })
      const folder = join(o.base, 'steps', spec.name.replaceAll('/', '.'))
      const tree = await startTree(await argvOf(spec, folder), { cwd: o.workspace, env: environment(spec, o), kill: o.kill }).catch((cause: unknown) => {
        throw problem('STEP_START_FAILED', { program: programOf(spec), reason: cause instanceof Error ? cause.message : String(cause) }, { cause })
      })
      running.add(tree)
      const onAbort = (): void => tree.end(spec.graceMs)
      signal.addEventListener('abort', onAbort, { once: true })
      const end = tree.exit.then(async (exit): Promise<StepEnd> => {
        signal.removeEventListener('abort', onAbort)
        running.delete(tree)
        const outputs = await readOutputs(spec, folder)
        await rm(folder, { recursive: true, force: true })
        return { exit, outputs }
      })
      return { output: tree.output, end } satisfies RunningStep
    },
    async close() {
      for (const tree of running) tree.end(0)
      await Promise.all([...running].map((tree) => tree.exit))
      await rm(o.base, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

async function argvOf({ start, outputs }: ProcessSpec, folder: string): Promise<readonly string[]> {
  if (start.kind === 'program') return start.argv ?? []
  const shell = shells[start.shell]
  if (shell === undefined) throw problem('STEP_SHELL_UNKNOWN', { shell: start.shell, known: Object.keys(shells).join(', ') })
  const script = shell({ script: start.script, outputs, folder })
  await mkdir(folder, { recursive: true, mode: 0o700 })
  for (const [name, text] of Object.entries(script.files)) await writeFile(join(folder, name), text, { mode: 0o600 })
  return script.argv
}

function environment(spec: ProcessSpec, o: WorkspaceOptions): Record<string, string> {
  const env: Record<string, string> = {}
  for (const name of inherited) {
    const value = o.env[name]
    if (value !== undefined) env[name] = value
  }
  env['HARNESS_WORKSPACE'] = o.workspace
  env['DRONE_WORKSPACE'] = o.workspace
  env['CI'] = 'true'
  for (const [name, value] of spec.env) env[name] = typeof value === 'string' ? value : value.reveal()
  return env
}

async function readOutputs(spec: ProcessSpec, folder: string): Promise<ReadonlyMap<string, string>> {
  const written = new Set(await readdir(folder).catch(() => []))
  const outputs = new Map<string, string>()
  for (const name of spec.outputs) if (written.has(`out.${name}`)) outputs.set(name, await readFile(join(folder, `out.${name}`), 'utf8'))
  return outputs
}
