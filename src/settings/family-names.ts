/** The programs of the original by the names people know them by: words for `--as`, files, images. */
import { type Family, families, type Tool, tools, type Variant, variants } from './vocabulary.ts'

const word = new RegExp(`^(?:(${tools.join('|')})(?:-(?=.)|$))?(${variants.join('|')})?$`)

/** `docker`, `ecr`, `buildx`, `buildx-ecr`, `kaniko`, `kaniko-ecr`; also with `drone-` in front, as the programs are called. */
export function familyNamed(name: string): Family | undefined {
  const [whole, tool = 'docker', variant = 'docker'] = word.exec(name.toLowerCase().replace(/^drone-/, '')) ?? []
  return whole === undefined || whole === '' ? undefined : { tool: tool as Tool, variant: variant as Variant }
}

/** The shortest name: `ecr` is the plugin that drives docker. */
export function familyName({ tool, variant }: Family): string {
  if (tool === 'docker') return variant
  return variant === 'docker' ? tool : `${tool}-${variant}`
}

export const familyNames: readonly string[] = families.map(familyName)

/** Of a program, perhaps a link to Slipway: only names that nobody gives to anything else. */
export function familyOfProgram(path: string): Family | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1).replace(/\.(?:exe|mjs)$/, '')
  return /^(?:drone|kaniko|buildx)-/.test(name) ? familyNamed(name) : undefined
}

/** `plugins/kaniko-ecr:1.9`, on whatever host and below whatever path: mirrors keep the last two parts. */
export function familyOfImage(reference: string): Family | undefined {
  const [, name] = /(?:^|\/)plugins\/([a-z-]+)(?::[^/@]+)?(?:@[^/]+)?$/.exec(reference) ?? []
  return name === undefined || name.startsWith('drone-') ? undefined : familyNamed(name)
}
