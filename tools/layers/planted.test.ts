/** Plants wrong imports in temporary projects and reads the complaints. */
import { describe, expect, it } from 'vitest'
import { type Files, tempProject } from '../../test/support/temp-project.ts'
import { checkLayers, showFinding } from './check.ts'
import type { LayerMap } from './map.ts'
import { readTree } from './tree.ts'

const folder = (...beside: string[]) => ({ about: '', beside })
const map: LayerMap = {
  floors: [
    { name: 'F0', about: '', pure: true, folders: { base: folder(), text: folder('base') } },
    { name: 'F1', about: '', pure: false, folders: { adapters: folder() } },
    { name: 'F2', about: '', pure: false, folders: { engine: folder() }, not: ['adapters'] },
    { name: 'F3', about: '', pure: false, folders: { main: folder() } },
  ],
  page: { folder: 'web', may: ['base'] },
  impure: ['node:fs', 'undici'],
  tables: ['src/base/codes/'],
}

function complaints(files: Files): readonly string[] {
  const tree = readTree(tempProject(files).dir)
  return checkLayers(map, tree).map((finding) => showFinding(tree, finding))
}

describe('layering', () => {
  it('is content with imports that go down', () => {
    expect(complaints({ 'src/engine/run.ts': `import { a } from '../base/a.ts'`, 'src/base/a.ts': 'export const a = 1\n' })).toEqual([])
  })

  it('prints the chain from an entry of the folder to the wrong import', () => {
    const files = {
      'src/main/cli.ts': `import { run } from '../engine/run.ts'`,
      'src/engine/run.ts': `import { x } from './x.ts'\nexport const run = x`,
      'src/engine/x.ts': `/** Job. */\nimport type { y } from '../adapters/y.ts'\nexport const x = 1`,
      'src/adapters/y.ts': 'export const y = 1',
    }
    expect(complaints(files)).toEqual([
      'src/engine/x.ts:2: engine (F2) may not import adapters (F1): "not" of F2 names it [direction]\n  src/engine/run.ts -> src/engine/x.ts -> src/adapters/y.ts',
    ])
  })

  it.each([
    ['static', `import { run } from '../engine/run.ts'`],
    ['several lines', `import {\n  type A,\n  run,\n} from '../engine/run.ts'`],
    ['side effect', `import '../engine/run.ts'`],
    ['re-export', `export { run } from '../engine/run.ts'`],
    ['star', `export * from '../engine/run.ts'`],
    ['type', `import type { run } from '../engine/run.ts'`],
    ['dynamic', `export const later = () => import('../engine/run.ts')`],
    ['type position', `export type R = import('../engine/run.ts').R`],
    ['worker', `export const worker = new URL('../engine/run.ts', import.meta.url)`],
  ])('sees a way up: %s', (_name, text) => {
    const found = complaints({ 'src/base/a.ts': text, 'src/engine/run.ts': 'export const run = 1' })
    expect(found).toHaveLength(1)
    expect(found[0]).toContain('base (F0) may not import engine (F2): imports go down only [direction]\n  src/base/a.ts -> src/engine/run.ts')
  })

  it('does not see imports in comments and strings', () => {
    const text = `// import '../engine/run.ts'\nexport const a = "import '../engine/run.ts'" + \`import('../engine/run.ts') process.exit\`\n/* console.log */`
    expect(complaints({ 'src/base/a.ts': text, 'src/engine/run.ts': '' })).toEqual([])
  })

  it('lets neighbours in only when listed', () => {
    const files = { 'src/text/t.ts': `import '../base/a.ts'`, 'src/base/a.ts': `import '../text/u.ts'`, 'src/text/u.ts': '' }
    expect(complaints(files)).toEqual([expect.stringContaining('base (F0) may not import its neighbour text (F0): "beside" of base does not list it')])
  })

  it('keeps the world out of pure floors and the process out of all but main', () => {
    const found = complaints({
      'src/base/a.ts': `import { readFileSync } from 'node:fs'\nimport 'undici/types'\nexport const now = Date.now`,
      'src/adapters/b.ts': `import 'node:fs'\nexport const b = () => { console.log(process.env, Math.random(), new Date()) }`,
      'src/main/c.ts': 'process.exitCode = 1',
      'src/base/a.test.ts': `import 'node:fs'\nconsole.log(process.pid)`,
    })
    expect(found.map((line) => line.split('\n')[0]?.replace(/: (?:take|return).*\[/, ' ['))).toEqual([
      'src/adapters/b.ts:2: process is for src/main only [worldly-globals]',
      'src/adapters/b.ts:2: console is for src/main only [worldly-globals]',
      'src/adapters/b.ts:2: new Date() is for src/main only [worldly-globals]',
      'src/adapters/b.ts:2: Math.random is for src/main only [worldly-globals]',
      'src/base/a.ts:1: base (F0) is pure and may not import node:fs [purity]',
      'src/base/a.ts:2: base (F0) is pure and may not import undici/types [purity]',
      'src/base/a.ts:3: Date.now is for src/main only [worldly-globals]',
    ])
  })

  it('keeps tests and tools out of source, and strangers out of src', () => {
    const found = complaints({
      'src/base/a.ts': `import '../../test/support/x.ts'\nimport '../../tools/y.ts'\nimport './b.contract.ts'`,
      'src/base/b.contract.ts': `import '../../test/support/x.ts'`,
      'src/cellar/z.ts': '',
      'test/support/x.ts': '',
      'tools/y.ts': '',
    })
    expect(found.map((line) => line.split('\n')[0])).toEqual([
      'src/base/a.ts:1: source may not import tests [outside]',
      'src/base/a.ts:2: source may not import tools [outside]',
      'src/base/a.ts:3: source may not import tests [outside]',
      'src/cellar/z.ts:1: no floor of layers.json lists the folder src/cellar [listed]',
    ])
  })

  it('lets the page read the folders that are named for it, and nobody else read the page', () => {
    const found = complaints({
      'web/main.tsx': `import '../src/base/a.ts'\nimport '../src/engine/run.ts'\nimport 'node:fs'\nimport './log/view.tsx'\nimport 'preact'`,
      'web/log/view.tsx': 'export const view = () => <p>text</p>',
      'src/base/a.ts': 'export const a = 1',
      'src/engine/run.ts': `import '../../web/log/view.tsx'`,
    })
    expect(found.map((line) => line.split('\n')[0])).toEqual([
      'src/engine/run.ts:1: source may not import the page [page]',
      'web/main.tsx:2: web may import base and its own files, not src/engine/run.ts [page]',
      'web/main.tsx:3: web runs in browsers and may not import node:fs [page]',
    ])
  })

  it('flags long files, tables excepted', () => {
    const long = 'export {}\n'.repeat(401)
    expect(complaints({ 'src/base/long.ts': long, 'src/base/codes/all.ts': long, 'tools/long.ts': long })).toEqual([
      'src/base/long.ts:401: 401 lines; the limit is 400 [size]',
      'tools/long.ts:401: 401 lines; the limit is 400 [size]',
    ])
  })

  it.each([
    ['vi.mock("./a.ts")', 'no mocked modules'],
    ['it.only("x", () => {})', '.only keeps every other test'],
    ['describe.skip("x", () => {})', 'a skip needs a reason'],
    ['it.skipIf(true)("x", () => {})', 'a skip needs a reason'],
    ['it("x", { skip: true }, () => {})', 'a skip needs a reason'],
  ])('holds tests to the house rules: %s', (text, message) => {
    expect(complaints({ 'src/base/a.test.ts': text })).toEqual([expect.stringContaining(message)])
  })
})
