/** The words settings are sorted by: the original tools, the registry variants, and the step types that stand for them. */
export const tools = ['docker', 'buildx', 'kaniko'] as const
export type Tool = (typeof tools)[number]

export const variants = ['docker', 'ecr', 'gar', 'gcr', 'acr'] as const
export type Variant = (typeof variants)[number]

/** What actually builds; the tool only decides vocabulary, defaults and what is printed. */
export const engines = ['embedded', 'buildx', 'kaniko'] as const
export type Engine = (typeof engines)[number]

/** One program of the original: its meaning of a variable may differ from its siblings'. */
export interface Family {
  readonly tool: Tool
  readonly variant: Variant
}

export const families: readonly Family[] = tools.flatMap((tool) => variants.map((variant) => ({ tool, variant })))

export const stepTypes = {
  BuildAndPushDockerRegistry: 'docker',
  BuildAndPushECR: 'ecr',
  BuildAndPushGAR: 'gar',
  BuildAndPushGCR: 'gcr',
  BuildAndPushACR: 'acr',
} as const satisfies Record<string, Variant>

export type StepType = keyof typeof stepTypes

export const stepTypeOf = {
  docker: 'BuildAndPushDockerRegistry',
  ecr: 'BuildAndPushECR',
  gar: 'BuildAndPushGAR',
  gcr: 'BuildAndPushGCR',
  acr: 'BuildAndPushACR',
} as const satisfies Record<Variant, StepType>
