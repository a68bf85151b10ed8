/** The title of the window: what is seen first, so that it can be told from its neighbours. */
import { useEffect } from 'preact/hooks'

export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Slipway`
  }, [title])
}
