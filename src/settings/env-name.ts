/** A variable's name and the families of the original that read it. The order in a row is the lookup order. */
import { type Family, type Tool, tools, type Variant, variants } from './vocabulary.ts'

export interface EnvName {
  readonly name: string
  readonly tools: readonly Tool[]
  readonly variants: readonly Variant[]
}

type Names = (...names: readonly string[]) => readonly EnvName[]

export function on(inTools: readonly Tool[], inVariants: readonly Variant[] = variants): Names {
  return (...names) => names.map((name) => ({ name, tools: inTools, variants: inVariants }))
}

export const everywhere = on(tools)
/** The two plugins that drive a Docker daemon. */
export const classic = on(['docker', 'buildx'])
export const dockerOnly = on(['docker'])
export const buildxOnly = on(['buildx'])
export const kaniko = on(['kaniko'])
/** The kaniko programs that know archives; the GCR one does not. */
export const kanikoArchive = on(['kaniko'], ['docker', 'ecr', 'gar', 'acr'])
/** Names that no original program reads: Slipway's own. */
export const ours = on([], [])

export function isNative(name: EnvName, family: Family): boolean {
  return name.tools.includes(family.tool) && name.variants.includes(family.variant)
}

export function isPluginName(name: string): boolean {
  return name.startsWith('PLUGIN_')
}
