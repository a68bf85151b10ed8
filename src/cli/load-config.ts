/** Configuration: `.slipway/config.yaml` beside the pipeline, then the one in the data folder; the nearer one's hosts come first. */
import { readFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { type Diagnostic, diagnose, hasErrors } from '../base/diagnostic.ts'
import { type Config, configDocument } from '../pipeline/config.ts'
import type { Connector } from '../pipeline/connector.ts'
import { type SourceFile, sourceFile } from '../text/source-file.ts'
import { parseYaml } from '../yaml/parse.ts'
import { loadConnectors } from './load-connectors.ts'

export interface LoadedConfig {
  readonly hosts: NonNullable<Config['hosts']>
  readonly flags: Readonly<Record<string, boolean>>
  readonly engine?: NonNullable<Config['engine']>
  readonly kanikoImage?: string
  readonly logs: NonNullable<Config['logs']>
  readonly scan: Partial<NonNullable<Config['scan']>>
  readonly connectors: ReadonlyMap<string, Connector>
  readonly diagnostics: readonly Diagnostic[]
  readonly sources: readonly SourceFile[]
}

export async function loadConfig(folders: readonly string[]): Promise<LoadedConfig> {
  const diagnostics: Diagnostic[] = []
  const sources: SourceFile[] = []
  const configs: Config[] = []
  const scans: NonNullable<Config['scan']>[] = []
  const connectors = new Map<string, Connector>()
  for (const folder of folders) {
    const file = join(folder, 'config.yaml')
    const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') diagnostics.push(diagnose('CONFIG_UNREADABLE', { file, reason: error.message }))
      return undefined
    })
    if (text === undefined) continue
    const source = sourceFile(file, text)
    sources.push(source)
    const config = readConfig(source, diagnostics)
    if (config === undefined) continue
    configs.push(config)
    if (config.scan !== undefined) scans.push(withFullPaths(config.scan, folder))
    const loaded = await loadConnectors(config.connectors ?? [], file)
    diagnostics.push(...loaded.diagnostics)
    sources.push(...loaded.sources)
    for (const [id, connector] of loaded.connectors) if (!connectors.has(id)) connectors.set(id, connector)
  }
  const engine = configs.find((config) => config.engine !== undefined)?.engine
  const kanikoImage = configs.find((config) => config.kanikoImage !== undefined)?.kanikoImage
  return {
    hosts: configs.flatMap((config) => config.hosts ?? []),
    connectors,
    flags: Object.fromEntries(configs.toReversed().flatMap((config) => [...config.flags])),
    ...(engine !== undefined && { engine }),
    ...(kanikoImage !== undefined && { kanikoImage }),
    logs: Object.assign({}, ...configs.toReversed().map(({ logs }) => logs)),
    scan: Object.assign({}, ...scans.toReversed()),
    diagnostics,
    sources,
  }
}

const scanPaths = ['db', 'trivy', 'trivyCache'] as const

/** Beside a pipeline paths are those of the folder that holds it, wherever the command is started. */
function withFullPaths(scan: NonNullable<Config['scan']>, folder: string): NonNullable<Config['scan']> {
  const base = basename(folder) === '.slipway' ? dirname(folder) : folder
  const paths = scanPaths.flatMap((key) => (scan[key] === undefined ? [] : [[key, resolve(base, scan[key])] as const]))
  return { ...scan, ...Object.fromEntries(paths) }
}

function readConfig(source: SourceFile, diagnostics: Diagnostic[]): Config | undefined {
  const { documents, diagnostics: syntax } = parseYaml(source)
  diagnostics.push(...syntax)
  const root = documents[0]
  return root === undefined || hasErrors(syntax) ? undefined : configDocument.read(root, (d) => diagnostics.push(d), '')
}
