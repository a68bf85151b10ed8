/** A pipeline file with its configuration and inputs, read and checked: what run, plan and validate begin with. */
import { readFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { Diagnostic } from '../base/diagnostic.ts'
import { problem } from '../base/problem.ts'
import type { Pipeline } from '../pipeline/pipeline.ts'
import { readPipeline } from '../pipeline/read-pipeline.ts'
import { type SourceFile, sourceFile } from '../text/source-file.ts'
import { type LoadedConfig, loadConfig } from './load-config.ts'
import type { World } from './world.ts'

export interface LoadedPipeline {
  /** As the user wrote it, for messages; and absolute. */
  readonly name: string
  readonly file: string
  readonly text: string
  readonly pipeline: Pipeline | undefined
  readonly config: LoadedConfig
  readonly diagnostics: readonly Diagnostic[]
  readonly sources: readonly SourceFile[]
}

export async function loadPipeline(name: string, inputs: Readonly<Record<string, string>>, world: World): Promise<LoadedPipeline> {
  const file = resolve(world.cwd, name)
  const source = sourceFile(name, await readText(file, name, world))
  const config = await loadConfig([join(dirname(file), '.slipway'), world.home])
  const read = readPipeline(source, { inputs })
  return {
    name,
    file,
    text: source.text,
    pipeline: read.ok ? read.value : undefined,
    config,
    diagnostics: [...config.diagnostics, ...read.diagnostics],
    sources: [source, ...config.sources],
  }
}

export async function readText(file: string, name: string, world: World): Promise<string> {
  return readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    const reason = cause.code === 'ENOENT' ? 'there is no such file' : cause.message
    throw problem('FILE_UNREADABLE', { file: name, reason, cwd: world.cwd }, { cause })
  })
}
