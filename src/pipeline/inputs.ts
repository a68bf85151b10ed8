/** Fills `<+input>` in before anything is read: by the path of the value, with its default, within what it allows. */
import { diagnose } from '../base/diagnostic.ts'
import { placeProblem } from '../expr/expr-problem.ts'
import { checkAnswer, type InputSpec, isInput, parseInput } from '../expr/input.ts'
import { sourceFile } from '../text/source-file.ts'
import { didYouMean } from '../text/suggest.ts'
import { entryOf, type YamlNode, type YamlScalar } from '../yaml/node.ts'
import { parseYaml } from '../yaml/parse.ts'
import { scalarSpan } from '../yaml/scalar-span.ts'
import type { Report } from '../yaml/shape/shape.ts'
import { visitNodes } from './node-paths.ts'

/** Answers by path; the end of a path is enough where it names one input only. */
export type Inputs = Readonly<Record<string, string>>

export function fillInputs(root: YamlNode, inputs: Inputs, report: Report): YamlNode {
  const asked = new Map<string, YamlScalar>()
  visitNodes(root, (node, path) => {
    if (node.kind === 'scalar' && isInput(node.source)) asked.set(path, node)
  })
  if (asked.size === 0 && Object.keys(inputs).length === 0) return root
  const answers = matchAnswers([...asked.keys()], inputs, root, report)
  const filled = new Map<YamlNode, YamlNode>()
  for (const [path, node] of asked) filled.set(node, fillOne(node, path, answers.get(path), report))
  return replaceNodes(root, filled)
}

/** An input of a file, answered or not. */
export interface AskedInput {
  readonly path: string
  readonly input: InputSpec
  /** Of a variable: String, Number or Secret. The value of a Secret is the name of a secret. */
  readonly type?: string
}

export function askedInputs(root: YamlNode): readonly AskedInput[] {
  const asked = new Map<string, YamlScalar>()
  const types = new Map<YamlNode, string>()
  visitNodes(root, (node, path) => {
    if (node.kind === 'scalar' && isInput(node.source)) asked.set(path, node)
    if (node.kind === 'seq') for (const item of node.items) noteType(item, types)
  })
  return [...asked].flatMap(([path, node]) => {
    const input = parseInput(node.source)?.input
    const type = types.get(node)
    return input === undefined ? [] : [{ path, input, ...(type !== undefined && { type }) }]
  })
}

/** Those that have neither an answer nor a default. */
export function openInputs(root: YamlNode, inputs: Inputs): readonly AskedInput[] {
  const asked = askedInputs(root)
  const answers = matchAnswers(
    asked.map(({ path }) => path),
    inputs,
    root,
    () => undefined,
  )
  return asked.filter(({ path, input }) => input.default === undefined && !answers.has(path))
}

function noteType(item: YamlNode, types: Map<YamlNode, string>): void {
  const [value, type] = [entryOf(item, 'value')?.value, entryOf(item, 'type')?.value]
  if (value !== undefined && type?.kind === 'scalar') types.set(value, type.source)
}

function matchAnswers(paths: readonly string[], inputs: Inputs, root: YamlNode, report: Report): ReadonlyMap<string, string> {
  const answers = new Map<string, string>()
  for (const [name, answer] of Object.entries(inputs)) {
    const exact = paths.filter((path) => path === name || path === `pipeline.${name}`)
    const matching = exact.length > 0 ? exact : paths.filter((path) => path.endsWith(`.${name}`))
    const [path] = matching
    if (path !== undefined && matching.length === 1) answers.set(path, answer)
    else {
      const hint = matching.length > 1 ? `it could be any of: ${matching.join(', ')}` : (didYouMean(name, paths) ?? `inputs: ${paths.join(', ') || 'none'}`)
      report(diagnose('INPUT_UNKNOWN', { path: name }, { at: root.at, hint }))
    }
  }
  return answers
}

function fillOne(node: YamlScalar, path: string, answer: string | undefined, report: Report): YamlNode {
  const parsed = parseInput(node.source)
  const place = (start: number, end: number) => scalarSpan(node, start, end)
  for (const problem of parsed?.problems ?? []) report(placeProblem(problem, place))
  const input: InputSpec = parsed?.input ?? { executionInput: false }
  const value = answer ?? input.default
  if (value === undefined) {
    report(diagnose('INPUT_MISSING', { path }, { at: node.at }))
    return node
  }
  const refused = checkAnswer(input, value)
  if (refused !== undefined) report({ ...refused.diagnostic, at: node.at })
  return answerNode(answer === undefined ? node : { ...node, answers: path }, value)
}

/** An answer that begins like a list or a map is read as one; everything else is text in the place of the input. */
function answerNode(node: YamlScalar, value: string): YamlNode {
  if (/^\s*[[{]/.test(value)) {
    const { documents, diagnostics } = parseYaml(sourceFile(node.at.file, value))
    const [read] = documents
    if (read !== undefined && diagnostics.length === 0) return moved(read, node)
  }
  return { ...node, value, source: value, raw: value, plain: true, style: 'plain' }
}

/** Everything inside an answer is placed where the input stands. */
function moved(node: YamlNode, to: YamlScalar): YamlNode {
  const { at, offset } = to
  if (node.kind === 'scalar') return { ...node, at, offset, ...(to.answers !== undefined && { answers: to.answers }) }
  if (node.kind === 'seq') return { ...node, at, items: node.items.map((item) => moved(item, to)) }
  return { ...node, at, entries: node.entries.map(({ key, value }) => ({ key, keyAt: at, value: moved(value, to) })) }
}

function replaceNodes(node: YamlNode, by: ReadonlyMap<YamlNode, YamlNode>): YamlNode {
  if (node.kind === 'scalar') return by.get(node) ?? node
  if (node.kind === 'seq') return { ...node, items: node.items.map((item) => replaceNodes(item, by)) }
  return { ...node, entries: node.entries.map((entry) => ({ ...entry, value: replaceNodes(entry.value, by) })) }
}
