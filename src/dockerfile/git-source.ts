/** Addresses of git repositories as builds write them: `https://host/repo.git#ref:folder`, `git@host:repo`, `ssh://...`. */

export interface GitSource {
  /** For the git program; may hold credentials. */
  readonly url: string
  /** Branch, tag or commit; the repository's own default without it. */
  readonly ref?: string
  /** Folder of the repository that is meant. */
  readonly folder?: string
}

const always = /^(?:git|ssh):\/\/|^[A-Za-z0-9_.-]+@[^/:]+:/

/** Undefined: it is no git address. A web address is one when its path ends in `.git`, a bare `github.com/...` always. */
export function parseGitSource(text: string): GitSource | undefined {
  const hash = text.indexOf('#')
  const address = hash < 0 ? text : text.slice(0, hash)
  const fragment = hash < 0 ? '' : text.slice(hash + 1)
  const [plain = '', query = ''] = splitQuery(address)
  const web = /^https?:\/\/[^/]+\/.*\.git\/?$/.test(plain)
  const bare = /^github\.com\/[^/]+\/./.test(plain)
  if (!always.test(plain) && !web && !bare) return undefined
  const [ref = '', folder = ''] = fragment.split(/:(.*)/s)
  const asked = new URLSearchParams(query)
  const named = asked.get('ref') ?? asked.get('branch') ?? asked.get('tag') ?? ref
  const sub = asked.get('subdir') ?? folder
  return { url: bare ? `https://${plain}` : plain, ...(named !== '' && { ref: named }), ...(sub !== '' && { folder: sub }) }
}

function splitQuery(address: string): readonly string[] {
  return /^(?:https?|ssh|git):\/\//.test(address) ? address.split(/\?(.*)/s) : [address]
}

/** Without user and password, for messages, histories and logs. */
export function shownAddress(text: string): string {
  return text.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@]*@/i, '$1')
}
