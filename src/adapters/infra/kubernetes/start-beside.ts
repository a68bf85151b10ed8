/** A process in the container of a step that runs already: how it is asked whether a service is ready. */
import { PassThrough } from 'node:stream'
import { execute } from '../../../kubernetes-api/exec.ts'
import type { ProcessSpec, RunningStep, StepEnd } from '../../../ports/infrastructure.ts'
import { mergeOutput } from '../local/merge-output.ts'
import { stepFolder } from '../local/step-folder.ts'
import { inside } from './manifest/pod.ts'
import { letStepBegin } from './pod-files.ts'
import type { StagePod } from './stage-pod.ts'
import { stepArchive } from './step-request.ts'

export interface Beside {
  readonly pod: StagePod
  readonly container: string
  /** Here and, by its name, below the container's own folder. */
  readonly folder: string
  readonly name: string
}

export async function startBeside(spec: ProcessSpec, { pod, container, folder, name }: Beside, w: { readonly signal: AbortSignal }): Promise<RunningStep> {
  const script = await stepFolder(spec, { here: folder, inside: `${inside}/${name}` })
  const archive = await stepArchive({ folder, spec, argvs: script.argvs, env: script.env, order: 0 }, w)
  await letStepBegin(pod, { container, archive, folder: name }, w)
  const command = [`${inside}/launcher`, 'start', `${inside}/${name}`]
  const { output, errors, ended } = await pod.cluster.patiently(() => execute(pod.cluster, { ...pod, container, command }, w), w)
  const end = ended.then(
    (code): StepEnd => ({ exit: { kind: 'exited', code }, ...nothing }),
    (error: unknown): StepEnd => {
      if (w.signal.aborted) return { exit: { kind: 'killed', signal: 'SIGKILL' }, ...nothing }
      throw error
    },
  )
  return { output: mergeOutput(output.pipe(new PassThrough()), errors.pipe(new PassThrough())), end }
}

const nothing = { outputs: new Map<string, string>(), handed: { outputs: '', secrets: '', env: '' } }
