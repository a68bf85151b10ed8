/** What there is to build with: the client, its plugin, the builder that would be used. Asked before anything starts. */
import { problem } from '../../../base/problem.ts'
import { type Inspected, readInspect } from './inspect.ts'
import type { PrivateFolder } from './private-folder.ts'
import { runTool, type ToolWorld } from './run-tool.ts'
import { parseToolVersion, type Version } from './tool-version.ts'

export interface FoundTool {
  readonly version: Version | undefined
  /** As the tool says it. */
  readonly versionText: string
}

/** What was found out once holds for as long as a run lasts. Answers are kept, never failures. */
export interface ToolMemory {
  tool?: FoundTool
  /** The builder that is used when none is named. */
  current?: Inspected
}

export interface Asking {
  readonly folder: PrivateFolder
  readonly world: ToolWorld
  readonly memory: ToolMemory
  readonly signal: AbortSignal
}

export async function findTool({ folder, world, memory, signal }: Asking): Promise<FoundTool> {
  if (memory.tool !== undefined) return memory.tool
  const ran = await runTool(['buildx', 'version'], { env: folder.env, kill: world.kill, signal })
  if (ran.code !== 0) throw problem('BUILDX_NO_PLUGIN', { reason: lastLine(ran.err) })
  memory.tool = { version: parseToolVersion(ran.out), versionText: ran.out.trim().split(/\s+/)[1] ?? 'unknown' }
  return memory.tool
}

export async function currentBuilder(asking: Asking): Promise<Inspected> {
  const found = asking.memory.current ?? (await inspectBuilder(undefined, asking))
  if (found === undefined) throw problem('BUILDX_NO_DAEMON', { reason: 'there is no builder' })
  asking.memory.current = found
  return found
}

/** Undefined: there is no builder of that name. Without a name the current one. */
export async function inspectBuilder(
  name: string | undefined,
  { folder, world, signal }: Asking,
  o: { readonly start?: boolean } = {},
): Promise<Inspected | undefined> {
  const args = ['buildx', 'inspect', ...(o.start === true ? ['--bootstrap'] : []), ...(name === undefined ? [] : [name])]
  const ran = await runTool(args, { env: folder.env, kill: world.kill, signal })
  if (ran.code !== 0) {
    if (name !== undefined && /no builder .* found/.test(ran.err)) return undefined
    throw problem('BUILDX_NO_DAEMON', { reason: lastLine(ran.err) })
  }
  const found = readInspect(ran.out)
  if (found.error !== undefined) throw problem('BUILDX_NO_DAEMON', { reason: found.error })
  return found
}

export function lastLine(text: string): string {
  const line = text.trim().split('\n').at(-1) ?? ''
  return line.replace(/^ERROR: /, '') || 'it ended without a word'
}
