/** A part of the page that is fetched when it is first shown. */
import { signal } from '@preact/signals'
import type { ComponentType } from 'preact'
import { useEffect } from 'preact/hooks'
import { FailureBox, Waiting } from '../ui/empty.tsx'

export function lazily<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  const loaded = signal<{ readonly part: ComponentType<P> } | undefined>(undefined)
  const failed = signal(false)
  const ask = (): void => {
    failed.value = false
    load().then(
      (part) => {
        loaded.value = { part }
      },
      () => {
        failed.value = true
      },
    )
  }
  return function Lazy(props: P) {
    useEffect(() => {
      if (loaded.peek() === undefined) ask()
    }, [])
    const Part = loaded.value?.part
    if (Part !== undefined) return <Part {...props} />
    // A server that was updated has other files by now.
    if (failed.value) {
      return (
        <FailureBox
          failure={{
            status: 0,
            code: 'PAGE_PART_MISSING',
            message: 'A part of the page did not come.',
            hint: 'Load the page again if the server was updated.',
          }}
          again={ask}
        />
      )
    }
    return <Waiting what="the page" />
  }
}
