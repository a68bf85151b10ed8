/** For tests: builds a project and its edits on one store, and holds each build to the model and to a clean build. */
import { chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { BuildRequest } from '../../ports/builder.ts'
import { type Fixture, fixture } from '../build-fixture.ts'
import { fakeSandbox } from '../exec/fake-sandbox-fixture.ts'
import type { SandboxJob } from '../exec/sandbox.ts'
import { dependencyModel, type Edit, edited, emitted, type Project } from './dependency-model-fixture.ts'

export interface Divergence {
  readonly what: string
  readonly dockerfile: string
  readonly expected: unknown
  readonly actual: unknown
}

/** Undefined: all is as it should be. */
export async function checkProject(first: Project, edits: readonly Edit[]): Promise<Divergence | undefined> {
  const model = dependencyModel()
  const f = await fixture()
  try {
    let p = first
    for (const edit of [undefined, ...edits]) {
      if (edit !== undefined) p = edited(p, edit)
      writeContext(f.contextDir, p)
      const { dockerfile, runs } = model(p)
      const given = requestOf(p)
      const { ran, digest } = await build(f, dockerfile, given)
      if (String(ran) !== String(runs)) return { what: 'executed', dockerfile, expected: runs, actual: ran }
      const again = await build(f, dockerfile, given)
      if (again.ran.length > 0 || again.digest !== digest) return { what: 'unchanged', dockerfile, expected: [[], digest], actual: [again.ran, again.digest] }
      const clean = await fixture()
      try {
        writeContext(clean.contextDir, p)
        const whole = await build(clean, dockerfile, given)
        if (whole.digest !== digest) return { what: 'result', dockerfile, expected: whole.digest, actual: digest }
      } finally {
        await clean.remove()
      }
    }
    return undefined
  } finally {
    await f.remove()
  }
}

function requestOf(p: Project): Partial<BuildRequest> {
  const dockerignore = { name: '.dockerignore', text: p.ignored.join('\n') }
  return { args: p.args, dockerignore }
}

async function build(f: Fixture, text: string, given: Partial<BuildRequest>): Promise<{ readonly ran: readonly string[]; readonly digest: string }> {
  const ran: string[] = []
  const sandbox = fakeSandbox({
    act({ upper, ...job }) {
      const word = job.process.args.at(-1) ?? ''
      ran.push(word)
      emit(word, upper, job)
      return 0
    },
  })
  const { image } = await f.build(text, { ...given, sandbox })
  return { ran: ran.sort(), digest: await image.digest() }
}

/** Puts down what the model says, from what the layers below really hold. */
export function emit(word: string, upper: string, job: Pick<SandboxJob, 'lowers' | 'process'>): void {
  const [, name = '', , ...reads] = word.split(' ')
  const folders = job.lowers.flatMap((lower) => (lower.kind === 'folder' ? [lower.folder] : []))
  const read = reads.map((path) => {
    const file = folders.map((folder) => join(folder, path)).find(existsSync)
    return file === undefined ? 'nothing' : `${(lstatSync(file).mode & 0o7777).toString(8)} ${readFileSync(file, 'utf8')}`
  })
  const env = job.process.env.filter((line) => /^[AE]\d=/.test(line)).sort()
  const file = join(upper, name)
  writeFileSync(file, emitted(word, env, read).slice('644 '.length))
  utimesSync(file, 1_600_000_000, 1_600_000_000)
}

function writeContext(folder: string, p: Project): void {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder)
  for (const [path, { text, mode }] of p.files) {
    const file = join(folder, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
    chmodSync(file, mode)
    utimesSync(file, 1_600_000_000, 1_600_000_000)
  }
  for (const name of ['d0', 'd0/deep', 'd1']) if (existsSync(join(folder, name))) utimesSync(join(folder, name), 1_600_000_000, 1_600_000_000)
}
