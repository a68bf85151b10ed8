/** Nothing to show: why, and which command makes something. */
import type { ComponentChildren } from 'preact'
import type { Failure } from '../api/client.ts'
import { CopyButton } from './copy-button.tsx'

export interface EmptyProps {
  readonly title: string
  readonly children?: ComponentChildren
  readonly command?: string
}

export function Empty({ title, children, command }: EmptyProps) {
  return (
    <div class="empty">
      <h2>{title}</h2>
      {children !== undefined && <p>{children}</p>}
      {command !== undefined && <Command text={command} />}
    </div>
  )
}

export function Command({ text }: { readonly text: string }) {
  return (
    <div class="command">
      <code>{text}</code>
      <CopyButton text={text} what="the command" />
    </div>
  )
}

export function FailureBox({ failure, again }: { readonly failure: Failure; readonly again?: () => void }) {
  return (
    <div class="empty" role="alert">
      <h2>{failure.message}</h2>
      {failure.hint !== undefined && <p>{failure.hint}</p>}
      <p class="faint">{failure.code}</p>
      {again !== undefined && (
        <button type="button" onClick={again}>
          Try again
        </button>
      )}
    </div>
  )
}

export function Waiting({ what }: { readonly what: string }) {
  return (
    <div class="waiting" role="status">
      {`Loading ${what} …`}
    </div>
  )
}
