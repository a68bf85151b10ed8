/** Attributes, owners, devices: what Node has no calls for, by generated programs, some thousand files each. */
import { problem } from '../../base/problem.ts'
import type { Waiting } from '../tree/node.ts'
import { finishingSteps, parseNames, parseValues, readNames, readValues } from './attribute-steps.ts'
import { type Launched, launch } from './machine/launch.ts'
import { call, type Step } from './machine/step.ts'
import type { Cpu } from './machine/system-calls.ts'
import type { Sandbox } from './sandbox.ts'
import type { Rights } from './steps.ts'

/** Paths that one program looks at. */
const batch = 2000

export function fileCalls(rights: Rights, cpu: Cpu): Pick<Sandbox, 'attributes' | 'finish'> {
  const quick = (steps: readonly Step[], folder: string, w: Waiting & { collect?: boolean }) => launch(steps, cpu, { ...w, folder })
  return {
    async attributes(folder, paths, o) {
      const found = new Map<string, ReadonlyMap<string, Buffer>>()
      for (let i = 0; i < paths.length; i += batch) {
        const some = paths.slice(i, i + batch)
        const named = parseNames(some, outputOf(await quick([enter(folder), ...readNames(some)], o.scratch, { ...o, collect: true })))
        if (named.length === 0) continue
        const values = outputOf(await quick([enter(folder), ...readValues(named)], o.scratch, { ...o, collect: true }))
        for (const [path, attributes] of parseValues(named, values)) found.set(path, attributes)
      }
      return found
    },
    async finish(folder, work, o) {
      for (let i = 0; i < work.length; i += batch) outputOf(await quick([enter(folder), ...finishingSteps(work.slice(i, i + batch), rights)], o.scratch, o))
    },
  }
}

function enter(folder: string): Step {
  return call('chdir', [folder], `enter ${folder}`)
}

function outputOf(launched: Launched): Buffer {
  if (launched.kind === 'ended') return launched.output
  throw problem('BUILD_SANDBOX_FAILED', { what: launched.what, reason: launched.error })
}
