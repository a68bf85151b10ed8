/** Facts for planning: from options, configuration, and the file given by `--facts`. */

import { resolve } from 'node:path'
import { problem } from '../base/problem.ts'
import { gitAddress, isGitConnector } from '../pipeline/git-address.ts'
import type { ConnectorFact, RunFacts } from '../plan/facts.ts'
import type { InfraName } from '../ports/infrastructure.ts'
import type { Engine } from '../settings/vocabulary.ts'
import type { LoadedConfig } from './load-config.ts'
import { readText } from './load-pipeline.ts'
import { nameValues } from './name-value.ts'
import type { World } from './world.ts'

export interface FactOptions {
  readonly var: readonly string[]
  readonly on?: InfraName
  readonly engine?: Engine
  readonly facts?: string
}

export async function readFacts(o: FactOptions, config: LoadedConfig, world: World): Promise<RunFacts> {
  const engine = o.engine ?? config.engine
  return {
    flags: config.flags,
    variables: nameValues('--var', o.var),
    connectors: connectorFacts(config.connectors),
    ...(o.on !== undefined && { on: o.on }),
    ...(engine !== undefined && { engine }),
    ...(config.kanikoImage !== undefined && { kanikoImage: config.kanikoImage }),
    ...(o.facts !== undefined && (await factsFile(o.facts, world))),
  }
}

async function factsFile(name: string, world: World): Promise<Partial<RunFacts>> {
  const text = await readText(resolve(world.cwd, name), name, world)
  try {
    return JSON.parse(text) as Partial<RunFacts>
  } catch (cause) {
    throw problem('FILE_UNREADABLE', { file: name, reason: 'it is no JSON', cwd: world.cwd }, { cause })
  }
}

/** URLs only where they are written out: one that is an expression is resolved when the connector is used. */
export function connectorFacts(connectors: LoadedConfig['connectors']): Readonly<Record<string, ConnectorFact>> {
  const facts: Record<string, ConnectorFact> = {}
  for (const [id, connector] of connectors) {
    const url = connector.type === 'DockerRegistry' ? connector.spec.dockerRegistryUrl : undefined
    const plain = url?.kind === 'literal' && typeof url.value === 'string' ? url.value : undefined
    const git = isGitConnector(connector) ? gitAddress(connector) : undefined
    facts[id] = { type: connector.type, ...(plain !== undefined && { url: plain }), ...(git !== undefined && { git }) }
  }
  return facts
}
