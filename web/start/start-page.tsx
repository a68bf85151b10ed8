/** Starting a pipeline: its inputs, variables, branch and stages, and the secrets that this machine lacks. */
import { useSignal } from '@preact/signals'
import { get } from '../api/client.ts'
import { start } from '../api/orders.ts'
import { paths } from '../api/paths.ts'
import type { PipelineForm, ServedPipeline } from '../api/types.ts'
import { mayWrite } from '../frame/server.ts'
import { useTitle } from '../frame/title.ts'
import { sayFailure } from '../frame/toasts.tsx'
import { go } from '../navigation.ts'
import type { Route } from '../router.ts'
import { Command, FailureBox, Waiting } from '../ui/empty.tsx'
import { Icon } from '../ui/icon.tsx'
import { useLoaded } from '../ui/use-loaded.ts'
import { InputField } from './input-field.tsx'
import { orderOf } from './order-of.ts'

const places = [
  ['local', 'On this machine'],
  ['docker', 'In containers of Docker'],
  ['kubernetes', 'On Kubernetes'],
  ['fake', 'Only acted out: nothing is real'],
] as const

export type StartRoute = Extract<Route, { readonly kind: 'start' }>

export function StartPage({ route: { pipeline } }: { readonly route: StartRoute }) {
  const { state, again } = useLoaded(paths.form(pipeline), (signal) => get<PipelineForm>(paths.form(pipeline), { signal }))
  const list = useLoaded('pipelines', (signal) => get<{ readonly pipelines: readonly ServedPipeline[] }>(paths.pipelines, { signal })).state.value
  const name = list.kind === 'ready' ? list.value.pipelines.find(({ id }) => id === pipeline)?.name : undefined
  useTitle(`Run ${name ?? 'a pipeline'}`)
  const found = state.value
  return (
    <div class="page narrow">
      <header class="page-head">
        <h1>{`Run ${name ?? 'a pipeline'}`}</h1>
      </header>
      {found.kind === 'loading' && <Waiting what="the form" />}
      {found.kind === 'failed' && <FailureBox failure={found.failure} again={again} />}
      {found.kind === 'ready' && <Form pipeline={pipeline} form={found.value} />}
    </div>
  )
}

function Form({ pipeline, form }: { readonly pipeline: string; readonly form: PipelineForm }) {
  const busy = useSignal(false)
  const missing = form.secrets.filter(({ known }) => !known)
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault()
    if (!(event.currentTarget instanceof HTMLFormElement)) return
    busy.value = true
    const started = await start(orderOf(pipeline, form, new FormData(event.currentTarget)))
    busy.value = false
    if (started.ok) go({ kind: 'run', run: started.value.run, tab: 'steps' })
    else sayFailure(started.failure)
  }
  return (
    <form class="card start" onSubmit={submit}>
      {missing.length > 0 && (
        <section class="note warn" aria-label="Missing secrets">
          <div>
            <p class="note-text">
              {missing.length === 1 ? 'A secret has no value on this machine.' : `${missing.length} secrets have no value on this machine.`}
            </p>
            <p>Steps that need them will fail. Their values never pass through this page; set them on a terminal:</p>
            {missing.map((secret) => (
              <Command key={secret.name} text={`slipway secret set ${secret.name}`} />
            ))}
          </div>
        </section>
      )}
      {form.inputs.length > 0 && (
        <fieldset>
          <legend>Inputs</legend>
          {form.inputs.map((input) => (
            <InputField key={input.path} input={input} />
          ))}
        </fieldset>
      )}
      {form.variables.length > 0 && (
        <fieldset>
          <legend>Variables</legend>
          {form.variables.map(({ name, type, value }) => (
            <label key={name} class="labelled">
              <span>
                {name} <span class="faint">{type}</span>
              </span>
              <input name={`variable:${name}`} placeholder={value ?? ''} />
            </label>
          ))}
        </fieldset>
      )}
      {form.branches.length > 0 && (
        <label class="labelled">
          <span>Branch</span>
          <select name="branch" defaultValue={form.branch ?? ''}>
            <option value="">The work tree as it is</option>
            {form.branches.map((branch) => (
              <option key={branch} value={branch} selected={false}>
                {branch}
              </option>
            ))}
          </select>
        </label>
      )}
      {form.stages.length > 1 && (
        <fieldset>
          <legend>Stages</legend>
          <p class="faint">All of them, unless some are chosen.</p>
          {form.stages.map(({ identifier, name }) => (
            <label key={identifier} class="check">
              <input type="checkbox" name="stage" value={identifier} />
              {name}
            </label>
          ))}
        </fieldset>
      )}
      <label class="labelled">
        <span>Where</span>
        <select name="on">
          <option value="">As the pipeline says</option>
          {places.map(([value, word]) => (
            <option key={value} value={value}>
              {word}
            </option>
          ))}
        </select>
      </label>
      {form.inputs.length === 0 && form.variables.length === 0 && <p class="faint">This pipeline asks for nothing.</p>}
      <div class="answers">
        <button type="submit" class="primary" disabled={busy.value || !mayWrite.value}>
          <Icon name="play" />
          Run
        </button>
        {!mayWrite.value && <span class="faint">This server only shows; it starts nothing.</span>}
      </div>
    </form>
  )
}
