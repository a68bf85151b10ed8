/** All runs, the newest first: found by pipeline, status, branch and text, page by page; two of them can be compared. */
import { useSignal } from '@preact/signals'
import { get } from '../api/client.ts'
import { paths } from '../api/paths.ts'
import type { RunList } from '../api/types.ts'
import { useShortcuts } from '../frame/shortcuts.ts'
import { useTitle } from '../frame/title.ts'
import { go } from '../navigation.ts'
import { hrefOf, type Route } from '../router.ts'
import { FailureBox, Waiting } from '../ui/empty.tsx'
import { Icon } from '../ui/icon.tsx'
import { useLoaded } from '../ui/use-loaded.ts'
import { NoRuns } from './no-runs.tsx'
import { RunRows } from './run-rows.tsx'
import { RunsFilter } from './runs-filter.tsx'

export type RunsRoute = Extract<Route, { readonly kind: 'runs' }>

const everyMs = 3000
const pageSize = 50

export function RunsPage({ route: { query } }: { readonly route: RunsRoute }) {
  useTitle('Runs')
  const address = paths.runs({ ...query, limit: pageSize })
  const { state, again } = useLoaded(address, (signal) => get<RunList>(address, { signal }), everyMs)
  const picked = useSignal<readonly string[]>([])
  const found = state.value
  const filtered = Object.values(query).some((value) => value !== '')
  const shown = found.kind === 'ready' ? [...(filtered ? [] : (found.value.queued ?? [])), ...found.value.runs] : []
  const rows = (): readonly HTMLElement[] => [...document.querySelectorAll<HTMLElement>('.runs .run-link')]
  const move = (by: number): void => {
    const all = rows()
    const at = all.indexOf(document.activeElement as HTMLElement)
    all[at === -1 ? 0 : at + by]?.focus()
  }
  useShortcuts('Runs', [
    { keys: 'j', about: 'next run', run: () => move(1) },
    { keys: 'k', about: 'run before', run: () => move(-1) },
    { keys: '/', about: 'search', run: () => document.getElementById('runs-search')?.focus() },
  ])
  const pick = (run: string): void => {
    picked.value = picked.value.includes(run) ? picked.value.filter((one) => one !== run) : [...picked.value, run].slice(-2)
  }
  const compare = (): void => {
    const [a, b] = picked.value
    if (a === undefined || b === undefined || found.kind !== 'ready') return
    const order = found.value.runs.map(({ run }) => run)
    const [newer, older] = order.indexOf(a) < order.indexOf(b) ? [a, b] : [b, a]
    go({ kind: 'compare', runs: [older, newer] })
  }
  return (
    <div class="page">
      <header class="page-head">
        <h1>Runs</h1>
        <RunsFilter query={query} />
        <span class="spring" />
        <button type="button" disabled={picked.value.length < 2} onClick={compare} title="Tick two runs">
          <Icon name="compare" />
          Compare
        </button>
      </header>
      {found.kind === 'loading' && <Waiting what="runs" />}
      {found.kind === 'failed' && <FailureBox failure={found.failure} again={again} />}
      {found.kind === 'ready' && shown.length === 0 && <NoRuns filtered={filtered} />}
      {found.kind === 'ready' && shown.length > 0 && (
        <>
          <RunRows runs={shown} picked={picked.value} onPick={pick} />
          <nav class="pages" aria-label="Pages">
            {query['cursor'] !== undefined && (
              <button type="button" onClick={() => history.back()}>
                <Icon name="left" />
                Newer
              </button>
            )}
            {found.value.next !== undefined && (
              <a class="button" href={hrefOf({ kind: 'runs', query: { ...query, cursor: found.value.next } })}>
                Older
                <Icon name="right" />
              </a>
            )}
          </nav>
        </>
      )}
    </div>
  )
}
