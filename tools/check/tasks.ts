/** The table of checks: name to command. Fixers run one after the other before them when `--fix` is given. */
import { join } from 'node:path'
import { root } from '../support/root.ts'

export interface Task {
  readonly name: string
  readonly command: readonly [string, ...string[]]
}

const bin = (name: string): string => join(root, 'node_modules/.bin', name)
const tool = (path: string, ...args: readonly string[]): Task['command'] => [
  process.execPath,
  '--disable-warning=ExperimentalWarning',
  join(root, path),
  ...args,
]

/** Longest first: with two cores that is the shortest way through. */
export const tasks: readonly Task[] = [
  { name: 'unit tests', command: tool('tools/test/unit.ts') },
  { name: 'dead exports', command: [bin('knip'), '--no-progress', '--no-config-hints'] },
  { name: 'types', command: [bin('tsc'), '--project', root] },
  { name: 'types of the page', command: [bin('tsc'), '--project', join(root, 'web')] },
  { name: 'lint', command: [bin('biome'), 'check', '--error-on-warnings'] },
  { name: 'floors and house rules', command: tool('tools/layers/main.ts') },
  { name: 'generated pages, codes', command: tool('tools/docs/write.ts', '--check') },
  { name: 'links of pages', command: tool('tools/docs/check-links.ts') },
]

export const fixers: readonly Task[] = [
  { name: 'biome --write', command: [bin('biome'), 'check', '--write', '--error-on-warnings'] },
  { name: 'npm run docs', command: tool('tools/docs/write.ts') },
]
