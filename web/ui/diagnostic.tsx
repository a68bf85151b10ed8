/** A complaint with its code, place and way out. */
import type { Diagnostic } from '../../src/base/diagnostic.ts'
import { showSpan } from '../../src/base/span.ts'
import { statuses } from '../status/status.ts'
import { Drawing } from './icon.tsx'

const looks = {
  error: { tone: 'bad', icon: statuses.errored.icon },
  warning: { tone: 'warn', icon: statuses.errored.icon },
  info: { tone: 'still', icon: statuses.waiting.icon },
} as const

export function DiagnosticNote({ note }: { readonly note: Diagnostic }) {
  const { tone, icon } = looks[note.severity]
  return (
    <div class={`note ${tone}`}>
      <Drawing path={icon} />
      <div>
        <p class="note-text">{note.message}</p>
        {note.hint !== undefined && <p>{note.hint}</p>}
        <p class="faint">
          <code>{note.code}</code>
          {note.at !== undefined && ` · ${showSpan(note.at)}`}
        </p>
      </div>
    </div>
  )
}
