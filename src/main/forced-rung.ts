/** SLIPWAY_RUNG: how a RUN shall have its base's files, where the best way that works is not wanted. */
import { problem } from '../base/problem.ts'
import { namespaceSandbox } from '../builder/exec/namespaces.ts'
import type { LayerForm, Sandbox } from '../builder/exec/sandbox.ts'

const rungs: ReadonlyMap<string, LayerForm> = new Map([
  ['1', 'image'],
  ['1-loop', 'image through loop'],
  ['2', 'folder'],
])

/** Undefined: whatever works best. A rung that does not work is an error then, never another rung. */
export function forcedSandbox(env: Readonly<Record<string, string | undefined>>): Sandbox | undefined {
  const wanted = env['SLIPWAY_RUNG'] ?? ''
  if (wanted === '') return undefined
  const layers = rungs.get(wanted)
  if (layers === undefined) throw problem('BUILD_RUNG_UNKNOWN', { rung: wanted, known: [...rungs.keys()].join(', ') })
  return namespaceSandbox({ layers })
}
