/** How something stands: icon, colour and word, always in the same way. */
import { type Status, statuses } from '../status/status.ts'
import { Drawing } from './icon.tsx'

export function StatusIcon({ status, silent = false }: { readonly status: Status; readonly silent?: boolean }) {
  const { word, tone, icon } = statuses[status]
  return (
    <span class={`mark ${tone} is-${status}`} title={word}>
      <Drawing path={icon} />
      {!silent && <span class="unseen">{word}</span>}
    </span>
  )
}

export function StatusBadge({ status }: { readonly status: Status }) {
  const { word, tone } = statuses[status]
  return (
    <span class={`badge ${tone}`} data-status={status}>
      <StatusIcon status={status} silent={true} />
      {word}
    </span>
  )
}
