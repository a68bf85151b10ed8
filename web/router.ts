/** Addresses of the page: read into a route, written from one. Pure. */

export const runTabs = ['steps', 'timeline', 'artifacts', 'tests', 'scan', 'about'] as const
export type RunTab = (typeof runTabs)[number]

export type Route =
  | { readonly kind: 'runs'; readonly query: Readonly<Record<string, string>> }
  | { readonly kind: 'pipelines' }
  | { readonly kind: 'start'; readonly pipeline: string }
  /** `step`: whose log is open. `line`: counts from 1. */
  | { readonly kind: 'run'; readonly run: string; readonly tab: RunTab; readonly step?: string; readonly line?: number }
  | { readonly kind: 'compare'; readonly runs: readonly [string, string] }
  | { readonly kind: 'nowhere'; readonly path: string }

export function parseRoute(path: string, search = '', hash = ''): Route {
  const parts = path.split('/').filter((part) => part !== '')
  const query = Object.fromEntries(new URLSearchParams(search))
  const [first, second, third, fourth] = parts.map(decoded)
  if (first === undefined || (first === 'runs' && second === undefined)) return { kind: 'runs', query }
  if (first === 'pipelines' && second === undefined) return { kind: 'pipelines' }
  if (first === 'pipelines' && second !== undefined && third === 'start') return { kind: 'start', pipeline: second }
  if (first === 'compare' && second !== undefined && third !== undefined && fourth === undefined) return { kind: 'compare', runs: [second, third] }
  if (first === 'runs' && second !== undefined && fourth === undefined) {
    const tab = runTabs.find((one) => one === (third ?? 'steps'))
    if (tab !== undefined) return { kind: 'run', run: second, tab, ...(query['step'] !== undefined && { step: query['step'] }), ...lineOf(hash) }
  }
  return { kind: 'nowhere', path }
}

export function hrefOf(route: Route): string {
  switch (route.kind) {
    case 'runs':
      return withQuery('/runs', route.query)
    case 'pipelines':
      return '/pipelines'
    case 'start':
      return `/pipelines/${encodeURIComponent(route.pipeline)}/start`
    case 'run': {
      const path = `/runs/${encodeURIComponent(route.run)}${route.tab === 'steps' ? '' : `/${route.tab}`}`
      return `${withQuery(path, { ...(route.step !== undefined && { step: route.step }) })}${route.line === undefined ? '' : `#L${route.line}`}`
    }
    case 'compare':
      return `/compare/${route.runs.map(encodeURIComponent).join('/')}`
    case 'nowhere':
      return route.path
  }
}

export function withQuery(path: string, query: Readonly<Record<string, string>>): string {
  const text = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== '')).toString()
  return text === '' ? path : `${path}?${text}`
}

function lineOf(hash: string): { readonly line?: number } {
  const line = /^#L(\d{1,9})$/.exec(hash)?.[1]
  return line === undefined || Number(line) === 0 ? {} : { line: Number(line) }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
