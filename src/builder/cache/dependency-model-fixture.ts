/**
 * For tests: random Dockerfiles with contexts and edits, and a model that tells which commands a build has to run. It knows nothing of
 * the builder: it interprets the instructions on a map of files and remembers what each command stood on.
 */
import { createHash } from 'node:crypto'
import fc from 'fast-check'

/** By path; a folder is there when something is in it. */
export type Context = ReadonlyMap<string, { readonly text: string; readonly mode: number }>

export type Step =
  | { readonly kind: 'copy'; readonly source: number; readonly folder: boolean }
  | { readonly kind: 'from'; readonly stage: number; readonly file: number }
  | {
      readonly kind: 'run'
      readonly word: number
      readonly reads: readonly number[]
      readonly bind: number | undefined
      readonly stageBind: number | undefined
    }
  | { readonly kind: 'env' | 'arg'; readonly name: number; readonly value: number }
  | { readonly kind: 'workdir' }

export interface Project {
  readonly stages: readonly { readonly on: number | undefined; readonly steps: readonly Step[] }[]
  readonly files: Context
  readonly ignored: readonly string[]
  readonly args: ReadonlyMap<string, string>
}

const filePaths = ['f0', 'f1', 'd0/a', 'd0/b', 'd0/deep/c', 'd1/a', 'd1/b']
const folders = ['d0', 'd1']
const text = fc.constantFrom('one', 'two', 'three', '')
const small = fc.nat({ max: 6 })
const file = fc.record({ text, mode: fc.constantFrom(0o644, 0o755) })

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('copy' as const), source: small, folder: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('from' as const), stage: small, file: small }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('run' as const),
      word: small,
      reads: fc.array(small, { maxLength: 2 }),
      bind: fc.option(small, { nil: undefined, freq: 4 }),
      stageBind: fc.option(small, { nil: undefined, freq: 4 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('env' as const, 'arg' as const), name: fc.nat({ max: 2 }), value: small }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'workdir' as const }) },
)

export const project: fc.Arbitrary<Project> = fc.record({
  stages: fc.array(fc.record({ on: fc.option(small, { nil: undefined }), steps: fc.array(step, { minLength: 1, maxLength: 5 }) }), {
    minLength: 1,
    maxLength: 3,
  }),
  files: fc.tuple(...filePaths.map(() => file)).map((all) => new Map(filePaths.map((path, i) => [path, all[i] as (typeof all)[number]]))),
  ignored: fc.subarray(['d0/b', 'd1', 'f9'], { maxLength: 1 }),
  args: fc.constant(new Map<string, string>()),
})

export type Edit =
  | { readonly kind: 'file'; readonly path: number; readonly to: { readonly text: string; readonly mode: number } | undefined }
  | { readonly kind: 'ignore'; readonly ignored: readonly string[] }
  | { readonly kind: 'argument'; readonly name: number; readonly value: number }
  | { readonly kind: 'step'; readonly stage: number; readonly at: number; readonly to: Step | undefined; readonly insert: boolean }
  /** Written anew with the same content. */
  | { readonly kind: 'touch' }

export const edit: fc.Arbitrary<Edit> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('file' as const), path: small, to: fc.option(file, { nil: undefined, freq: 4 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('ignore' as const), ignored: fc.subarray(['d0/b', 'd1', 'f9'], { maxLength: 1 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('argument' as const), name: fc.nat({ max: 2 }), value: small }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('step' as const),
      stage: small,
      at: small,
      to: fc.option(step, { nil: undefined, freq: 4 }),
      insert: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'touch' as const }) },
)

export function edited(p: Project, e: Edit): Project {
  switch (e.kind) {
    case 'file': {
      const files = new Map(p.files)
      const path = filePaths[e.path % filePaths.length] ?? ''
      if (e.to === undefined) files.delete(path)
      else files.set(path, e.to)
      return { ...p, files }
    }
    case 'ignore':
      return { ...p, ignored: e.ignored }
    case 'argument':
      return { ...p, args: new Map(p.args).set(`A${e.name}`, `given${e.value}`) }
    case 'touch':
      return p
    case 'step': {
      const index = e.stage % p.stages.length
      const stages = p.stages.map((stage, i) => {
        if (i !== index) return stage
        const at = e.at % stage.steps.length
        const put = e.to === undefined ? [] : [e.to]
        return { ...stage, steps: [...stage.steps.slice(0, at), ...put, ...stage.steps.slice(e.insert ? at : at + 1)] }
      })
      return { ...p, stages }
    }
  }
}

interface ModelStage {
  readonly files: Map<string, string>
  /** What each layer is: a copy by its content, a command by its execution. */
  readonly chain: string[]
  readonly env: Map<string, string>
  readonly declared: Map<string, string>
  cwd: string
}

export interface Told {
  readonly dockerfile: string
  /** The words of commands that have to run, sorted. */
  readonly runs: readonly string[]
}

/** One model per store: it remembers. */
export function dependencyModel(): (p: Project) => Told {
  const known = new Map<string, string>()
  return (p) => {
    const wanted = reachable(p)
    const lines: string[] = []
    const runs: string[] = []
    const stages: ModelStage[] = []
    for (const [index, { on, steps }] of p.stages.entries()) {
      const base = on === undefined || index === 0 ? undefined : stages[on % index]
      lines.push(`FROM ${base === undefined ? 'scratch' : `s${(on ?? 0) % index}`} AS s${index}`)
      const stage: ModelStage = {
        files: new Map(base?.files),
        chain: [...(base?.chain ?? [])],
        env: new Map(base?.env),
        declared: new Map(base?.declared),
        cwd: base?.cwd ?? '/',
      }
      stages.push(stage)
      for (const [at, one] of steps.entries()) {
        const line = interpret(one, `${index}_${at}`, { stage, stages, p, known, built: wanted.has(index), told: (word) => runs.push(word) })
        if (line !== undefined) lines.push(line)
      }
    }
    return { dockerfile: `${lines.join('\n')}\n`, runs: runs.sort() }
  }
}

