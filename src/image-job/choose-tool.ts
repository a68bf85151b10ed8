/** The tool the original would use: what the step needs comes before what the infrastructure defaults to. */
import { type Diagnostic, diagnose } from '../base/diagnostic.ts'
import type { Span } from '../base/span.ts'
import type { ImageSettings } from '../settings/image-settings.ts'
import type { Tool } from '../settings/vocabulary.ts'
import { type Need, needsOf } from './image-needs.ts'

export interface ToolFacts {
  readonly kubernetes: boolean
  readonly os: string
  /** Feature flag CI_USE_BUILDX_ON_K8. */
  readonly buildxOnKubernetes: boolean
  /** Mounts that RUN instructions of the Dockerfile use, when it has been read. */
  readonly mounts?: readonly ('ssh' | 'secret')[]
  /** True when somebody chose the embedded engine, which has both tools' features. */
  readonly embeddedChosen: boolean
  readonly at?: Span
}

export interface ToolChoice {
  readonly tool: Tool
  readonly reasons: readonly string[]
  readonly diagnostics: readonly Diagnostic[]
}

/** The settings may have been read for any tool: the names that decide mean the same to all. */
export function chooseTool(settings: ImageSettings, facts: ToolFacts): ToolChoice {
  const needs = needsOf(settings, facts.mounts)
  const choice = choose(needs, facts)
  const diagnostics = [...conflict(needs, facts), ...windows(facts)]
  return { ...choice, diagnostics }
}

function choose(needs: readonly Need[], facts: ToolFacts): { readonly tool: Tool; readonly reasons: readonly string[] } {
  const buildx = needs.filter((need) => need.tool === 'buildx')
  if (buildx.length > 0) return { tool: 'buildx', reasons: buildx.map((need) => `${need.what} needs Buildx`) }
  const kaniko = needs.filter((need) => need.tool === 'kaniko')
  if (kaniko.length > 0) return { tool: 'kaniko', reasons: kaniko.map((need) => `only the Kaniko plugin reads the ${need.what}`) }
  if (!facts.kubernetes) return { tool: 'buildx', reasons: ['Buildx is the default outside Kubernetes'] }
  if (facts.buildxOnKubernetes) return { tool: 'buildx', reasons: ['the feature flag CI_USE_BUILDX_ON_K8 is on'] }
  return { tool: 'kaniko', reasons: ['Kaniko is the default on Kubernetes'] }
}

/** Only what the step itself says: variables of the stage also serve its other steps. */
function conflict(needs: readonly Need[], facts: ToolFacts): readonly Diagnostic[] {
  if (facts.embeddedChosen) return []
  const own = needs.filter((need) => need.origin === undefined || need.origin.kind === 'step-env' || need.origin.kind === 'yaml')
  const buildx = own.find((need) => need.tool === 'buildx')
  const kaniko = own.find((need) => need.tool === 'kaniko')
  if (buildx === undefined || kaniko === undefined) return []
  return [diagnose('TOOL_CONFLICT', { kaniko: kaniko.what, buildx: buildx.what }, { at: kaniko.origin?.at ?? facts.at })]
}

function windows(facts: ToolFacts): readonly Diagnostic[] {
  return facts.os.toLowerCase() === 'windows' ? [diagnose('TOOL_WINDOWS', {}, { at: facts.at })] : []
}
