/** Something asked of the server, for as long as a part of the page is there. */
import { type Signal, signal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import type { Answer, Failure } from '../api/client.ts'

export type Loaded<T> = { readonly kind: 'loading' } | { readonly kind: 'ready'; readonly value: T } | { readonly kind: 'failed'; readonly failure: Failure }

export interface Loading<T> {
  readonly state: Signal<Loaded<T>>
  again(): void
}

/** Loads when `key` changes, and every `everyMs` after an answer while the page is seen; what was there stays until something new is. */
export function useLoaded<T>(key: string, load: (signal: AbortSignal) => Promise<Answer<T>>, everyMs?: number): Loading<T> {
  const loading = useMemo(() => {
    const state = signal<Loaded<T>>({ kind: 'loading' })
    return { state, again: (): void => undefined }
  }, [key])
  useEffect(() => {
    const gone = new AbortController()
    let timer: ReturnType<typeof setTimeout> | undefined
    const ask = async (): Promise<void> => {
      clearTimeout(timer)
      if (document.visibilityState === 'visible' || loading.state.value.kind === 'loading') {
        const answer = await load(gone.signal)
        if (gone.signal.aborted) return
        if (answer.ok) loading.state.value = { kind: 'ready', value: answer.value }
        else if (loading.state.value.kind !== 'ready' || answer.failure.status !== 0) loading.state.value = { kind: 'failed', failure: answer.failure }
      }
      if (everyMs !== undefined) timer = setTimeout(ask, everyMs)
    }
    loading.again = () => void ask()
    void ask()
    return () => {
      gone.abort()
      clearTimeout(timer)
    }
  }, [loading])
  return loading
}
