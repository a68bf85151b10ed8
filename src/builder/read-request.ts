/** The texts of a request: Dockerfile and .dockerignore read, stages resolved, all that is wrong said at once. */
import { type Diagnostic, diagnose } from '../base/diagnostic.ts'
import { Problem } from '../base/problem.ts'
import { type IgnoreRules, parseIgnoreFile } from '../dockerfile/ignore.ts'
import { lintDockerfile } from '../dockerfile/lint/lint.ts'
import { type Dockerfile, parseDockerfile } from '../dockerfile/parse.ts'
import { proxyArgs } from '../dockerfile/scope.ts'
import { findTarget, resolveStages, type StageGraph } from '../dockerfile/stages.ts'
import type { BuildRequest } from '../ports/builder.ts'
import { sourceFile } from '../text/source-file.ts'
import type { BuildOptions } from './build-world.ts'
import { contextName } from './named-contexts.ts'

export interface ReadRequest {
  readonly file: Dockerfile
  readonly graph: StageGraph
  readonly target: number
  readonly rules: IgnoreRules
}

/** Everything that is wrong with the text, at once; what is merely doubtful is told. */
export function readRequest(request: BuildRequest, o: Pick<BuildOptions, 'buildPlatform' | 'emit'>): ReadRequest {
  const rules = ignoreOf(request)
  const file = parseDockerfile(sourceFile(request.dockerfile.name, request.dockerfile.text))
  const wrong: Diagnostic[] = [...file.diagnostics]
  const report = (d: Diagnostic): void => void wrong.push(d)
  const facts = {
    args: request.args,
    target: request.platform,
    build: o.buildPlatform ?? request.platform,
    targetStage: request.target,
    context: (name: string) => contextName(name, request.contexts),
  }
  const graph = resolveStages(file, facts)
  const target = file.stages.length === 0 ? undefined : findTarget(file, request.target, report)
  const found = [...wrong, ...graph.diagnostics, ...lintDockerfile(file, { ...facts, ignore: rules })]
  for (const note of found) if (note.severity !== 'error') o.emit?.({ kind: 'note', note })
  const [first, ...others] = found.filter((d) => d.severity === 'error')
  if (first !== undefined || target === undefined) throw new Problem(first as Diagnostic, { others })
  return { file, graph, target, rules }
}

function ignoreOf(request: BuildRequest): IgnoreRules {
  const { name, text } = request.dockerignore ?? { name: '.dockerignore', text: '' }
  const wrong: Diagnostic[] = []
  const rules = parseIgnoreFile(sourceFile(name, text), (d) => wrong.push(d))
  const [first, ...others] = wrong
  if (first !== undefined) throw new Problem(first, { others })
  return rules
}

/** Given arguments that no ARG took. Known only when all stages have been read with their bases' triggers. */
export function unusedArgs(request: BuildRequest, file: Dockerfile, used: ReadonlySet<string>): readonly Diagnostic[] {
  const global = file.globalArgs.flatMap((arg) => arg.args.map(({ name }) => name.text))
  const known = new Set([...used, ...global, ...proxyArgs, 'SOURCE_DATE_EPOCH'])
  const unused = [...request.args.keys()].filter(
    (name) => !known.has(name) && !/^(?:BUILD|TARGET)(?:PLATFORM|OS|OSVERSION|ARCH|VARIANT|STAGE|KIT_.*)$/.test(name),
  )
  return unused.map((name) => diagnose('BUILD_ARG_UNUSED', { name }, { at: file.file.span(0) }))
}
