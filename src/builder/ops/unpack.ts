/** ADD of a local archive: recognised by its first bytes, as BuildKit does, whatever its name. */
import { Readable } from 'node:stream'
import { problem } from '../../base/problem.ts'
import type { CopyOp } from '../lower/op.ts'
import type { Waiting } from '../tree/node.ts'
import type { Found } from './sources.ts'

const magics: readonly Buffer[] = [
  Buffer.from([0x1f, 0x8b, 8]),
  Buffer.from('BZh'),
  Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a]),
  Buffer.from([0x28, 0xb5, 0x2f, 0xfd]),
]

export async function refuseArchive(op: CopyOp, found: Found, o: Waiting): Promise<void> {
  if (found.node.kind !== 'file' || found.node.size < 4) return
  const head = await firstBytes(await found.node.content(o))
  const archive = magics.some((magic) => head.subarray(0, magic.length).equals(magic)) || head.subarray(257, 262).toString() === 'ustar'
  if (archive)
    throw problem(
      'BUILD_NOT_SUPPORTED_YET',
      { what: `ADD of the archive ${found.path}` },
      { at: op.at, hint: 'Unpack it before the build, or copy it as it is with COPY.' },
    )
}

async function firstBytes(content: Readable | Uint8Array): Promise<Buffer> {
  if (!(content instanceof Readable)) return Buffer.from(content.subarray(0, 512))
  for await (const chunk of content) return Buffer.from(chunk as Uint8Array).subarray(0, 512)
  return Buffer.alloc(0)
}
