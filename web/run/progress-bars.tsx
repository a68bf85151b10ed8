/** Transfers under way. */
import { humanBytes } from '../../src/base/human.ts'
import type { Progress } from '../../src/events/run-event.ts'

export function ProgressBars({ progress }: { readonly progress: readonly Progress[] }) {
  if (progress.length === 0) return null
  return (
    <ul class="progress">
      {progress.map(({ task, done, total, unit }) => {
        const text = (n: number): string => (unit === 'count' ? String(n) : humanBytes(n))
        return (
          <li key={task}>
            <span class="task">{task}</span>
            <progress aria-label={task} {...(total !== undefined && { value: done, max: total })} />
            <span class="count">{total === undefined ? text(done) : `${text(done)} of ${text(total)}`}</span>
          </li>
        )
      })}
    </ul>
  )
}
