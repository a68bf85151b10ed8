/** The command line as one file, as users get it: reading hundreds of sources would be measured otherwise. */
import { join } from 'node:path'
import { build } from 'esbuild'

export async function bundleCli(o: { readonly root: string; readonly dir: string }): Promise<string> {
  const outdir = join(o.dir, 'bundle')
  await build({
    entryPoints: [join(o.root, 'src/main/cli.ts')],
    outdir,
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    outExtension: { '.js': '.mjs' },
    logLevel: 'error',
    // Libraries in the old module format call require().
    banner: { js: "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);" },
  })
  return join(outdir, 'cli.mjs')
}
