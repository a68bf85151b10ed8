/** Tags of a repository, page by page. */
import { problem } from '../base/problem.ts'
import { collect } from '../oci/join.ts'
import type { Repository, Waiting } from './client.ts'
import { parseTagList } from './schema.ts'

const largestPage = 16 * 1024 * 1024
const mostPages = 10_000

/** In the registry's order. Throws REGISTRY_NOT_FOUND for a repository that does not exist. */
export async function* listTags(repository: Repository, o: Waiting): AsyncGenerator<string> {
  let at: string | URL = `${repository.path}/tags/list?n=1000`
  const what = `the tags of ${repository.repository}`
  for (let page = 0; page < mostPages; page++) {
    const answer = await repository.insist({ method: 'GET', at, accept: [200], what }, o)
    const tags = parseTagList((await collect(answer.body, largestPage))?.toString('utf8') ?? '')
    if (tags === undefined) throw problem('REGISTRY_PROTOCOL', { registry: repository.registry, what, reason: 'the answer is no list of tags' })
    yield* tags
    const next = nextPage(answer.header('link'), answer.url)
    if (next === undefined) return
    at = next
  }
}

/** Undefined for a repository without tags, or that does not exist. One try. */
export async function firstTag(repository: Repository, o: Waiting): Promise<string | undefined> {
  const what = `the tags of ${repository.repository}`
  const answer = await repository.ask({ method: 'GET', at: `${repository.path}/tags/list?n=1`, accept: [200, 404], what }, o)
  const text = (await collect(answer.body, largestPage))?.toString('utf8') ?? ''
  if (answer.status === 404) return undefined
  const tags = parseTagList(text)
  if (tags === undefined) throw problem('REGISTRY_PROTOCOL', { registry: repository.registry, what, reason: 'the answer is no list of tags' })
  return tags[0]
}

/** `<url>; rel="next"`, never to another host. */
export function nextPage(link: string | undefined, from: URL): URL | undefined {
  const target = /<([^>]+)>\s*;[^,]*\brel="?next"?/i.exec(link ?? '')?.[1]
  if (target === undefined || !URL.canParse(target, from.href)) return undefined
  const url = new URL(target, from)
  return url.origin === from.origin ? url : undefined
}
