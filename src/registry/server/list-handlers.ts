/** Lists: tags of a repository, repositories, and what refers to a manifest. */

import { isDigest } from '../../oci/digest.ts'
import { mediaTypes } from '../../oci/media-types.ts'
import type { Call, Handler } from './context.ts'
import { fault, json, type Reply } from './reply.ts'
import { byTag } from './repository-files.ts'

export const tagList: Handler = async (call, repository) => {
  const tags = await call.registry.files.tags(repository)
  if (tags === undefined) return fault('NAME_UNKNOWN', `there is no repository ${repository}`)
  return page(call, tags, { after: afterTag, path: `/v2/${repository}/tags/list`, body: (some) => ({ name: repository, tags: some }) })
}

function afterTag(name: string, last: string): boolean {
  return byTag(name, last) > 0
}

export const catalog: Handler = async (call) => {
  const repositories = await call.registry.files.repositories()
  return page(call, repositories, { after: (name, last) => name > last, path: '/v2/_catalog', body: (some) => ({ repositories: some }) })
}

/** `n` at most, after `last`; a Link header where more follow. */
interface Paging {
  readonly path: string
  readonly body: (some: readonly string[]) => unknown
  /** Whether a name comes after the last one that the client has, which need not exist. */
  readonly after: (name: string, last: string) => boolean
}

function page(call: Call, sorted: readonly string[], o: Paging): Reply {
  const [n, last] = [call.query.get('n'), call.query.get('last')]
  if (n !== null && !/^\d{1,9}$/.test(n)) return fault('UNSUPPORTED', `n=${n} is not a number`, { status: 400 })
  const rest = last === null ? sorted : sorted.filter((name) => o.after(name, last))
  const some = n === null ? rest : rest.slice(0, Number(n))
  const final = some.at(-1)
  const more = some.length < rest.length && final !== undefined
  return json(200, o.body(some), more ? { link: `<${o.path}?${new URLSearchParams({ n: n ?? '', last: final })}>; rel="next"` } : {})
}

export const referrers: Handler = async (call, repository, digest) => {
  if (!isDigest(digest)) return fault('DIGEST_INVALID', `"${digest}" is not a digest`)
  const all = await call.registry.files.referrers(repository, digest)
  const wanted = call.query.get('artifactType')
  const manifests = wanted === null ? all : all.filter((one) => one.artifactType === wanted)
  const headers = { 'content-type': mediaTypes.ociIndex, ...(wanted !== null && { 'oci-filters-applied': 'artifactType' }) }
  return json(200, { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests }, headers)
}
