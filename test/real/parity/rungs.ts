/** The rungs of the sandbox that this machine has, of those that root can stand on; why one is missing is said aloud. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { chrootSandbox } from '../../../src/builder/exec/chroot/chroot-sandbox.ts'
import { namespaceSandbox } from '../../../src/builder/exec/namespaces.ts'
import { emptyImage } from '../../../src/builder/rootfs/erofs/empty-image.ts'
import type { Rung } from './ours.ts'

/** `SLIPWAY_PARITY_RUNGS=6`: only those, separated by commas. A changed root differs by its nature in some RUNs, so it is compared when asked for. */
const wanted = (process.env['SLIPWAY_PARITY_RUNGS'] ?? '1,2').split(',')

export async function rungsOfRoot(folder: string): Promise<readonly Rung[]> {
  const found: Rung[] = []
  const changedRoot = chrootSandbox({ kill: (pid) => void process.kill(pid, 'SIGKILL') })
  for (const [number, sandbox] of [[1, namespaceSandbox()] as const, [2, namespaceSandbox({ layers: 'folder' })] as const, [6, changedRoot] as const]) {
    if (!wanted.includes(String(number))) {
      process.stderr.write(`parity: rung ${number} is left out, SLIPWAY_PARITY_RUNGS does not name it\n`)
      continue
    }
    const probed = mkdtempSync(join(folder, 'probe-'))
    mkdirSync(join(probed, 'work'), { recursive: true })
    const image = join(probed, 'empty.erofs')
    writeFileSync(image, emptyImage())
    const ability = await sandbox.probe(probed, { image, signal: new AbortController().signal })
    const reason = ability.kind === 'able' ? (ability.because ?? []) : ability.reasons
    if (ability.kind === 'able' && ability.rung === number) found.push({ name: `rung ${number}`, sandbox, storeDir: join(folder, `store-${number}`) })
    else process.stderr.write(`parity: rung ${number} is left out, this machine does not have it: ${reason.join('; ')}\n`)
  }
  if (found.length === 0) throw new Error('a RUN is not possible on this machine')
  return found
}
