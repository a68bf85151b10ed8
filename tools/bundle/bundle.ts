/** Bundles the command line into a folder: an entry, one file per command and per heavy dependency, loaded when needed. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type BuildOptions, build, type Plugin } from 'esbuild'
import { root } from '../support/root.ts'
import { entryText } from './entry.ts'
import { notices } from './notices.ts'
import { onlyUndiciCore } from './only-undici-core.ts'

export interface Bundle {
  /** The file to start. */
  readonly entry: string
  readonly files: number
  readonly bytes: number
}

/** How everything of ours is bundled. */
export const forNode = {
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  // Names stay, so that a stack trace in a report can be read without source maps.
  minifySyntax: true,
  minifyWhitespace: true,
  lineLimit: 160,
  legalComments: 'none',
  // Dependencies in CommonJS ask for Node's modules by `require`.
  banner: { js: "import { createRequire } from 'node:module';const require = createRequire(import.meta.url);" },
  logLevel: 'error',
} as const satisfies BuildOptions

export async function bundle(dir: string): Promise<Bundle> {
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { readonly version: string }
  await rm(dir, { recursive: true, force: true })
  await mkdir(dir, { recursive: true })
  const { metafile } = await build({
    ...forNode,
    absWorkingDir: root,
    entryPoints: { cli: 'src/main/cli.ts', 'parts/deflate-worker': 'src/oci/deflate/worker.ts' },
    outdir: dir,
    splitting: true,
    outExtension: { '.js': '.mjs' },
    chunkNames: 'parts/[name]-[hash]',
    // ssh2 looks for faster native parts and does without them.
    external: ['cpu-features', '*.node'],
    plugins: [onlyVersion(version), onlyUndiciCore()],
    metafile: true,
  })
  const entry = join(dir, 'slipway.mjs')
  await writeFile(entry, entryText(version), { mode: 0o755 })
  await writeFile(join(dir, 'NOTICES.txt'), await notices(Object.keys(metafile.inputs)))
  const outputs = Object.values(metafile.outputs)
  return { entry, files: outputs.length + 1, bytes: outputs.reduce((sum, { bytes }) => sum + bytes, 0) }
}

/** Of package.json the program wants its version; the scripts and tools of a clone stay at home. */
function onlyVersion(version: string): Plugin {
  return {
    name: 'only-version',
    setup: ({ onLoad }) => onLoad({ filter: /package\.json$/ }, ({ path }) => (path === join(root, 'package.json') ? json({ version }) : undefined)),
  }
}

function json(value: object): { readonly contents: string; readonly loader: 'json' } {
  return { contents: JSON.stringify(value), loader: 'json' }
}
