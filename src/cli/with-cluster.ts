/** A Kubernetes cluster for one command: that of a connector, or the usual one. */
import { join } from 'node:path'
import type { ClusterCare } from '../ports/cluster-care.ts'
import { printDiagnostics } from './failures.ts'
import { loadConfig } from './load-config.ts'
import { scanChoice } from './scan/scan-choice.ts'
import type { World } from './world.ts'

export interface ClusterOptions {
  readonly connector?: string
  readonly namespace?: string
}

export async function withCluster<T>({ connector, namespace }: ClusterOptions, world: World, use: (care: ClusterCare) => Promise<T>): Promise<T> {
  const config = await loadConfig([join(world.cwd, '.slipway'), world.home])
  await printDiagnostics(config.diagnostics, config.sources, world)
  const scan = scanChoice(config, {}, world)
  const engine = await world.tools.engine({ hosts: [], connectors: config.connectors, home: world.home, onSecret: () => undefined, scan })
  try {
    const wanted = { ...(connector !== undefined && { connector }), ...(namespace !== undefined && { namespace }) }
    const care = await engine.clusterCare(wanted, { signal: world.signal })
    try {
      return await use(care)
    } finally {
      await care.close()
    }
  } finally {
    await engine.close()
  }
}
