/** Refuses what pages of others send: a name that was pointed at this machine (DNS rebinding), and orders from elsewhere (CSRF). */

export interface OwnNames {
  /** Names of this server, without ports; `any`: a token protects it, and proxies may call it as they like. */
  readonly names: ReadonlySet<string> | 'any'
}

export const loopbackNames: readonly string[] = ['localhost', '127.0.0.1', '[::1]']

/** What is wrong with it; undefined: nothing. */
export function foreign(request: { readonly method: string; readonly headers: Headers }, { names }: OwnNames): string | undefined {
  const { headers } = request
  const host = headers.get('host') ?? ''
  if (names !== 'any' && !names.has(host.replace(/:\d+$/, '').toLowerCase())) return `it goes by another name than "${host}"`
  const site = headers.get('sec-fetch-site')
  // `none`: typed by the person.
  if (site !== null && site !== 'same-origin' && site !== 'none') return `this one comes from another site (Sec-Fetch-Site: ${site})`
  const origin = headers.get('origin')
  if (origin !== null && !isOwn(origin, host)) return `this one comes from ${origin}`
  return undefined
}

function isOwn(origin: string, host: string): boolean {
  return /^https?:\/\//.test(origin) && origin.replace(/^https?:\/\//, '').toLowerCase() === host.toLowerCase()
}
