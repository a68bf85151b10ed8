/** All images and files of a run, by the steps that made them, and the links that steps publish. */
import { hrefOf } from '../router.ts'
import { Empty } from '../ui/empty.tsx'
import type { TabProps } from './run-page.tsx'
import { StepArtifacts } from './step-artifacts.tsx'
import { artifactCount } from './tab-counts.ts'

export function ArtifactsTab({ live, route }: TabProps) {
  const steps = [...live.view.value.steps.values()].filter((step) => artifactCount(step) > 0 || step.built !== undefined)
  if (steps.length === 0) {
    return (
      <Empty title="No artifacts" command="slipway init">
        This run has built, pushed or written nothing so far. A Build and Push step does; this command writes a pipeline that has one.
      </Empty>
    )
  }
  return (
    <div class="tab">
      {steps.map((step) => (
        <section key={step.path} class="card">
          <h2>
            <a href={hrefOf({ kind: 'run', run: route.run, tab: 'steps', step: step.path })}>{step.name}</a>
            <span class="type">{step.type}</span>
          </h2>
          <StepArtifacts step={step} />
        </section>
      ))}
    </div>
  )
}
