/** The absolute paths that a pipeline names for saved files: below them, and nowhere else outside of the workspace, they come back. */
import type { Dynamic } from '../dynamic/dynamic.ts'
import type { Resolving } from '../dynamic/resolve.ts'
import { resolveList } from '../dynamic/resolve-many.ts'
import type { DynamicList } from '../dynamic/shapes.ts'
import { stagesOfPipeline } from '../pipeline/check-ids.ts'
import type { Stage } from '../pipeline/stage.ts'
import type { StepNode } from '../pipeline/step-nodes.ts'
import type { Site } from './site.ts'

/** What an expression makes of paths that cannot be known yet is left out. */
export function cachePaths(site: Site, o: Resolving): readonly string[] {
  const quiet = { ...o, report: () => undefined }
  const found = stagesOfPipeline(site.pipeline).flatMap((stage) => [...shared(stage), ...saved(stage, quiet)])
  return [...new Set(found.filter((path) => path.startsWith('/') && !isInside(path)))].toSorted()
}

function isInside(path: string): boolean {
  return path === '/harness' || path.startsWith('/harness/')
}

function shared({ spec }: Stage): readonly string[] {
  const { sharedPaths } = spec
  return typeof sharedPaths === 'string' ? [] : (sharedPaths ?? [])
}

function saved(stage: Stage, o: Resolving): readonly string[] {
  const lists = [stage.spec.caching?.paths, ...stepsOf(stage.spec.execution.steps)]
  return lists.flatMap((list) => {
    const planned = list === undefined ? undefined : resolveList(list, o)
    return planned?.kind === 'known' ? planned.value.filter((path) => typeof path === 'string') : []
  })
}

function stepsOf(nodes: readonly StepNode[]): readonly DynamicList[] {
  return nodes.flatMap((node): readonly DynamicList[] => {
    if (node.key === 'parallel') return stepsOf(node.value)
    if (node.key === 'stepGroup') return stepsOf(node.value.steps)
    const { spec } = node.value
    return 'sourcePaths' in spec && spec.sourcePaths !== undefined ? [spec.sourcePaths as readonly Dynamic<string>[]] : []
  })
}
