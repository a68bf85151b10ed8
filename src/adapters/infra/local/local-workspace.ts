/** A stage's workspace on this machine: starts steps in it, and takes everything away at the end. */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { problem } from '../../../base/problem.ts'
import type { ProcessSpec, RunningStep, StepEnd, Workspace } from '../../../ports/infrastructure.ts'
import { programOf } from '../program-of.ts'
import { answers } from './answers.ts'
import { type ProcessTree, startTree, type TreeOptions } from './process-tree.ts'
import { programMissing, stepFolder } from './step-folder.ts'
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
      const { argvs, env, collect } = await stepFolder(spec, { here: folder, inside: folder })
      const tree = await startFirst(argvs, spec, { cwd: o.workspace, env: { ...environment(spec, o), ...env }, kill: o.kill })
      running.add(tree)
      const onAbort = (): void => tree.end(spec.graceMs)
      signal.addEventListener('abort', onAbort, { once: true })
      const end = tree.exit.then(async (exit): Promise<StepEnd> => {
        signal.removeEventListener('abort', onAbort)
        running.delete(tree)
        const handed = await collect()
        await rm(folder, { recursive: true, force: true })
        return { exit, ...handed }
      })
      // Whoever reads the output first learns of it later.
      end.catch(() => undefined)
      return { output: tree.output, end } satisfies RunningStep
    },
    answers: (port, { signal }) => answers(port, signal),
    async close() {
      for (const tree of running) tree.end(0)
      await Promise.all([...running].map((tree) => tree.exit))
      await rm(o.base, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

/** Several programs may do for one script: the first that is there. */
async function startFirst(argvs: readonly (readonly string[])[], spec: ProcessSpec, o: TreeOptions): Promise<ProcessTree> {
  for (const argv of argvs) {
    try {
      return await startTree(argv, o)
    } catch (cause) {
      const { code, message } = cause as NodeJS.ErrnoException
      if (code !== 'ENOENT') throw problem('STEP_START_FAILED', { program: programOf(spec), reason: message }, { cause })
    }
  }
  throw programMissing(
    spec,
    argvs.map(([program = '']) => program),
  )
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
