/** What can be done with a log: search, fold, follow, take along. */
import type { Signal } from '@preact/signals'
import { paths } from '../api/paths.ts'
import { countText } from '../format.ts'
import { Icon } from '../ui/icon.tsx'
import type { Section } from './folds.ts'
import type { LogSearch } from './log-search.ts'
import type { LogStore } from './log-store.ts'

export interface LogBarProps {
  readonly run: string
  readonly step: string
  readonly store: LogStore
  readonly search: LogSearch
  readonly sections: Signal<readonly Section[]>
  readonly closed: Signal<ReadonlySet<number>>
  readonly following: Signal<boolean>
  readonly running: boolean
  onFind(by: 1 | -1): void
  onFollow(): void
}

export function LogBar({ run, step, store, search, sections, closed, following, running, onFind, onFollow }: LogBarProps) {
  const allClosed = sections.value.length > 0 && closed.value.size >= sections.value.length
  const keyed = (event: KeyboardEvent): void => {
    if (event.key === 'Enter') onFind(event.shiftKey ? -1 : 1)
    if (event.key === 'Escape') {
      search.look('')
      if (event.target instanceof HTMLElement) event.target.blur()
    }
  }
  return (
    <div class="log-bar" role="toolbar" aria-label="Log">
      <div class="field search">
        <Icon name="search" />
        <input
          id="log-search"
          type="search"
          placeholder="Search this log"
          aria-label="Search this log"
          value={search.text.value}
          onInput={(event) => search.look(event.currentTarget.value)}
          onKeyDown={keyed}
        />
      </div>
      <span class="count" role="status">
        {foundText(search)}
      </span>
      <button type="button" class="quiet icon-only" title="Found before (N)" disabled={search.found.value.length === 0} onClick={() => onFind(-1)}>
        <Icon name="up" />
        <span class="unseen">Found before</span>
      </button>
      <button type="button" class="quiet icon-only turned" title="Next found (n)" disabled={search.found.value.length === 0} onClick={() => onFind(1)}>
        <Icon name="up" />
        <span class="unseen">Next found</span>
      </button>
      <span class="spring" />
      <span class="count">{`${countText(store.total.value)} ${store.total.value === 1 ? 'line' : 'lines'}`}</span>
      {sections.value.length > 0 && (
        <button
          type="button"
          class="quiet"
          aria-pressed={allClosed}
          onClick={() => {
            closed.value = allClosed ? new Set() : new Set(sections.value.map(({ first }) => first))
          }}
        >
          <Icon name="list" />
          {allClosed ? 'Unfold' : 'Fold'}
        </button>
      )}
      {running && (
        <button type="button" class="quiet" aria-pressed={following.value} title="Stay at the end (f)" onClick={onFollow}>
          <Icon name="follow" />
          Follow
        </button>
      )}
      <a class="button quiet" href={paths.logFile(run, step)} download>
        <Icon name="down" />
        Download
      </a>
    </div>
  )
}

function foundText({ text, found, at, more, busy }: LogSearch): string {
  if (text.value === '') return ''
  if (busy.value) return 'searching …'
  if (found.value.length === 0) return 'not found'
  return `${countText(at.value + 1)} of ${countText(found.value.length)}${more.value ? '+' : ''}`
}
