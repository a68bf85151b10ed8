/** Small C programs without a library, compiled ahead for both CPUs and kept as text beside their source. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { root } from './root.ts'

const compilerVersion = '12.2.0'
const compilers = { x64: 'gcc', arm64: 'aarch64-linux-gnu-gcc' } as const
const options = [
  ...['-Os', '-nostdlib', '-nostartfiles', '-static', '-ffreestanding', '-fno-builtin', '-fno-stack-protector', '-fno-pie', '-no-pie'],
  ...['-fno-asynchronous-unwind-tables', '-fno-tree-loop-distribute-patterns', '-Wall', '-Wextra', '-Werror', '-Wno-unused-function', '-s'],
  ...['-Wl,--build-id=none', '-Wl,-z,noseparate-code', '-Wl,-z,norelro'],
]

export interface StaticProgram {
  /** Below the root of the repository: where source and text are. */
  readonly folder: string
  /** `keeper.c` */
  readonly source: string
  /** Of the constant that holds the texts. */
  readonly constant: string
  /** What writes the text. */
  readonly tool: string
}

/** `--check` only tells whether the two belong together. */
export function compileStatic(program: StaticProgram): void {
  const file = join(root, program.folder, 'programs.ts')
  const text = programsText(program, { x64: compile(compilers.x64, program), arm64: compile(compilers.arm64, program) })
  if (!process.argv.includes('--check')) writeFileSync(file, text)
  else if (text !== readFileSync(file, 'utf8')) {
    process.stderr.write(`${program.folder}/programs.ts is not what ${program.source} comes to: run node ${program.tool}\n`)
    process.exitCode = 1
  }
}

function compile(compiler: string, { folder, source }: StaticProgram): Buffer {
  const version = execFileSync(compiler, ['-dumpfullversion'], { encoding: 'utf8' }).trim()
  if (version !== compilerVersion) throw new Error(`${compiler} is ${version}; the programs are made with ${compilerVersion}`)
  const place = mkdtempSync(join(tmpdir(), 'slipway-compile-'))
  try {
    execFileSync(compiler, [...options, source, '-o', join(place, 'program')], { cwd: join(root, folder), stdio: 'inherit' })
    return readFileSync(join(place, 'program'))
  } finally {
    rmSync(place, { recursive: true, force: true })
  }
}

function programsText({ source, constant, tool }: StaticProgram, programs: Readonly<Record<keyof typeof compilers, Buffer>>): string {
  const parts = Object.entries(programs).map(([cpu, bytes]) => `  ${cpu}: \`\n${(bytes.toString('base64').match(/.{1,140}/g) ?? []).join('\n')}\n\`,\n`)
  return `/** The programs of \`${source}\`, compiled. Written by \`node ${tool}\`. */\nexport const ${constant} = {\n${parts.join('')}} as const\n`
}
