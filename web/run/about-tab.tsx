/** What a run is made of: its file, its code, what its stages ran on, and the commands that say the same on a terminal. */
import { stagesOf } from '../../src/events/plan-summary.ts'
import { momentText } from '../format.ts'
import { DiagnosticNote } from '../ui/diagnostic.tsx'
import { Command } from '../ui/empty.tsx'
import type { CodebaseFacts } from './codebase.ts'
import { outcomeText } from './outcome-text.ts'
import type { TabProps } from './run-page.tsx'
import { Part, ValueTable } from './step-details.tsx'

export function AboutTab({ live }: TabProps) {
  const view = live.view.value
  const row = live.row.value
  const outcome = outcomeText(view.outcome)
  const facts = [
    { name: 'Pipeline', value: row?.pipeline ?? view.plan?.pipeline.identifier ?? '' },
    { name: 'File', value: view.pipelineFile ?? row?.pipelineFile ?? '' },
    { name: 'Run', value: live.run },
    ...(view.startedAt === undefined ? [] : [{ name: 'Started', value: momentText(view.startedAt) }]),
    ...(view.finishedAt === undefined ? [] : [{ name: 'Ended', value: momentText(view.finishedAt) }]),
    ...(outcome === undefined ? [] : [{ name: 'Outcome', value: outcome }]),
    ...stagesIn(live),
  ]
  const notes = [...view.stages.values()].flatMap((stage) => stage.notes)
  return (
    <div class="tab">
      <section class="card">
        <Part title="The run">
          <ValueTable rows={facts} />
        </Part>
        {view.codebase !== undefined && (
          <Part title="The code under build">
            <ValueTable rows={codeRows(view.codebase)} />
          </Part>
        )}
        {notes.length > 0 && (
          <Part title="Notes">
            {notes.map((note, i) => (
              <DiagnosticNote key={i} note={note} />
            ))}
          </Part>
        )}
        <Part title="On a terminal">
          <Command text={`slipway runs show ${live.run}`} />
          <Command text={`slipway runs logs ${live.run}`} />
        </Part>
      </section>
    </div>
  )
}

function stagesIn({ view }: TabProps['live']): readonly { readonly name: string; readonly value: string }[] {
  return [...stagesOf(view.value.plan?.stages ?? [])].map(({ name, infrastructure }) => ({ name: `Stage ${name}`, value: `on ${infrastructure}` }))
}

function codeRows(codebase: CodebaseFacts): readonly { readonly name: string; readonly value: string }[] {
  return Object.entries(codebase).flatMap(([name, value]) => (typeof value === 'string' || typeof value === 'number' ? [{ name, value: String(value) }] : []))
}
