/**
 * Makes `src/oci/deflate/module.ts` of `src/oci/deflate/deflate.as`. AssemblyScript's compiler is large and seldom needed, so it is
 * no dependency: this installs the pinned version into a temporary folder. `--check` only tells whether the two belong together.
 */
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from '../support/root.ts'

const compiler = 'assemblyscript@0.28.20'
const folder = join(root, 'src', 'oci', 'deflate')

const text = moduleText(compile())
if (!process.argv.includes('--check')) writeFileSync(join(folder, 'module.ts'), text)
else if (text !== readFileSync(join(folder, 'module.ts'), 'utf8')) {
  process.stderr.write('src/oci/deflate/module.ts is not what src/oci/deflate/deflate.as comes to: run node tools/deflate/build.ts\n')
  process.exitCode = 1
}

function compile(): Buffer {
  const place = mkdtempSync(join(tmpdir(), 'slipway-deflate-'))
  try {
    writeFileSync(join(place, 'package.json'), '{"private":true}')
    execFileSync('npm', ['install', '--no-audit', '--no-fund', '--silent', '--save-exact', compiler], { cwd: place, stdio: 'inherit' })
    copyFileSync(join(folder, 'deflate.as'), join(place, 'deflate.ts'))
    const options = ['-O3', '--converge', '--runtime', 'stub', '--noAssert', '--use', 'abort=', '--initialMemory', '56', '--maximumMemory', '56']
    execFileSync('npx', ['--no', 'asc', 'deflate.ts', '-o', 'deflate.wasm', ...options], { cwd: place, stdio: 'inherit' })
    return readFileSync(join(place, 'deflate.wasm'))
  } finally {
    rmSync(place, { recursive: true, force: true })
  }
}

function moduleText(wasm: Buffer): string {
  const lines = wasm.toString('base64').match(/.{1,140}/g) ?? []
  return `/** The deflate of \`deflate.as\`, compiled. Written by \`node tools/deflate/build.ts\`. */\nexport const wasmText = \`\n${lines.join('\n')}\n\`\n`
}
