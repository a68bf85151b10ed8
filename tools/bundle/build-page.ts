/** Bundles the page in the browser: index.html, and scripts and styles whose names change with their content. Nothing inline, for the strict CSP. */
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { build, type Metafile } from 'esbuild'
import { root } from '../support/root.ts'
import { notices } from './notices.ts'

export interface BuiltPage {
  readonly dir: string
  /** Names of the scripts that the first view loads, from index.html on. */
  readonly firstScripts: readonly string[]
  readonly firstStyles: readonly string[]
  readonly metafile: Metafile
}

export async function buildPage(dir: string): Promise<BuiltPage> {
  await rm(dir, { recursive: true, force: true })
  await mkdir(dir, { recursive: true })
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: { page: 'web/main.tsx', style: 'web/style/style.css' },
    outdir: dir,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'browser',
    target: ['chrome120', 'firefox121', 'safari17.4'],
    tsconfig: join(root, 'web', 'tsconfig.json'),
    entryNames: '[name]-[hash]',
    chunkNames: 'part-[hash]',
    minify: true,
    legalComments: 'none',
    metafile: true,
    logLevel: 'error',
  })
  const name = (entry: string): string => {
    const found = Object.entries(metafile.outputs).find(([, output]) => output.entryPoint === entry)
    if (found === undefined) throw new Error(`the page has no ${entry}`)
    return relative(dir, join(root, found[0]))
  }
  const [script, style] = [name('web/main.tsx'), name('web/style/style.css')]
  const firstScripts = [script, ...needed(metafile, script, dir)]
  const preloads = firstScripts.slice(1).map((part) => `<link rel="modulepreload" href="/${part}" />`)
  const files = [`<link rel="stylesheet" href="/${style}" />`, ...preloads, `<script type="module" src="/${script}"></script>`]
  const html = await readFile(join(root, 'web', 'index.html'), 'utf8')
  await writeFile(join(dir, 'index.html'), html.replace('<!-- files -->', files.join('\n    ')))
  await copyFile(join(root, 'web', 'favicon.svg'), join(dir, 'favicon.svg'))
  await writeFile(join(dir, 'NOTICES.txt'), await notices(Object.keys(metafile.inputs)))
  return { dir, firstScripts, firstStyles: [style], metafile }
}

/** What a script imports at once, and what that imports. */
function needed(metafile: Metafile, script: string, dir: string): readonly string[] {
  const found = new Set<string>()
  const add = (name: string): void => {
    const output = Object.entries(metafile.outputs).find(([path]) => relative(dir, join(root, path)) === name)?.[1]
    for (const { path, kind } of output?.imports ?? []) {
      const part = relative(dir, join(root, path))
      if (kind !== 'import-statement' || found.has(part)) continue
      found.add(part)
      add(part)
    }
  }
  add(script)
  return [...found]
}
