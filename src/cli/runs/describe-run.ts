/** `slipway runs show`: a run on one page. What ran with its times, what came out, what failed and why. */
import { humanBytes, humanDuration } from '../../base/human.ts'
import type { Outcome } from '../../events/outcome.ts'
import { type SummaryNode, stagesOf } from '../../events/plan-summary.ts'
import type { NodeStatus, RunView, StepView } from '../../events/run-view.ts'
import { scanLine } from '../../events/scan-line.ts'
import type { ScanSummary } from '../../events/scan-summary.ts'
import type { Given, RunRecord } from '../../ports/history.ts'
import { layerText } from '../../scan/layer-of.ts'
import { renderDiagnostic } from '../../text/render-diagnostic.ts'
import { printable } from '../../text/terminal-text.ts'
import { moment } from './run-line.ts'

export interface Described {
  readonly record: RunRecord
  readonly view: RunView
  readonly given: Given | undefined
  /** The last lines of steps that failed. */
  readonly tails: ReadonlyMap<string, string>
}

const marks: Readonly<Record<NodeStatus, string>> = { waiting: '·', running: '▸', passed: '✔', failed: '✖', errored: '✖', skipped: '○', aborted: '■' }

export function describeRun({ record, view, given, tails }: Described): string {
  const steps = [...view.steps.values()]
  const sections = [
    head(record, given),
    tree(view),
    deliveries(steps),
    scans(steps),
    outputs(steps),
    ...steps.filter(isBad).map((step) => failure(step, tails.get(step.path))),
  ]
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`
}

function head(record: RunRecord, given: Given | undefined): readonly string[] {
  const took = record.finishedAt === undefined ? '' : `  took ${humanDuration(record.finishedAt - record.startedAt)}`
  const { input = [], var: variables = [] } = (given?.options ?? {}) as { readonly input?: readonly string[]; readonly var?: readonly string[] }
  // Names only: a value may be confidential.
  const inputs = [...input, ...variables].map((text) => text.slice(0, text.indexOf('=')))
  return [
    `${record.pipelineName} #${record.sequenceId}  ${record.status}`,
    `  run      ${record.run}`,
    `  started  ${moment(record.startedAt)}${took}`,
    `  file     ${record.pipelineFile}`,
    ...(inputs.length === 0 ? [] : [`  inputs   ${inputs.join(', ')}`]),
    ...(given?.codebase?.commitSha === undefined
      ? []
      : [`  commit   ${given.codebase.commitSha}${given.codebase.branch === undefined ? '' : ` on ${given.codebase.branch}`}`]),
    ...(given?.again === undefined ? [] : [`  repeats  ${given.again.of}`]),
  ]
}

function tree(view: RunView): readonly string[] {
  return stagesOf(view.plan?.stages ?? [])
    .flatMap((stage) => {
      const state = view.stages.get(stage.path)
      const notes = (state?.notes ?? []).map((note) => `    ${renderDiagnostic(note).replaceAll('\n', '\n    ')}`)
      return [row(0, state?.status ?? 'waiting', stage.name, timed(state ?? {})), ...notes, ...stage.steps.flatMap((node) => nodeRows(node, 1, view))]
    })
    .toArray()
}

function nodeRows(node: SummaryNode, depth: number, view: RunView): readonly string[] {
  if (node.kind === 'parallel') return node.children.flatMap((child) => nodeRows(child, depth, view))
  if (node.kind === 'group') return [`${'  '.repeat(depth)}▾ ${node.name}`, ...node.children.flatMap((child) => nodeRows(child, depth + 1, view))]
  const step = view.steps.get(node.path)
  return step === undefined ? [] : [row(depth, step.status, step.name, timed(step))]
}

function row(depth: number, status: NodeStatus, name: string, detail: string): string {
  return `${'  '.repeat(depth)}${marks[status]} ${name}${detail === '' ? '' : `  ${detail}`}`
}

function timed(o: { readonly startedAt?: number; readonly finishedAt?: number; readonly outcome?: Outcome }): string {
  if (o.outcome?.kind === 'skipped') return o.outcome.because
  return o.startedAt === undefined || o.finishedAt === undefined ? '' : humanDuration(o.finishedAt - o.startedAt)
}

function deliveries(steps: readonly StepView[]): readonly string[] {
  const images = steps.flatMap(({ delivered }) => delivered.map(({ ref, digest }) => `  ${ref}  ${digest}`))
  const files = steps.flatMap((step) =>
    step.files.map(({ path, bytes, digest }) => `  ${path}  ${humanBytes(bytes)}${digest === undefined ? '' : `  ${digest}`}`),
  )
  return [...(images.length === 0 ? [] : ['images', ...images]), ...(files.length === 0 ? [] : ['files', ...files])]
}

/** The worst findings of each scan; all that were kept are in --json. */
function scans(steps: readonly StepView[]): readonly string[] {
  const lines = steps.flatMap(({ path, scan }) => (scan === undefined ? [] : [`  ${path}  ${plain(scanLine(scan))}`, ...findings(scan)]))
  return lines.length === 0 ? [] : ['scans', ...lines]
}

const namedFindings = 10

function findings({ findings: all, more }: ScanSummary): readonly string[] {
  const lines = all.slice(0, namedFindings).map(({ severity, id, package: name, version, fixedVersion, layer, fresh }) => {
    const fix = fixedVersion === undefined ? 'no fix yet' : `fixed in ${fixedVersion}`
    const by = layer === undefined ? '' : `, by ${layerText(layer)}`
    return plain(`    ${severity.padEnd(8)} ${id}  ${name} ${version}  ${fix}${by}${fresh === true ? ', new' : ''}`)
  })
  const rest = more + Math.max(0, all.length - namedFindings)
  return [...lines, ...(rest > 0 ? [`    … and ${rest} more`] : [])]
}

/** Names of packages come from images. */
function plain(text: string): string {
  return printable(text.replaceAll(/[\r\n]+/g, ' '), { colours: false })
}

function outputs(steps: readonly StepView[]): readonly string[] {
  const lines = steps.flatMap((step) => step.outputs.map(({ name, value, secret }) => `  ${step.path}  ${name}=${secret ? '********' : value}`))
  return lines.length === 0 ? [] : ['outputs', ...lines]
}

export function isBad(step: StepView): boolean {
  return step.status === 'failed' || step.status === 'errored'
}

function failure(step: StepView, tail: string | undefined): readonly string[] {
  const { outcome } = step
  const problems =
    outcome?.kind === 'errored'
      ? [outcome.problem, ...(outcome.others ?? [])]
      : outcome?.kind === 'failed' && outcome.problem !== undefined
        ? [outcome.problem]
        : []
  const said = (tail ?? '').split('\n').filter((line, i, all) => line !== '' || i < all.length - 1)
  return [`✖ ${step.path}`, ...said.map((line) => `  │ ${line}`), ...problems.map((one) => `  ${renderDiagnostic(one).replaceAll('\n', '\n  ')}`)]
}
