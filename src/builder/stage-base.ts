/** What a stage begins with: nothing, an earlier stage or an image; and the triggers that its base left for it. */
import type { Diagnostic } from '../base/diagnostic.ts'
import { Problem } from '../base/problem.ts'
import type { Instruction } from '../dockerfile/instructions/instruction.ts'
import { parseInstruction } from '../dockerfile/parse.ts'
import type { StageNode } from '../dockerfile/stages.ts'
import type { ImageConfig, RunConfig } from '../oci/manifest.ts'
import { type Platform, parsePlatform } from '../oci/platform.ts'
import { sourceFile } from '../text/source-file.ts'
import type { BuildWorld } from './build-world.ts'
import type { Story } from './image/history.ts'
import { withVariable } from './lower/config-instructions.ts'
import type { StageState } from './lower/stage-state.ts'
import { contextName } from './named-contexts.ts'
import { baseLayer, type PendingLayer } from './pending-layer.ts'
import { emptyTree } from './tree/empty-tree.ts'
import type { Tree } from './tree/node.ts'

export interface StageBase {
  /** Operating system, CPU, author and the like; not how a container runs. */
  readonly about: Omit<ImageConfig, 'config' | 'rootfs' | 'history' | 'created'>
  readonly run: RunConfig
  readonly args: ReadonlyMap<string, string | undefined>
  readonly variables: ReadonlyMap<string, string>
  readonly tree: Tree
  /** Common knowledge may stand in for opening the tree. */
  readonly assume: boolean
  readonly layers: readonly PendingLayer[]
  readonly story: Story
  readonly dear: boolean
  readonly fresh: boolean
  readonly triggers: readonly Instruction[]
}

const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

export async function stageBase(node: StageNode, world: BuildWorld): Promise<StageBase> {
  if (node.base.kind === 'stage') return fromStage(node, await world.stage(node.base.index), world)
  const platform = platformOf(node, world.platform)
  if (node.base.kind === 'scratch') return scratch(platform)
  const image = await world.openBase(node.base.name, platform, node.stage.from.base.at)
  const { config: run = {}, rootfs: _rootfs, history = [], created: _created, ...about } = await image.config()
  const { OnBuild: triggers = [], ...kept } = run
  return {
    about,
    run: kept,
    args: new Map(),
    variables: new Map(),
    tree: world.treeOf(image),
    assume: true,
    layers: (await image.layers()).map((layer) => baseLayer(layer, world)),
    story: history,
    dear: false,
    fresh: false,
    triggers: readTriggers(node, triggers, world),
  }
}

function scratch(platform: Platform): StageBase {
  const run = { Env: [`PATH=${defaultPath}`], WorkingDir: '/' }
  const nothing = { args: new Map(), variables: new Map(), layers: [], story: [], dear: false, fresh: false, triggers: [] }
  return { about: platform, run, tree: emptyTree, assume: false, ...nothing }
}

function fromStage(node: StageNode, built: Awaited<ReturnType<BuildWorld['stage']>>, world: BuildWorld): StageBase {
  const { OnBuild: triggers = [], ...run } = built.state.run
  const { state, base, tree, layers, story, dear, fresh } = built
  const about = { ...base.about, ...(state.author !== undefined && { author: state.author }) }
  return {
    about,
    run,
    args: state.args,
    variables: state.variables,
    tree,
    assume: base.assume,
    layers,
    story,
    dear,
    fresh,
    triggers: readTriggers(node, triggers, world),
  }
}

function platformOf(node: StageNode, wanted: Platform): Platform {
  if (node.platform === undefined) return wanted
  const parsed = parsePlatform(node.platform, { at: node.stage.from.platform?.at ?? node.stage.from.at })
  if (parsed.ok) return parsed.value
  throw new Problem(parsed.diagnostics[0] as Diagnostic)
}

/** Triggers have no place in this file: what is wrong with them is said at the FROM that fires them. */
function readTriggers(node: StageNode, triggers: readonly string[], world: BuildWorld): readonly Instruction[] {
  return triggers.flatMap((text) => {
    const { instruction, diagnostics } = parseInstruction(sourceFile(`ONBUILD of ${node.stage.from.base.text}`, text), world.file.directives.escape)
    const wrong = diagnostics.find((d) => d.severity === 'error')
    if (wrong !== undefined) throw new Problem({ ...wrong, at: node.stage.from.at })
    return instruction ?? []
  })
}

export function initialState(node: StageNode, base: StageBase, world: BuildWorld, report: (d: Diagnostic) => void): StageState {
  const env = base.run.Env ?? []
  const Env = env.some((line) => line.startsWith('PATH=')) ? env : withVariable(env, 'PATH', defaultPath)
  const own = Env.map((line) => [line.split('=', 1)[0] ?? '', line.slice(line.indexOf('=') + 1)] as const)
  return {
    file: world.file,
    index: node.stage.index,
    run: { ...base.run, Env },
    author: undefined,
    variables: new Map([...base.variables, ...own]),
    args: new Map(base.args),
    cmdGiven: false,
    ops: [],
    scope: world.scope,
    given: world.given,
    usedArgs: world.usedArgs,
    context: (name) => contextName(name, world.request.contexts),
    report,
  }
}
