/** Where the page is: the address of the browser as a signal, and ways to go elsewhere without loading anew. */
import { signal } from '@preact/signals'
import { hrefOf, parseRoute, type Route } from './router.ts'

const here = (): Route => parseRoute(location.pathname, location.search, location.hash)

export const route = signal<Route>(here())

export function go(to: Route | string, o: { readonly replace?: boolean } = {}): void {
  const href = typeof to === 'string' ? to : hrefOf(to)
  if (o.replace === true) history.replaceState(null, '', href)
  else history.pushState(null, '', href)
  const before = route.value
  route.value = here()
  if (o.replace !== true && before.kind !== route.value.kind) scrollTo(0, 0)
}

/** Links of the page are plain links, so that they can be opened elsewhere; a plain click stays here. */
export function followLinks(): void {
  addEventListener('popstate', () => {
    route.value = here()
  })
  addEventListener('hashchange', () => {
    route.value = here()
  })
  document.addEventListener('click', (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    const link = event.target instanceof Element ? event.target.closest('a') : null
    if (link === null || link.origin !== location.origin || link.target !== '' || link.hasAttribute('download') || link.pathname.startsWith('/api/')) return
    event.preventDefault()
    go(`${link.pathname}${link.search}${link.hash}`)
  })
}
