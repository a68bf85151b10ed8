/** Short words about what was just done, for a few seconds. */
import { signal } from '@preact/signals'
import type { Failure } from '../api/client.ts'

interface Toast {
  readonly id: number
  readonly text: string
  readonly tone: 'good' | 'bad'
}

const toasts = signal<readonly Toast[]>([])
let last = 0

export function say(text: string, tone: Toast['tone'] = 'good'): void {
  last += 1
  const id = last
  toasts.value = [...toasts.value.slice(-2), { id, text, tone }]
  setTimeout(() => {
    toasts.value = toasts.value.filter((toast) => toast.id !== id)
  }, 6000)
}

export function sayFailure({ message, hint }: Failure): void {
  say(hint === undefined ? message : `${message} ${hint}`, 'bad')
}

export function Toasts() {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.value.map(({ id, text, tone }) => (
        <div key={id} class={`toast ${tone}`}>
          {text}
        </div>
      ))}
    </div>
  )
}
