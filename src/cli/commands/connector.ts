/** `slipway connector list|check`: which connectors a pipeline's configuration defines, and whether their registries take them. */
import { join, resolve } from 'node:path'
import { isProblem } from '../../base/problem.ts'
import { codeFor, type ExitCode, exitCodes, printDiagnostics } from '../failures.ts'
import { hostRules } from '../host-rules.ts'
import { type LoadedConfig, loadConfig } from '../load-config.ts'
import { connectorFacts } from '../read-facts.ts'
import { scanChoice } from '../scan/scan-choice.ts'
import type { World } from '../world.ts'

export interface ConnectorOptions {
  readonly json?: boolean
  readonly map?: readonly string[]
}

export async function listConnectors(dir: string, o: ConnectorOptions, world: World): Promise<ExitCode> {
  const config = await configOf(dir, world)
  const facts = Object.entries(connectorFacts(config.connectors))
  if (o.json === true)
    await world.stdout.write(
      `${JSON.stringify(
        facts.map(([identifier, fact]) => ({ identifier, ...fact })),
        null,
        2,
      )}\n`,
    )
  else if (facts.length === 0) await world.stdout.write('no connectors; add them to `connectors` in .slipway/config.yaml\n')
  else await world.stdout.write(facts.map(([id, { type, url }]) => `${id.padEnd(24)} ${type.padEnd(16)} ${url ?? ''}\n`).join(''))
  return codeFor(config.diagnostics)
}

const checked: ReadonlySet<string> = new Set(['DockerRegistry', 'Aws', 'Gcp', 'Azure'])

/** Each registry connector logs in once; nothing is pulled or pushed. */
export async function checkConnectors(dir: string, o: ConnectorOptions, world: World): Promise<ExitCode> {
  const config = await configOf(dir, world)
  const embedded = await world.tools.embeddedRegistries(await hostRules(o.map ?? [], config, world), world.home)
  const scan = scanChoice(config, {}, world)
  const engine = await world.tools.engine({ hosts: embedded.hosts, connectors: config.connectors, home: world.home, onSecret: () => undefined, scan })
  try {
    const results: { readonly identifier: string; readonly ok: boolean; readonly says: string }[] = []
    for (const [identifier, connector] of config.connectors) {
      if (!checked.has(connector.type)) results.push({ identifier, ok: true, says: `${connector.type} connectors are not checked in this version` })
      else results.push({ identifier, ...(await engine.checkConnector(identifier, { signal: world.signal }).then(ok, refused)) })
    }
    if (o.json === true) await world.stdout.write(`${JSON.stringify(results, null, 2)}\n`)
    else for (const { identifier, ok: good, says } of results) await world.stdout.write(`${good ? '✔' : '✖'} ${identifier.padEnd(24)} ${says}\n`)
    return results.every((result) => result.ok) ? codeFor(config.diagnostics) : exitCodes.problems
  } finally {
    await engine.close()
    await embedded.close()
  }
}

function ok(says: string): { readonly ok: boolean; readonly says: string } {
  return { ok: true, says }
}

function refused(error: unknown): { readonly ok: boolean; readonly says: string } {
  if (!isProblem(error)) throw error
  return { ok: false, says: `${error.message} [${error.code}]` }
}

async function configOf(dir: string, world: World): Promise<LoadedConfig> {
  const config = await loadConfig([join(resolve(world.cwd, dir), '.slipway'), world.home])
  await printDiagnostics(config.diagnostics, config.sources, world)
  return config
}
