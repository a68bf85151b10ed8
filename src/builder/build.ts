/** Dockerfile + context + options to an image. */
import { rm } from 'node:fs/promises'
import { type Diagnostic, diagnose } from '../base/diagnostic.ts'
import { Problem } from '../base/problem.ts'
import { type IgnoreRules, parseIgnoreFile } from '../dockerfile/ignore.ts'
import { lintDockerfile } from '../dockerfile/lint/lint.ts'
import { type Dockerfile, parseDockerfile } from '../dockerfile/parse.ts'
import { proxyArgs } from '../dockerfile/scope.ts'
import { findTarget, reachableStages, resolveStages, type StageGraph } from '../dockerfile/stages.ts'
import type { BuildRequest, Built } from '../ports/builder.ts'
import { sourceFile } from '../text/source-file.ts'
import { assembleStage } from './assemble-stage.ts'
import { type BuiltStage, buildStage } from './build-stage.ts'
import type { BuildOptions, BuildWorld } from './build-world.ts'
import { directoryTree } from './context/directory.ts'
import { openImages } from './open-images.ts'
import { limitTo } from './solve/limit.ts'
import { stageBase } from './stage-base.ts'

export async function build(request: BuildRequest, o: BuildOptions): Promise<Built> {
  o.signal.throwIfAborted()
  const rules = ignoreOf(request)
  const { file, graph, target } = read(request, o, rules)
  const stop = new AbortController()
  const scratch: string[] = []
  const world = makeWorld(request, o, { file, graph, rules, scratch, signal: AbortSignal.any([o.signal, stop.signal]) })
  const running = reachableStages(graph.nodes, target).map((index) => world.stage(index))
  try {
    const stages = await Promise.all(running)
    const last = stages.find(({ node }) => node.stage.index === target) as BuiltStage
    for (const note of unusedArgs(request, file, world)) world.emit({ kind: 'note', note })
    return await assembleStage(last, { request, format: world.cache.format, createdMs: world.createdMs, reproducible: world.reproducible })
  } catch (error) {
    stop.abort(error)
    o.signal.throwIfAborted()
    throw error
  } finally {
    await Promise.allSettled(running)
    await Promise.all(scratch.map((folder) => rm(folder, { recursive: true, force: true })))
  }
}

/** Everything that is wrong with the text, at once; what is merely doubtful is told. */
function read(request: BuildRequest, o: BuildOptions, rules: IgnoreRules): { file: Dockerfile; graph: StageGraph; target: number } {
  const file = parseDockerfile(sourceFile(request.dockerfile.name, request.dockerfile.text))
  const wrong: Diagnostic[] = [...file.diagnostics]
  const report = (d: Diagnostic): void => void wrong.push(d)
  const facts = { args: request.args, target: request.platform, build: o.buildPlatform ?? request.platform, targetStage: request.target }
  const graph = resolveStages(file, facts)
  const target = file.stages.length === 0 ? undefined : findTarget(file, request.target, report)
  const found = [...wrong, ...graph.diagnostics, ...lintDockerfile(file, { ...facts, ignore: rules })]
  for (const note of found) if (note.severity !== 'error') o.emit?.({ kind: 'note', note })
  const [first, ...others] = found.filter((d) => d.severity === 'error')
  if (first !== undefined || target === undefined) throw new Problem(first as Diagnostic, { others })
  return { file, graph, target }
}

interface Read {
  readonly file: Dockerfile
  readonly graph: StageGraph
  readonly rules: IgnoreRules
  readonly scratch: string[]
  /** Ends with the first stage that fails; what the image keeps for later is opened under the caller's own signal. */
  readonly signal: AbortSignal
}

function makeWorld(request: BuildRequest, o: BuildOptions, read: Read): BuildWorld {
  const epoch = request.args.get('SOURCE_DATE_EPOCH')
  const fixed = epoch !== undefined && /^\d{1,12}$/.test(epoch)
  const reproducible = request.reproducible || fixed
  const stages = new Map<number, Promise<BuiltStage>>()
  const world: BuildWorld = {
    file: read.file,
    scope: read.graph.scope,
    given: request.args,
    usedArgs: new Set(),
    platform: request.platform,
    context: directoryTree(request.contextDir, read.rules),
    store: o.store,
    cache: { store: o.store, format: o.format ?? 'oci', noCache: request.noCache, times: reproducible, signal: read.signal },
    limit: limitTo(2),
    createdMs: fixed ? Number(epoch) * 1000 : request.created,
    reproducible,
    signal: read.signal,
    emit: o.emit ?? (() => undefined),
    stage: (index) => {
      const started = stages.get(index) ?? startStage(index, read.graph, world)
      stages.set(index, started)
      return started
    },
    ...openImages(request.platform, o, { folders: read.scratch, signal: read.signal }),
  }
  return world
}

async function startStage(index: number, graph: StageGraph, world: BuildWorld): Promise<BuiltStage> {
  const node = graph.nodes[index] as StageGraph['nodes'][number]
  return buildStage(node, await stageBase(node, world), world)
}

function ignoreOf(request: BuildRequest): IgnoreRules {
  const { name, text } = request.dockerignore ?? { name: '.dockerignore', text: '' }
  const wrong: Diagnostic[] = []
  const rules = parseIgnoreFile(sourceFile(name, text), (d) => wrong.push(d))
  const [first, ...others] = wrong
  if (first !== undefined) throw new Problem(first, { others })
  return rules
}

function unusedArgs(request: BuildRequest, file: Dockerfile, world: BuildWorld): readonly Diagnostic[] {
  const global = file.globalArgs.flatMap((arg) => arg.args.map(({ name }) => name.text))
  const known = new Set([...world.usedArgs, ...global, ...proxyArgs, 'SOURCE_DATE_EPOCH'])
  const unused = [...request.args.keys()].filter(
    (name) => !known.has(name) && !/^(?:BUILD|TARGET)(?:PLATFORM|OS|OSVERSION|ARCH|VARIANT|STAGE|KIT_.*)$/.test(name),
  )
  return unused.map((name) => diagnose('BUILD_ARG_UNUSED', { name }, { at: file.file.span(0) }))
}
