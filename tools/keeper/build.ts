/**
 * Makes `src/builder/exec/keeper/programs.ts` of `keeper.c` and its parts, for both CPUs. Needs Debian's gcc and gcc-aarch64-linux-gnu of the version
 * named here. `--check` only tells whether the two belong together.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from '../support/root.ts'

export const compilerVersion = '12.2.0'
const compilers = { x64: 'gcc', arm64: 'aarch64-linux-gnu-gcc' } as const
const folder = join(root, 'src', 'builder', 'exec', 'keeper')
const options = [
  ...['-Os', '-nostdlib', '-nostartfiles', '-static', '-ffreestanding', '-fno-builtin', '-fno-stack-protector', '-fno-pie', '-no-pie'],
  ...['-fno-asynchronous-unwind-tables', '-fno-tree-loop-distribute-patterns', '-Wall', '-Wextra', '-Werror', '-Wno-unused-function', '-s'],
  ...['-Wl,--build-id=none', '-Wl,-z,noseparate-code', '-Wl,-z,norelro'],
]

const text = programsText({ x64: compile(compilers.x64), arm64: compile(compilers.arm64) })
if (!process.argv.includes('--check')) writeFileSync(join(folder, 'programs.ts'), text)
else if (text !== readFileSync(join(folder, 'programs.ts'), 'utf8')) {
  process.stderr.write('src/builder/exec/keeper/programs.ts is not what keeper.c comes to: run node tools/keeper/build.ts\n')
  process.exitCode = 1
}

function compile(compiler: string): Buffer {
  const version = execFileSync(compiler, ['-dumpfullversion'], { encoding: 'utf8' }).trim()
  if (version !== compilerVersion) throw new Error(`${compiler} is ${version}; the programs are made with ${compilerVersion}`)
  const place = mkdtempSync(join(tmpdir(), 'slipway-keeper-'))
  try {
    execFileSync(compiler, [...options, 'keeper.c', '-o', join(place, 'keeper')], { cwd: folder, stdio: 'inherit' })
    return readFileSync(join(place, 'keeper'))
  } finally {
    rmSync(place, { recursive: true, force: true })
  }
}

function programsText(programs: Readonly<Record<keyof typeof compilers, Buffer>>): string {
  const parts = Object.entries(programs).map(([cpu, bytes]) => `  ${cpu}: \`\n${(bytes.toString('base64').match(/.{1,140}/g) ?? []).join('\n')}\n\`,\n`)
  return `/** The programs of \`keeper.c\`, compiled. Written by \`node tools/keeper/build.ts\`. */\nexport const keeperTexts = {\n${parts.join('')}} as const\n`
}
