/** Arguments that steps give for the command line of trivy: those that say what counts are understood here, the others are handed on. */
import { readSeverity, type Severity } from '../scan/severity.ts'

export interface ScanArguments {
  /** Only these count. */
  readonly severities?: readonly Severity[]
  readonly ignoreUnfixed: boolean
  readonly ignoreFile?: string
  /** For trivy itself. */
  readonly others: readonly string[]
}

const valued: ReadonlyMap<string, 'severity' | 'ignoreFile'> = new Map([
  ['--severity', 'severity'],
  ['-s', 'severity'],
  ['--ignorefile', 'ignoreFile'],
])

export function scanArguments(text: string): ScanArguments {
  const words = commandWords(text)
  const others: string[] = []
  let [severities, ignoreFile]: [readonly Severity[] | undefined, string | undefined] = [undefined, undefined]
  let ignoreUnfixed = false
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? ''
    const [flag = '', ...rest] = word.split('=')
    const means = valued.get(flag)
    if (flag === '--ignore-unfixed') ignoreUnfixed = rest[0] !== 'false'
    else if (means === undefined) others.push(word)
    else {
      const value = rest.length > 0 ? rest.join('=') : (words[++at] ?? '')
      if (means === 'severity') severities = value.split(',').map(readSeverity)
      else ignoreFile = value
    }
  }
  return { ignoreUnfixed, others, ...(severities !== undefined && { severities }), ...(ignoreFile !== undefined && { ignoreFile }) }
}

/** As a shell takes words apart, without anything that a shell would expand. */
export function commandWords(text: string): readonly string[] {
  const words = text.matchAll(/(?:[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*')+/g)
  return [...words].map(([word]) =>
    word.replaceAll(
      /\\(.)|"((?:[^"\\]|\\.)*)"|'([^']*)'/g,
      (_all, escaped?: string, double?: string, single?: string) =>
        escaped ?? (double === undefined ? (single ?? '') : double.replaceAll(/\\(["\\$`])/g, '$1')),
    ),
  )
}
