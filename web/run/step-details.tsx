/** What a step was given, why it was done in this way, and what it left for others. */
import type { ComponentChildren } from 'preact'
import type { StepView } from '../../src/events/run-view.ts'
import { CopyButton } from '../ui/copy-button.tsx'
import { StepArtifacts } from './step-artifacts.tsx'

export function StepDetails({ step }: { readonly step: StepView }) {
  const facts = step.facts ?? []
  const about = (kind: (typeof facts)[number]['about']) => facts.filter((fact) => fact.about === kind)
  const variables = about('variable')
  const reasons = [...about('tool'), ...about('engine')]
  const does = [
    ...about('image').map(({ text }) => `in ${text}`),
    ...about('does').map(({ text }) => text),
    ...about('limit').map(({ text }) => `for at most ${text}`),
  ]
  return (
    <div class="details">
      {does.length > 0 && (
        <Part title="What it does">
          <ul class="plain">
            {does.map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        </Part>
      )}
      {about('script').map(({ text }) => (
        <Part key={text} title="Command">
          <div class="code">
            <pre>{text}</pre>
            <CopyButton text={text} what="the command" />
          </div>
        </Part>
      ))}
      {reasons.length > 0 && (
        <Part title="Why this tool and engine">
          <dl class="why">
            {reasons.map(({ about: what, name, text }) => (
              <div key={what}>
                <dt>
                  {what} <strong>{name}</strong>
                </dt>
                <dd>{text}</dd>
              </div>
            ))}
          </dl>
        </Part>
      )}
      {variables.length > 0 && (
        <Part title="Variables">
          <ValueTable rows={variables.map(({ name = '', text }) => ({ name, value: text }))} />
        </Part>
      )}
      <Part title="Outputs">
        {step.outputs.length === 0 ? (
          <p class="faint">None.</p>
        ) : (
          <ValueTable rows={step.outputs.map(({ name, value, secret }) => (secret ? { name, value: 'secret' } : { name, value, copy: true }))} />
        )}
      </Part>
      <StepArtifacts step={step} />
      {facts.length === 0 && step.startedAt !== undefined && <p class="faint">Runs of earlier versions did not keep what their steps were given.</p>}
    </div>
  )
}

export function Part({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
  return (
    <section class="part">
      <h3>{title}</h3>
      {children}
    </section>
  )
}

export function ValueTable({ rows }: { readonly rows: readonly { readonly name: string; readonly value: string; readonly copy?: boolean }[] }) {
  return (
    <table class="values">
      <tbody>
        {rows.map(({ name, value, copy }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>
              <span class="value">{value}</span>
              {copy === true && <CopyButton text={value} what={name} />}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
