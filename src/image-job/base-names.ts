/** The images that a Dockerfile begins with, copies from and mounts, with the platforms that they are wanted for. Pure. */
import { type Diagnostic, hasErrors } from '../base/diagnostic.ts'
import { parseDockerfile } from '../dockerfile/parse.ts'
import { findSource, findTarget, reachableStages, resolveStages, sourcesOf } from '../dockerfile/stages.ts'
import { type Platform, parsePlatform, showPlatform } from '../oci/platform.ts'
import { sourceFile } from '../text/source-file.ts'

export interface NamesAsked {
  readonly dockerfile: { readonly name: string; readonly text: string }
  readonly target?: string
  readonly args: ReadonlyMap<string, string>
  readonly platform: Platform
  readonly platforms?: readonly Platform[]
}

export type BaseNames =
  | { readonly kind: 'read'; readonly wanted: ReadonlyMap<string, readonly Platform[]> }
  | { readonly kind: 'unread'; readonly because: Diagnostic }

/** Names are as the Dockerfile writes them, variables put in. */
export function baseNames(request: NamesAsked, build: Platform): BaseNames {
  const wanted = new Map<string, Map<string, Platform>>()
  const file = parseDockerfile(sourceFile(request.dockerfile.name, request.dockerfile.text))
  for (const target of request.platforms ?? [request.platform]) {
    const graph = resolveStages(file, { args: request.args, target, build, targetStage: request.target })
    const found: Diagnostic[] = [...file.diagnostics, ...graph.diagnostics]
    const last = file.stages.length === 0 ? undefined : findTarget(file, request.target, (d) => found.push(d))
    const wrong = found.find((d) => hasErrors([d]))
    if (wrong !== undefined) return { kind: 'unread', because: wrong }
    for (const index of last === undefined ? [] : reachableStages(graph.nodes, last)) {
      const node = graph.nodes[index]
      if (node === undefined) continue
      const given = node.platform === undefined ? undefined : parsePlatform(node.platform)
      if (node.base.kind === 'image') add(wanted, node.base.name, given?.ok === true ? given.value : target)
      for (const word of node.stage.instructions.flatMap(sourcesOf)) {
        const source = findSource(file, word, index, () => undefined)
        if (source?.kind === 'other') add(wanted, source.name, target)
      }
    }
  }
  return { kind: 'read', wanted: new Map([...wanted].map(([name, platforms]) => [name, [...platforms.values()]])) }
}

function add(wanted: Map<string, Map<string, Platform>>, name: string, platform: Platform): void {
  const platforms = wanted.get(name) ?? new Map<string, Platform>()
  platforms.set(showPlatform(platform), platform)
  wanted.set(name, platforms)
}
