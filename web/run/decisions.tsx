/** Questions that a run asks about failed steps, with the answers there are. */
import { useSignal } from '@preact/signals'
import { humanDuration } from '../../src/base/human.ts'
import type { StepView } from '../../src/events/run-view.ts'
import { answer } from '../api/orders.ts'
import { mayWrite } from '../frame/server.ts'
import { say, sayFailure } from '../frame/toasts.tsx'
import { asking } from '../status/step-status.ts'
import { now } from '../ui/clock.ts'
import { StatusIcon } from '../ui/status-badge.tsx'
import type { LiveRun } from './live-run.ts'

const choices = [
  ['retry', 'Try again'],
  ['ignore', 'Ignore the failure'],
  ['mark-success', 'Mark as passed'],
  ['mark-failure', 'Mark as failed'],
  ['abort', 'Abort the run'],
] as const

export function Decisions({ live }: { readonly live: LiveRun }) {
  return (
    <>
      {asking(live.view.value).map((step) => (
        <Decision key={step.path} run={live.run} step={step} />
      ))}
    </>
  )
}

function Decision({ run, step }: { readonly run: string; readonly step: StepView }) {
  const sent = useSignal(false)
  const { pause } = step
  if (pause?.kind !== 'decision') return null
  const left = pause.until - now.value
  const give = async (choice: (typeof choices)[number][0], word: string): Promise<void> => {
    sent.value = true
    const given = await answer(run, step.path, choice)
    sent.value = false
    if (given.ok) say(`${step.name}: ${word.toLowerCase()}`)
    else sayFailure(given.failure)
  }
  return (
    <section class="decision" aria-label={`Decision about ${step.name}`}>
      <StatusIcon status="asking" silent={true} />
      <div>
        <p>
          <strong>{step.name}</strong> has failed. What shall be done?
        </p>
        {pause.problem !== undefined && <p class="faint">{pause.problem.message}</p>}
        {pause.otherwise !== undefined && left > 0 && <p class="faint">{`In ${humanDuration(left)} without an answer: ${pause.otherwise}.`}</p>}
        <div class="answers">
          {choices.map(([choice, word]) => (
            <button
              key={choice}
              type="button"
              class={choice === 'retry' ? 'primary' : ''}
              disabled={sent.value || !mayWrite.value}
              onClick={() => give(choice, word)}
            >
              {word}
            </button>
          ))}
        </div>
      </div>
    </section>
  )
}
