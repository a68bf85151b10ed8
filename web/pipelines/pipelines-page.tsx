/** The pipelines that the server was given, with their newest runs and what is wrong with their files. */
import { get } from '../api/client.ts'
import { paths } from '../api/paths.ts'
import type { ServedPipeline } from '../api/types.ts'
import { mayWrite } from '../frame/server.ts'
import { useTitle } from '../frame/title.ts'
import { hrefOf } from '../router.ts'
import { DiagnosticNote } from '../ui/diagnostic.tsx'
import { Empty, FailureBox, Waiting } from '../ui/empty.tsx'
import { Icon } from '../ui/icon.tsx'
import { Ago } from '../ui/moment.tsx'
import { StatusIcon } from '../ui/status-badge.tsx'
import { useLoaded } from '../ui/use-loaded.ts'

const everyMs = 5000

export function PipelinesPage() {
  useTitle('Pipelines')
  const { state, again } = useLoaded('pipelines', (signal) => get<{ readonly pipelines: readonly ServedPipeline[] }>(paths.pipelines, { signal }), everyMs)
  const found = state.value
  return (
    <div class="page">
      <header class="page-head">
        <h1>Pipelines</h1>
      </header>
      {found.kind === 'loading' && <Waiting what="pipelines" />}
      {found.kind === 'failed' && <FailureBox failure={found.failure} again={again} />}
      {found.kind === 'ready' && found.value.pipelines.length === 0 && (
        <Empty title="No pipelines" command="slipway serve pipeline.yaml">
          The server was started without any. Name files or folders when you start it:
        </Empty>
      )}
      {found.kind === 'ready' && (
        <ul class="pipelines">
          {found.value.pipelines.map((one) => (
            <Pipeline key={one.id} pipeline={one} />
          ))}
        </ul>
      )}
    </div>
  )
}

function Pipeline({ pipeline: { id, name, file, description, stages, problems, latest, pipeline } }: { readonly pipeline: ServedPipeline }) {
  const errors = problems.filter(({ severity }) => severity === 'error')
  const [newest] = latest
  return (
    <li class="card pipeline">
      <header>
        <h2>{pipeline === undefined ? file : <a href={hrefOf({ kind: 'runs', query: { pipeline } })}>{name ?? file}</a>}</h2>
        <span class="spring" />
        {mayWrite.value && errors.length === 0 && (
          <a class="button" href={hrefOf({ kind: 'start', pipeline: id })} aria-label={`Run ${name ?? file}`}>
            <Icon name="play" />
            Run
          </a>
        )}
      </header>
      {description !== undefined && description !== '' && <p>{description}</p>}
      <p class="faint">
        <code>{file}</code>
        {stages.length > 0 && ` · ${stages.map((stage) => stage.name).join(' → ')}`}
      </p>
      {newest !== undefined && (
        <p class="latest">
          {latest.toReversed().map((run) => (
            <a key={run.run} href={hrefOf({ kind: 'run', run: run.run, tab: 'steps' })} title={`#${run.sequenceId ?? '?'}`}>
              <StatusIcon status={run.status} />
              <span class="unseen">{`run ${run.sequenceId ?? ''}`}</span>
            </a>
          ))}
          <span class="faint">
            {'last '}
            <Ago at={newest.startedAt} />
          </span>
        </p>
      )}
      {errors.slice(0, 3).map((note, i) => (
        <DiagnosticNote key={i} note={note} />
      ))}
      {errors.length > 3 && <p class="faint">{`and ${errors.length - 3} more: slipway validate ${file}`}</p>}
    </li>
  )
}
