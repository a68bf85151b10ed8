/** A build under way as lines of a terminal: every step with its seconds, the last words of those that run. Pure: view in, lines out. */
import type { Instant } from '../../base/clock.ts'
import type { BuildStepView, BuildView } from '../../events/build-view.ts'
import { bytesText, oneLine } from '../../events/plain-build.ts'
import type { Paint } from '../../text/render-diagnostic.ts'

export interface FrameOptions {
  readonly now: Instant
  readonly columns: number
  readonly rows: number
  readonly paint: Paint
}

/** Lines of a running command that are shown. */
const words = 6

export function liveFrame(view: BuildView, o: FrameOptions): readonly string[] {
  const steps = [...view.steps.values()]
  const ended = steps.filter((step) => step.state !== 'running').length
  const took = view.startedAt === undefined ? 0 : o.now - view.startedAt
  const heading = o.paint('info', `[+] Building ${seconds(took)} (${ended}/${steps.length})`)
  const blocks = steps.map((step) => ({ running: step.state === 'running', lines: [headLine(step, o), ...bodyLines(step, o)] }))
  const room = Math.max(3, o.rows - 1)
  return [heading, ...cropped(blocks, room, o)]
}

/** What is over gives way first, the oldest before the newer; then the words of what runs. */
function cropped(blocks: readonly { readonly running: boolean; readonly lines: readonly string[] }[], room: number, o: FrameOptions): readonly string[] {
  const total = blocks.reduce((sum, { lines }) => sum + lines.length, 0)
  if (total <= room) return blocks.flatMap(({ lines }) => lines)
  let extra = total - room + 1
  let left = 0
  const kept = blocks.flatMap(({ running, lines }) => {
    if (running || extra <= 0) return [lines]
    extra -= lines.length
    left += 1
    return []
  })
  const hidden = left === 0 ? [] : [o.paint('dim', ` … ${left} earlier steps`)]
  const shown = [...hidden, ...kept.flat()]
  return shown.length <= room ? shown : [...hidden, ...kept.map(([head = '']) => head)].slice(-room)
}

function headLine(step: BuildStepView, o: FrameOptions): string {
  const state = step.state === 'cached' ? 'CACHED ' : step.state === 'failed' ? 'ERROR ' : step.state === 'aborted' ? 'CANCELED ' : ''
  const time = seconds((step.endedAt ?? o.now) - step.startedAt)
  const lead = ' => '
  const title = clip(`${state}${oneLine(step.title)}`, o.columns - lead.length - time.length - 1)
  const line = `${lead}${title}${' '.repeat(Math.max(1, o.columns - lead.length - title.length - time.length))}${time}`
  if (step.state === 'failed') return o.paint('error', line)
  return step.state === 'running' ? line : o.paint('info', line)
}

function bodyLines(step: BuildStepView, o: FrameOptions): readonly string[] {
  if (step.state !== 'running') return []
  const transfers = step.progress
    .filter(({ done, total }) => total === undefined || done < total)
    .slice(-words)
    .map((one) => ` => => ${clip(`${one.task}  ${bytesText(one)}`, o.columns - 7)}`)
  const said = step.tail.slice(-words).map(({ text }) => o.paint('dim', ` => => # ${clip(text, o.columns - 9)}`))
  return [...transfers, ...said]
}

function seconds(ms: number): string {
  return `${(Math.max(0, ms) / 1000).toFixed(1)}s`
}

/** One line, no control characters: what a command prints must not move the cursor. */
function clip(text: string, columns: number): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what is taken out
  const plain = text.replace(/\u001b\[[0-9;?]*[ -/]*[@-~]/g, '').replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ')
  return plain.length > columns ? `${plain.slice(0, Math.max(0, columns - 1))}…` : plain
}
