/** Which builder of buildx does a build: the one of this machine, one that a step names, or one made for the build and removed after it. */
import { diagnose } from '../../../base/diagnostic.ts'
import { problem } from '../../../base/problem.ts'
import type { Building } from '../../../ports/builder.ts'
import { type BuilderWishes, noWishes, type ToolWishes } from '../../../ports/tool-wishes.ts'
import { type Asking, currentBuilder, inspectBuilder, lastLine } from './find-tool.ts'
import type { Inspected } from './inspect.ts'
import { runTool } from './run-tool.ts'
import { builderOf } from './take-back.ts'

export interface ChosenBuilder {
  /** Absent: the current one. */
  readonly name?: string
  readonly facts: Inspected
  close(): Promise<void>
}

const closeMs = 60_000

export async function chooseBuilder(
  wishes: ToolWishes = noWishes,
  asking: Asking,
  o: { readonly id: string; readonly emit: Building['emit'] },
): Promise<ChosenBuilder> {
  const { builder } = wishes
  if (builder?.name !== undefined) {
    const facts = await inspectBuilder(builder.name, asking)
    if (facts !== undefined) return { name: builder.name, facts, close: async () => undefined }
  }
  if (builder !== undefined) return makeBuilder(builder, asking, o.id)
  const facts = await currentBuilder(asking)
  if (!wantsOther(wishes, facts)) return { facts, close: async () => undefined }
  o.emit({ kind: 'note', note: diagnose('BUILDX_CONTAINER', {}) })
  return makeBuilder({ driver: 'docker-container', driverOptions: [] }, asking, o.id)
}

function wantsOther({ cacheTo }: ToolWishes, { driver, containerd }: Inspected): boolean {
  return driver === 'docker' && !containerd && cacheTo.some(({ type }) => type !== 'inline')
}

/** Its name is that of no other build; the configuration folder that knows it is this build's own. */
async function makeBuilder(wishes: BuilderWishes, asking: Asking, id: string): Promise<ChosenBuilder> {
  const { folder, world } = asking
  const name = builderOf(id)
  const close = async (): Promise<void> => {
    await runTool(['buildx', 'rm', '--force', name], { env: folder.env, kill: world.kill, signal: AbortSignal.timeout(closeMs) }).catch(() => undefined)
  }
  try {
    const ran = await runTool(createArgs(name, wishes), { env: folder.env, kill: world.kill, signal: asking.signal })
    if (ran.code !== 0) throw problem('BUILDX_NO_DAEMON', { reason: lastLine(ran.err) })
    const facts = await inspectBuilder(name, asking, { start: true })
    if (facts === undefined) throw problem('BUILDX_NO_DAEMON', { reason: `the builder ${name} is gone again` })
    return { name, facts, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** Pure. */
export function createArgs(name: string, { driver, driverOptions, configFile, remote, buildkitVersion }: BuilderWishes): readonly string[] {
  const kind = driver ?? (remote === undefined ? 'docker-container' : 'remote')
  const named = driverOptions.some((option) => option.startsWith('image='))
  const image = kind === 'docker-container' && buildkitVersion !== undefined && !named ? [`image=moby/buildkit:${buildkitVersion}`] : []
  return [
    ...['buildx', 'create', '--name', name, '--driver', kind],
    ...(configFile === undefined ? [] : ['--config', configFile]),
    ...[...driverOptions, ...image].flatMap((option) => ['--driver-opt', option]),
    ...(remote === undefined ? [] : [remote]),
  ]
}
