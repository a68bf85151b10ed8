/** One step: how it ended and why, its log, what it was given and what it gives. */
import { useSignal } from '@preact/signals'
import type { StepView } from '../../src/events/run-view.ts'
import { LogView } from '../log/log-view.tsx'
import { go } from '../navigation.ts'
import { stepStatus } from '../status/step-status.ts'
import { DiagnosticNote } from '../ui/diagnostic.tsx'
import { Icon } from '../ui/icon.tsx'
import { Duration } from '../ui/moment.tsx'
import { Segmented } from '../ui/segmented.tsx'
import { StatusBadge } from '../ui/status-badge.tsx'
import type { LiveRun } from './live-run.ts'
import { outcomeText } from './outcome-text.ts'
import { ProgressBars } from './progress-bars.tsx'
import { StepDetails } from './step-details.tsx'

export interface StepPanelProps {
  readonly live: LiveRun
  readonly step: StepView
  readonly line: number | undefined
  /** Whether it can be put away. */
  readonly closes: boolean
}

export function StepPanel({ live, step, line, closes }: StepPanelProps) {
  const part = useSignal<'log' | 'details'>('log')
  const { outcome } = step
  const problems =
    outcome === undefined || !('problem' in outcome) || outcome.problem === undefined
      ? []
      : [outcome.problem, ...('others' in outcome ? (outcome.others ?? []) : [])]
  const told = outcomeText(outcome)
  return (
    <article class="step" aria-label={`Step ${step.name}`}>
      <header class="step-head">
        <div class="step-title">
          <h2>{step.name}</h2>
          <StatusBadge status={stepStatus(step)} />
          <Duration from={step.startedAt} to={step.finishedAt ?? live.view.value.finishedAt} />
          <span class="spring" />
          {closes && (
            <button type="button" class="quiet icon-only" title="Close" onClick={() => go({ kind: 'run', run: live.run, tab: 'steps' })}>
              <Icon name="close" />
              <span class="unseen">Close the step</span>
            </button>
          )}
        </div>
        <p class="does">
          <span class="type">{step.type}</span>
          {step.does}
        </p>
        {told !== undefined && <p class="told">{told}</p>}
        {[...problems, ...step.notes].map((note, i) => (
          <DiagnosticNote key={i} note={note} />
        ))}
        <ProgressBars progress={step.progress} />
        <Segmented
          label="Of the step"
          words={{ log: 'Log', details: 'Inputs and outputs' }}
          chosen={part.value}
          onChoose={(one) => {
            part.value = one
          }}
        />
      </header>
      {part.value === 'log' ? (
        <LogView
          run={live.run}
          step={step.path}
          name={step.name}
          type={step.type}
          running={step.status === 'running' && live.link.value !== 'ended'}
          line={line}
          onChoose={(n) => go({ kind: 'run', run: live.run, tab: 'steps', step: step.path, line: n }, { replace: true })}
        />
      ) : (
        <StepDetails step={step} />
      )}
    </article>
  )
}
