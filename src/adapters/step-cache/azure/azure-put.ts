/** Writing a blob: blocks that count for nothing until a list puts them together. */
import { randomBytes } from 'node:crypto'
import { mapPool } from '../../../base/map-pool.ts'
import { isProblem } from '../../../base/problem.ts'
import type { PutOptions } from '../objects/object-store.ts'
import { countedBodies, type Part, partsOf } from '../objects/parts.ts'
import type { Spooled } from '../objects/spool.ts'
import { askText } from '../objects/store-http.ts'
import type { AzureContainer } from './azure-store.ts'

const what = 'to save'
const atOnce = 4
/** Who puts a blob together throws the loose blocks of all others away: they begin again. */
const mostBeginnings = 5

type Outcome = 'saved' | 'kept'
type Headers = Readonly<Record<string, string>>

export async function putBlob(name: string, body: Spooled, container: AzureContainer, o: PutOptions): Promise<Outcome> {
  const parts = partsOf(body.bytes, container.partBytes)
  const headers: Headers = {
    'x-ms-meta-sha256': body.sha256,
    'x-ms-blob-content-type': 'application/octet-stream',
    ...(!o.override && { 'if-none-match': '*' }),
  }
  if (parts.length === 1) return putWhole(name, body, headers, container, o)
  for (let begun = 1; ; begun++) {
    try {
      return await putBlocks(name, body, parts, headers, container, o)
    } catch (error) {
      if (!isProblem(error) || !error.message.includes('InvalidBlockList') || begun === mostBeginnings) throw error
    }
  }
}

async function putWhole(name: string, body: Spooled, headers: Headers, container: AzureContainer, o: PutOptions): Promise<Outcome> {
  const part = countedBodies(body, o.progress)({ from: 0, to: body.bytes })
  const whole = { ...headers, 'x-ms-blob-type': 'BlockBlob', 'content-md5': body.md5 }
  const { status } = await askText({ method: 'PUT', url: container.url(name), headers: whole, body: part, what, ok: [201, 409, 412] }, container.access, o)
  return status === 201 ? 'saved' : 'kept'
}

async function putBlocks(name: string, body: Spooled, parts: readonly Part[], headers: Headers, container: AzureContainer, o: PutOptions): Promise<Outcome> {
  const own = randomBytes(12).toString('hex')
  const idOf = ({ number }: Part): string => Buffer.from(`${own}-${String(number).padStart(6, '0')}`).toString('base64')
  const bodies = countedBodies(body, o.progress)
  await mapPool(parts, atOnce, async (part) => {
    const { md5 } = await body.sums(part)
    const url = container.url(name, { comp: 'block', blockid: idOf(part) })
    await askText({ method: 'PUT', url, headers: { 'content-md5': md5 }, body: bodies(part), what, ok: [201] }, container.access, o)
  })
  const list = Buffer.from(`<?xml version="1.0" encoding="utf-8"?><BlockList>${parts.map((part) => `<Latest>${idOf(part)}</Latest>`).join('')}</BlockList>`)
  const url = container.url(name, { comp: 'blocklist' })
  const { status } = await askText(
    { method: 'PUT', url, headers: { ...headers, 'content-type': 'application/xml' }, body: list, what, ok: o.override ? [201] : [201, 409, 412] },
    container.access,
    o,
  )
  return status === 201 ? 'saved' : 'kept'
}
