/** One timestamped line per thing that happens: for pipes, logs and terminals that are none. */
import { humanBytes, humanDuration } from '../../base/human.ts'
import type { Recorded, RunEvent } from '../../events/run-event.ts'
import type { RunView } from '../../events/run-view.ts'
import { scanLine } from '../../events/scan-line.ts'
import type { StepPath } from '../../events/step-path.ts'
import type { Sink } from '../../ports/sink.ts'
import { renderDiagnostic } from '../../text/render-diagnostic.ts'
import { printable } from '../../text/terminal-text.ts'
import { calmFold } from './calm-fold.ts'
import { outcomeText } from './outcome-text.ts'
import type { Output } from './output.ts'
import { painter } from './paint.ts'
import { summary } from './summary.ts'
import { testsLine } from './test-lines.ts'

/** Output without line breaks is shown in parts of so many characters. */
const longestPart = 64 * 1024
const surroundings: ReadonlySet<RunEvent['kind']> = new Set(['run.started', 'run.finished', 'stage.started', 'stage.finished'])
/** By this mark whoever started a plugin finds its card in the log. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the mark begins with one
const card = /^\u001b\]1338;[\w+/=]*\u001b\]0m$/
const plainLines = /^[ -~\n]*$/

export interface PlainOptions {
  /** One step with no pipeline around it: neither times nor names in front, and no word about the run. Its outcome is told by who began it. */
  readonly bare?: boolean
}

export function plainSink(out: Output, { bare = false }: PlainOptions = {}): Sink {
  const paint = painter(out.colour)
  const partial = new Map<StepPath, string>()
  const fold = calmFold()

  const lead = (recorded: Recorded, who: string): string => (bare ? '' : `${time(recorded.at)} ${who === '' ? '' : `${paint('info', `[${who}]`)} `}`)
  const line = (recorded: Recorded, who: string, text: string): string => `${lead(recorded, who)}${text}\n`

  const shown = (text: string): string => (bare && card.test(text) ? text : printable(text, { colours: out.colour }))
  const outputLines = (recorded: Recorded, step: StepPath, text: string): string => {
    const whole = (partial.get(step) ?? '') + text
    const cut = whole.lastIndexOf('\n')
    if (cut === -1 && whole.length < longestPart) {
      partial.set(step, whole)
      return ''
    }
    const end = cut === -1 ? whole.length : cut
    partial.set(step, whole.slice(end + 1))
    return outputBlock(whole.slice(0, end), lead(recorded, step))
  }
  const outputBlock = (block: string, start: string): string => {
    // A flood of plain text is marked in one go, not line by line.
    const lines = plainLines.test(block) ? block.replaceAll('\n', `\n${start}`) : block.split('\n').map(shown).join(`\n${start}`)
    return `${start}${lines}\n`
  }
  const rest = (recorded: Recorded, step: StepPath): string => {
    const left = partial.get(step) ?? ''
    partial.delete(step)
    return left === '' ? '' : line(recorded, step, shown(left))
  }
  const text = (recorded: Recorded): string => {
    const { event } = recorded
    if (event.kind === 'step.output') return outputLines(recorded, event.step, event.text)
    if (event.kind === 'step.finished')
      return rest(recorded, event.step) + (bare ? '' : line(recorded, event.step, finished(fold.view(), event.step, outcomeText(event.outcome))))
    if (bare && surroundings.has(event.kind)) return ''
    const said = describe(recorded)
    return said === undefined ? '' : line(recorded, said.who, said.text)
  }
  return {
    name: 'plain',
    async write(recorded) {
      fold.see(recorded)
      const said = text(recorded)
      if (said !== '') await out.write(said)
    },
    close: async () => {
      if (!bare) await out.write(summary(fold.view(), { paint, colours: out.colour, warnings: false }))
    },
  }
}

function finished(view: RunView, step: StepPath, outcome: string): string {
  const { startedAt, finishedAt } = view.steps.get(step) ?? {}
  return startedAt === undefined || finishedAt === undefined ? outcome : `${outcome} in ${humanDuration(finishedAt - startedAt)}`
}

/** What there is to say about an event in a line; undefined for those that a log does not need. */
function describe({ event, run }: Recorded): { readonly who: string; readonly text: string } | undefined {
  switch (event.kind) {
    case 'run.started':
      return { who: '', text: `run ${event.sequenceId} of ${event.plan.pipeline.name}` }
    case 'stage.started':
      return { who: event.stage, text: 'stage started' }
    case 'stage.finished':
      return { who: event.stage, text: `stage ${outcomeText(event.outcome)}` }
    case 'step.started':
      return { who: event.step, text: event.does }
    case 'stage.note':
      return { who: event.stage, text: renderDiagnostic(event.note) }
    case 'step.note':
      return { who: event.step, text: renderDiagnostic(event.note) }
    case 'image.built':
      return { who: event.step, text: `built ${event.digest} (${event.layers} layers, ${humanBytes(event.bytes)}, ${event.cached} cached)` }
    case 'image.delivered':
      return { who: event.step, text: `pushed ${event.ref} ${event.digest}` }
    case 'file.written':
      return { who: event.step, text: `wrote ${event.file.path} (${humanBytes(event.file.bytes)})` }
    case 'step.retrying':
      return {
        who: event.step,
        text: `${event.problem?.message ?? 'failed'}; try ${event.attempt} of ${event.of}${event.waitMs === 0 ? '' : ` in ${humanDuration(event.waitMs)}`}`,
      }
    case 'group.retrying':
      return {
        who: event.group,
        text: `a step failed; the group begins again (${event.attempt} of ${event.of})${event.waitMs === 0 ? '' : ` in ${humanDuration(event.waitMs)}`}`,
      }
    case 'step.waiting':
      return {
        who: event.step,
        text: `${event.problem?.message ?? 'failed'}; waiting ${humanDuration(event.timeoutMs)} at most for a decision: slipway runs answer ${run}`,
      }
    case 'step.outputs':
      return { who: event.step, text: `outputs: ${event.outputs.map((o) => o.name).join(', ')}` }
    case 'step.tests':
      return { who: event.step, text: testsLine(event.results) }
    case 'scan.finished':
      return { who: event.step, text: scanLine(event.scan) }
    default:
      return undefined
  }
}

function time(at: number): string {
  return new Date(at).toISOString().slice(11, 23)
}
