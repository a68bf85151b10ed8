/** SLIPWAY_RUNG: how a RUN shall have its base's files, where the best way that works is not wanted. */

import process from 'node:process'
import { problem } from '../base/problem.ts'
import { chrootSandbox } from '../builder/exec/chroot/chroot-sandbox.ts'
import { firstAble } from '../builder/exec/first-able.ts'
import { namespaceSandbox } from '../builder/exec/namespaces.ts'
import type { LayerForm, Sandbox } from '../builder/exec/sandbox.ts'
import { inContainer } from './in-container.ts'

const rungs: ReadonlyMap<string, () => Sandbox> = new Map([
  ['1', () => mounted('image')],
  ['1-loop', () => mounted('image through loop')],
  ['2', () => mounted('folder')],
  ['6', changedRoot],
])

function mounted(layers: LayerForm): Sandbox {
  return namespaceSandbox({ layers })
}

function changedRoot(): Sandbox {
  return chrootSandbox({ kill: (pid) => void kill(pid) })
}

function kill(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended by itself.
    return false
  }
}

/** Undefined: whatever works best of what needs namespaces. A rung that does not work is an error then, never another rung. */
export function forcedSandbox(
  env: Readonly<Record<string, string | undefined>>,
  o: { readonly inNamespace?: boolean; readonly container?: boolean } = {},
): Sandbox | undefined {
  const wanted = env['SLIPWAY_RUNG'] ?? ''
  // Rung 5 is the way there, and in the namespace there are no devices for a changed root.
  if (wanted === '5' || (wanted === '' && o.inNamespace === true)) return undefined
  if (wanted === '') return (o.container ?? inContainer(env)) ? firstAble(namespaceSandbox(), changedRoot()) : undefined
  const sandbox = rungs.get(wanted)
  if (sandbox === undefined) throw problem('BUILD_RUNG_UNKNOWN', { rung: wanted, known: [...rungs.keys(), '5'].sort().join(', ') })
  return sandbox()
}