interface At {
  readonly stage: ModelStage
  readonly stages: readonly ModelStage[]
  readonly p: Project
  readonly known: Map<string, string>
  /** Stages that nothing needs are not built. */
  readonly built: boolean
  readonly told: (word: string) => unknown
}

/** Undefined: the instruction makes no sense here, and is left out. */
function interpret(one: Step, id: string, at: At): string | undefined {
  const { stage, stages, p } = at
  switch (one.kind) {
    case 'workdir':
      stage.cwd = `/w${id}`
      stage.chain.push(`folder ${stage.cwd}`)
      return `WORKDIR /w${id}`
    case 'env':
      stage.env.set(`E${one.name}`, `v${one.value}`)
      return `ENV E${one.name}=v${one.value}`
    case 'arg':
      stage.declared.set(`A${one.name}`, p.args.get(`A${one.name}`) ?? `d${one.value}`)
      return `ARG A${one.name}=d${one.value}`
    case 'copy': {
      const source = contextPath(one.source, one.folder)
      const found = inContext(p, source)
      if (found.length === 0) return undefined
      // Where a file came from does not count, only what is placed and where.
      const placed = found.map(([path, content]) => [`k${id}${path.slice(source.length)}`, content] as const)
      for (const [path, content] of placed) stage.files.set(path, content)
      stage.chain.push(JSON.stringify(placed))
      return `COPY ${source} /k${id}`
    }
    case 'from': {
      const index = one.stage % stages.length
      const from = stages[index] as ModelStage
      const path = [...from.files.keys()].sort()[one.file % Math.max(from.files.size, 1)]
      if (from === stage || path === undefined) return undefined
      stage.files.set(`k${id}`, from.files.get(path) ?? '')
      stage.chain.push(`k${id} ${from.files.get(path)}`)
      return `COPY --from=s${index} /${path} /k${id}`
    }
    case 'run':
      return run(one, id, at)
  }
}

function run(one: Extract<Step, { kind: 'run' }>, id: string, { stage, stages, p, known, built, told }: At): string {
  const visible = [...stage.files.keys()].sort()
  const reads = visible.length === 0 ? [] : one.reads.map((n) => visible[n % visible.length] ?? '')
  const word = `emit o${id} ${['w', one.word].join('')} ${reads.join(' ')}`.trim()
  const mounts: string[] = []
  const marks: unknown[] = []
  const source = one.bind === undefined ? undefined : contextPath(one.bind, false)
  const bound = source === undefined ? [] : inContext(p, source)
  if (bound.length > 0) {
    mounts.push(`--mount=type=bind,source=${source},target=/m${id}`)
    marks.push(bound)
  }
  const other = one.stageBind === undefined ? stage : (stages[one.stageBind % stages.length] as ModelStage)
  if (other !== stage) {
    mounts.push(`--mount=type=bind,from=s${stages.indexOf(other)},target=/n${id}`)
    marks.push(other.chain)
  }
  const env = new Map([...stage.env, ...stage.declared])
  const key = JSON.stringify([word, mounts, marks, [...env], stage.cwd, stage.chain])
  const before = known.get(key)
  const execution = before ?? `run ${known.size}`
  if (before === undefined && built) {
    told(word)
    known.set(key, execution)
  }
  stage.files.set(
    `o${id}`,
    emitted(
      word,
      [...env].map(([name, value]) => `${name}=${value}`).sort(),
      reads.map((path) => stage.files.get(path) ?? ''),
    ),
  )
  stage.chain.push(execution)
  return `RUN ${[...mounts, word].join(' ')}`
}

/** What a command writes: the same from the same, with mode and content in one text. */
export function emitted(word: string, env: readonly string[], read: readonly string[]): string {
  return `644 ${createHash('sha256')
    .update(JSON.stringify([word, env, read]))
    .digest('hex')}`
}

function contextPath(n: number, folder: boolean): string {
  return folder ? (folders[n % folders.length] ?? '') : (filePaths[n % filePaths.length] ?? '')
}

/** What .dockerignore leaves, below a path or at it. */
function inContext(p: Project, source: string): readonly (readonly [string, string])[] {
  const left = [...p.files].filter(([path]) => !p.ignored.some((rule) => path === rule || path.startsWith(`${rule}/`)))
  const found = left.filter(([path]) => path === source || path.startsWith(`${source}/`))
  return found.map(([path, { text: content, mode }]) => [path, `${mode.toString(8)} ${content}`] as const).toSorted(([a], [b]) => (a < b ? -1 : 1))
}

/** The last stage, and all that it needs. */
function reachable(p: Project): ReadonlySet<number> {
  const found = new Set<number>()
  const visit = (index: number): void => {
    if (found.has(index)) return
    found.add(index)
    const { on, steps } = p.stages[index] as Project['stages'][number]
    if (on !== undefined && index > 0) visit(on % index)
    for (const one of steps) {
      const named = one.kind === 'from' ? one.stage : one.kind === 'run' ? one.stageBind : undefined
      if (named !== undefined && named % (index + 1) !== index) visit(named % (index + 1))
    }
  }
  visit(p.stages.length - 1)
  return found
}
