/** Which runs are wanted; kept in the address, so that it can be sent to somebody. */
import { useRef } from 'preact/hooks'
import { go } from '../navigation.ts'
import { statuses } from '../status/status.ts'
import { Icon } from '../ui/icon.tsx'

type Query = Readonly<Record<string, string>>

const choices = ['running', 'passed', 'failed', 'errored', 'aborted', 'interrupted', 'skipped'] as const
const settleMs = 250

export function RunsFilter({ query }: { readonly query: Query }) {
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  const set = (name: string, value: string): void => {
    const { cursor: _from, [name]: _old, ...others } = query
    go({ kind: 'runs', query: value === '' ? others : { ...others, [name]: value } }, { replace: true })
  }
  const later = (name: string, value: string): void => {
    clearTimeout(timer.current)
    timer.current = setTimeout(() => set(name, value), settleMs)
  }
  return (
    <search class="filter">
      <div class="field search">
        <Icon name="search" />
        <input
          id="runs-search"
          type="search"
          placeholder="Pipeline, branch, #7 or id"
          aria-label="Search runs"
          defaultValue={query['text'] ?? ''}
          onInput={(event) => later('text', event.currentTarget.value.replace(/^#/, ''))}
        />
      </div>
      <select aria-label="Status" value={query['status'] ?? ''} onChange={(event) => set('status', event.currentTarget.value)}>
        <option value="">Any status</option>
        {choices.map((one) => (
          <option key={one} value={one}>
            {statuses[one].word}
          </option>
        ))}
      </select>
      {(['pipeline', 'branch'] as const).map(
        (name) =>
          query[name] !== undefined && (
            <button key={name} type="button" class="chip live" title={`No longer only this ${name}`} onClick={() => set(name, '')}>
              {`${name} ${query[name]}`}
              <Icon name="close" />
            </button>
          ),
      )}
    </search>
  )
}
