/** Objects in a bucket of Google Cloud Storage, by its JSON interface: https://cloud.google.com/storage/docs/json_api/v1 */
import * as v from 'valibot'
import type { CloudWorld, Waiting } from '../../registry-auth/cloud/cloud-world.ts'
import { json } from '../../registry-auth/cloud/schema.ts'
import type { GoogleAccess } from '../../registry-auth/google/google-access.ts'
import type { ObjectStore, StoredObject } from '../objects/object-store.ts'
import { usualPartBytes } from '../objects/parts.ts'
import { askStore, askText, type StoreAccess } from '../objects/store-http.ts'
import { uploadObject } from './gcs-upload.ts'

export interface GcsOptions {
  readonly bucket: string
  readonly access: () => GoogleAccess
  readonly world: CloudWorld
  readonly partBytes?: number
}

export interface GcsBucket {
  readonly bucket: string
  readonly access: StoreAccess
  readonly partBytes: number
  url(path: string, query?: Readonly<Record<string, string>>): URL
}

const object = v.object({
  name: v.string(),
  size: v.string(),
  updated: v.string(),
  generation: v.string(),
  metadata: v.nullish(v.record(v.string(), v.string())),
})
const page = v.object({ items: v.nullish(v.array(object), []), nextPageToken: v.nullish(v.string()) })
const fields = 'name,size,updated,generation,metadata'

export function gcsStore(o: GcsOptions): ObjectStore {
  const bucket = gcsBucket(o)
  return {
    name: bucket.access.store,
    look: (name, w) => look(name, bucket, w),
    list: (prefix, w) => list(prefix, bucket, w),
    get({ name, version }, from, w) {
      const url = bucket.url(objectPath(bucket, name), { alt: 'media', generation: version })
      return askStore({ method: 'GET', url, headers: { range: `bytes=${from}-` }, what: 'to give what is saved', ok: [200, 206] }, bucket.access, w)
    },
    put: (name, body, w) => uploadObject(name, body, bucket, w),
  }
}

function gcsBucket({ bucket, access, world, partBytes }: GcsOptions): GcsBucket {
  const { way } = access()
  const emulator = world.env['STORAGE_EMULATOR_HOST']
  const base = emulator ? (/^https?:\/\//.test(emulator) ? emulator : `http://${emulator}`) : 'https://storage.googleapis.com'
  return {
    bucket: encodeURIComponent(bucket),
    partBytes: partBytes ?? usualPartBytes,
    access: {
      store: `gs://${bucket}`,
      from: `${way.from} (${way.story})`,
      ...(way.at !== undefined && { at: way.at }),
      world,
      async authorize({ headers = {} }, w) {
        return { ...headers, authorization: `Bearer ${await access().token(w)}` }
      },
    },
    url(path, query = {}) {
      const url = new URL(path, base)
      for (const [key, value] of Object.entries(query)) url.searchParams.set(key, value)
      return url
    },
  }
}

function objectPath({ bucket }: GcsBucket, name: string): string {
  return `/storage/v1/b/${bucket}/o/${encodeURIComponent(name)}`
}

async function look(name: string, bucket: GcsBucket, w: Waiting): Promise<StoredObject | undefined> {
  const url = bucket.url(objectPath(bucket, name), { fields })
  const answer = await askText({ method: 'GET', url, what: 'to look for what is saved', ok: [200, 404] }, bucket.access, w)
  if (answer.status === 200) return storedOf(v.parse(object, json(answer.text)))
  // A bucket that is not there is no missing key: then a list says so.
  if (/bucket does not exist/i.test(answer.text)) await list(name, bucket, w)
  return undefined
}

async function list(prefix: string, bucket: GcsBucket, w: Waiting): Promise<readonly StoredObject[]> {
  const found: StoredObject[] = []
  let token: string | undefined
  do {
    const query = { prefix, fields: `items(${fields}),nextPageToken`, ...(token !== undefined && { pageToken: token }) }
    const url = bucket.url(`/storage/v1/b/${bucket.bucket}/o`, query)
    const { text } = await askText({ method: 'GET', url, what: 'to list what is saved', ok: [200] }, bucket.access, w)
    const { items, nextPageToken } = v.parse(page, json(text))
    found.push(...items.map(storedOf))
    token = nextPageToken ?? undefined
  } while (token !== undefined)
  return found
}

function storedOf({ name, size, updated, generation, metadata }: v.InferOutput<typeof object>): StoredObject {
  const sha256 = metadata?.['sha256']
  return { name, bytes: Number(size), savedMs: Date.parse(updated), version: generation, ...(sha256 !== undefined && { sha256 }) }
}
