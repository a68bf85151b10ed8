/** Keys of the page. A part of it says which keys it knows while it is there; `?` lists them all. */
import { signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'

export interface Shortcut {
  /** As `KeyboardEvent.key` has it; two with a space are pressed one after the other. */
  readonly keys: string
  readonly about: string
  run(): void
}

const groups = signal<readonly { readonly title: string; readonly shortcuts: readonly Shortcut[] }[]>([])

export const shortcutGroups = groups

/** The part that came last is asked first. */
export function useShortcuts(title: string, shortcuts: readonly Shortcut[]): void {
  useEffect(() => {
    const group = { title, shortcuts }
    groups.value = [...groups.value, group]
    return () => {
      groups.value = groups.value.filter((one) => one !== group)
    }
  })
}

let before = ''
let beforeAt = 0

export function listenToKeys(): void {
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isWriting(event.target) || document.querySelector('dialog[open]') !== null) return
    const recent = event.timeStamp - beforeAt < 1200 ? before : ''
    before = event.key
    beforeAt = event.timeStamp
    const all = groups
      .peek()
      .toReversed()
      .flatMap(({ shortcuts }) => shortcuts)
    const found = all.find(({ keys }) => keys === `${recent} ${event.key}`) ?? all.find(({ keys }) => keys === event.key)
    if (found === undefined) return
    event.preventDefault()
    before = ''
    found.run()
  })
}

function isWriting(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
}
