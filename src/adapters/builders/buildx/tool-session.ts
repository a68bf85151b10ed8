/** What builds and bakes have in common: a private folder around them, and the tool at work with its progress told. */
import { diagnose } from '../../../base/diagnostic.ts'
import type { ContentStore } from '../../../media/content-store.ts'
import { type Platform, parsePlatform } from '../../../oci/platform.ts'
import type { Building, BuildRequest } from '../../../ports/builder.ts'
import { noWishes, type ToolWishes } from '../../../ports/tool-wishes.ts'
import type { OpenBase } from './base-contexts.ts'
import type { CommandLine } from './build-args.ts'
import { buildStory } from './build-story.ts'
import { holdsSecret, mountsKey } from './cache-flags.ts'
import { type ChosenBuilder, chooseBuilder } from './choose-builder.ts'
import { clientAuths, type ToolRegistry } from './client-logins.ts'
import { type Asking, findTool, type ToolMemory } from './find-tool.ts'
import { plainProgress } from './plain-progress.ts'
import { privateFolder, writeClientConfig } from './private-folder.ts'
import { readProgressLine } from './progress-schema.ts'
import { runTool, type ToolWorld } from './run-tool.ts'
import { takeBack } from './take-back.ts'
import { toolFailure } from './tool-failure.ts'
import type { Version } from './tool-version.ts'

export interface BuildxParts {
  readonly world: ToolWorld
  readonly memory: ToolMemory
  /** For the folders of builds. */
  readonly workDir: string
  readonly store: ContentStore
  readonly storeDir: string
  readonly openBase: OpenBase
  /** After each build: takes away what nobody uses, now and then. */
  readonly tidy: (o: { readonly signal: AbortSignal }) => Promise<void>
  readonly registries: { readonly pull: ToolRegistry; readonly push: ToolRegistry }
  readonly newId: () => string
  readonly pid: number
}

export async function inFolder<T>(o: BuildxParts, signal: AbortSignal, work: (asking: Asking, id: string) => Promise<T>): Promise<T> {
  signal.throwIfAborted()
  const id = o.newId()
  const isRunning = (pid: number): boolean => isAlive(pid, o.world)
  const folder = await privateFolder({
    ...{ root: o.workDir, id, pid: o.pid, env: o.world.env, isAlive: isRunning },
    takeBack: (dead) => takeBack(dead, o.world),
  })
  try {
    return await work({ folder, world: o.world, memory: o.memory, signal }, id)
  } finally {
    await folder.remove()
  }
}

function isAlive(pid: number, { kill }: ToolWorld): boolean {
  try {
    kill(pid, 0 as unknown as NodeJS.Signals)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

export function archives({ facts }: ChosenBuilder): boolean {
  return facts.driver !== 'docker' || facts.containerd
}

/** Where the builder itself runs. */
export function platformOf({ facts }: ChosenBuilder): Platform | undefined {
  const parsed = parsePlatform(facts.platforms[0] ?? '')
  return parsed.ok ? parsed.value : undefined
}

export async function carryOut(
  command: Pick<CommandLine, 'args' | 'env'>,
  {
    dockerfile,
    building,
    folder,
    world,
    cwd,
  }: Asking & { readonly building: Building; readonly dockerfile?: BuildRequest['dockerfile']; readonly cwd?: string },
): Promise<{ readonly steps: number; readonly cached: number }> {
  const { name, text } = dockerfile ?? { name: '', text: '' }
  const story = buildStory(building.emit, { file: name, lineCount: text.split('\n').length })
  const plain = plainProgress()
  const beside: string[] = []
  const onLine = (line: string): void => {
    const progress = readProgressLine(line) ?? plain(line)
    if (progress !== undefined) story.take(progress)
    else beside.push(line)
    if (beside.length > 1000) beside.shift()
  }
  try {
    const { code } = await runTool(command.args, {
      env: { ...folder.env, ...command.env },
      kill: world.kill,
      signal: building.signal,
      onLine,
      ...(cwd !== undefined && { cwd }),
    })
    if (code !== 0) throw toolFailure(beside, dockerfile)
    story.end('done')
    return story.made()
  } catch (error) {
    story.end(building.signal.aborted ? 'aborted' : 'failed')
    throw error
  }
}

export interface OpenedTool {
  readonly builder: ChosenBuilder
  readonly version: Version | undefined
}

/** The client configured, the plugin found, a builder chosen. Close the builder. */
export async function openTool(
  wishes: ToolWishes = noWishes,
  asking: Asking & { readonly id: string; readonly building: Building; readonly proxies: Readonly<Record<string, string>> },
  o: BuildxParts,
): Promise<OpenedTool> {
  const { emit } = asking.building
  const { signal } = asking
  await writeClientConfig(asking.folder, o.world.env, { auths: await clientAuths(wishes, o.registries, { signal }), proxies: asking.proxies })
  for (const { type } of [...wishes.cacheFrom, ...wishes.cacheTo].filter(holdsSecret)) emit({ kind: 'note', note: diagnose('BUILDX_CACHE_SECRET', { type }) })
  if (wishes.cacheTo.some(({ attributes }) => Object.hasOwn(attributes, mountsKey))) emit({ kind: 'note', note: diagnose('BUILDX_CACHE_MOUNTS', {}) })
  const { version, versionText } = await findTool(asking)
  const builder = await chooseBuilder(wishes, asking, { id: asking.id, emit })
  emit({ kind: 'log', text: `[internal] docker buildx ${versionText}, builder ${builder.name ?? builder.facts.name}, driver ${builder.facts.driver}` })
  return { builder, version }
}
