/** The key of a step: its text with templates filled in, or made of what known tools depend on. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { diagnose } from '../../base/diagnostic.ts'
import type { CacheWork } from '../../steps/cache-work.ts'
import type { WorkAt } from '../do-work.ts'
import { nowKnown, revealText } from '../reveal.ts'
import { fillKey } from './fill-key.ts'
import { type FoundTools, findTools } from './known-tools.ts'
import { note } from './say.ts'

export async function toolsIn({ state }: WorkAt<CacheWork>): Promise<FoundTools | undefined> {
  const { os, arch } = state.stage.infrastructure
  return findTools(state.workspace.hostPath('/harness'), `${os}-${arch}`.toLowerCase())
}

export async function keyOf(at: WorkAt<CacheWork>, tools: FoundTools | undefined): Promise<string | undefined> {
  const { work, state, context } = at
  if (work.key === 'of tools') return tools?.key
  const { os, arch } = state.stage.infrastructure
  return fillKey(await revealText(nowKnown(work.key), context), {
    checksum: (file) => checksum(file, at),
    epoch: Math.floor(context.clock.now() / 1000),
    os: os.toLowerCase(),
    arch: arch.toLowerCase(),
  })
}

/** MD5, as the original has it: keys made here and there are the same. */
async function checksum(file: string, at: WorkAt<CacheWork>): Promise<string> {
  const hash = createHash('md5')
  try {
    await pipeline(createReadStream(at.state.workspace.hostPath(file)), hash, { signal: at.context.signal })
    return hash.digest('hex')
  } catch (error) {
    at.context.signal.throwIfAborted()
    const { code, message } = error as NodeJS.ErrnoException
    await note(diagnose('STEP_CACHE_CHECKSUM_EMPTY', { file, reason: code === 'ENOENT' ? 'it is not there' : message }, { at: at.step.at }), at)
    return ''
  }
}
