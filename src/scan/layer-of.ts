/** Which layer brought a package, in the words of the image's history. */
import type { ScannedPackage } from './package.ts'
import type { ScannedLayer } from './report.ts'

export interface LayerName {
  /** From 1, the lowest. */
  readonly number: number
  readonly diffId: string
  readonly createdBy?: string
}

/** The lowest of them, where a package is in several places. Undefined where nobody knows. */
export function layerOf({ locations }: ScannedPackage, layers: readonly ScannedLayer[]): LayerName | undefined {
  const numbers = locations.flatMap(({ layer }) => {
    const at = layers.findIndex(({ diffId }) => diffId === layer)
    return at < 0 ? [] : [at]
  })
  if (numbers.length === 0) return undefined
  const at = Math.min(...numbers)
  const { diffId, createdBy } = layers[at] as ScannedLayer
  return { number: at + 1, diffId, ...(createdBy !== undefined && { createdBy }) }
}

/** As a person would say it: without what a shell adds around a RUN. */
export function layerText({ number, createdBy }: LayerName): string {
  const words = createdBy
    ?.replace(/^\/bin\/sh -c (#\(nop\)\s*)?/, '')
    .replaceAll(/\s+/g, ' ')
    .replace(/ # buildkit$/, '')
    .trim()
  return words === undefined || words === '' ? `layer ${number}` : `layer ${number}: ${words}`
}
