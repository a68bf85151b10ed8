/** The sandbox of Linux: namespaces and an overlay, by generated programs. For root: of the machine, or of a user namespace that this program was started in. */
import { randomInt } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { arch } from 'node:os'
import { join } from 'node:path'
import { fileCalls } from './file-calls.ts'
import { folderForm, mapsHere } from './folder-form.ts'
import { attachLoop, freeLoops } from './image-steps.ts'
import { keeperName, keeperProgram, knownName } from './keeper/keep-owners.ts'
import { encodeKnown, ownersOfMounts } from './keeper/owners.ts'
import { cpuOf } from './machine/launch.ts'
import type { Cpu } from './machine/system-calls.ts'
import { probe } from './probe.ts'
import { remembered } from './remembered-ability.ts'
import { runProgram } from './run-program.ts'
import type { Ended, LayerForm, RunOptions, Sandbox, SandboxJob } from './sandbox.ts'
import { needsKeeper, type Rights, runSteps } from './steps.ts'

/** `layers`: the only form to try; without it, the best that works. */
export function namespaceSandbox(o: { readonly layers?: LayerForm } = {}): Sandbox {
  const cpu = cpuOf(arch()) ?? 'x64'
  const rights = rightsHere()
  let form: LayerForm = o.layers ?? 'folder'
  const run = (job: SandboxJob, w: RunOptions) => runTrying(job, { rights, form, cpu }, w)
  const facts = { keepsOwners: !rights.machineRoot && !rights.manyIds, overlayAttributes: rights.machineRoot ? 'trusted.overlay.' : 'user.overlay.' }
  return {
    name: rights.machineRoot ? 'overlay, as root' : 'overlay, as root of a user namespace',
    ...facts,
    folderForm: folderForm({ ...facts, maps: mapsHere() }),
    async probe(folder, w) {
      const run = (job: SandboxJob, tried: LayerForm) => runTrying(job, { rights, form: tried, cpu }, { ...w, onOutput: () => undefined })
      const find = () => probe({ rights, folder, image: w.image, layers: o.layers }, run)
      const ability = w.remember === undefined ? await find() : await remembered(w.remember, { ...o, ...rights }, find)
      if (ability.kind === 'able') form = ability.layers
      return ability
    },
    run,
    ...fileCalls(rights, cpu),
  }
}

/** "0 0 4294967295" is the machine's own user namespace. */
function rightsHere(): Rights {
  try {
    const map = readFileSync('/proc/self/uid_map', 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.trim().split(/\s+/).map(Number))
    const ids = map.reduce((sum, [, , count = 0]) => sum + count, 0)
    return { machineRoot: ids >= 2 ** 32 - 1, manyIds: ids > 1, outerRoot: map[0]?.[1] === 0 }
  } catch {
    return { machineRoot: false, manyIds: false }
  }
}

interface Way {
  readonly rights: Rights
  readonly form: LayerForm
  readonly cpu: Cpu
}

/** Loop devices are chosen before they are taken: somebody else may have been faster. */
async function runTrying(job: SandboxJob, { rights, form, cpu }: Way, o: RunOptions): Promise<Ended> {
  for (let attempt = 0; ; attempt++) {
    const loops = form === 'image through loop' ? freeLoops(randomInt(900)) : undefined
    const ended = await runJob(job, { ...rights, loops }, { ...o, cpu })
    if (ended.kind === 'exited' || attempt >= 9) return ended
    // Another thread was just starting a program and still held the keeper open.
    const busy = (ended.what === attachLoop && ended.error === 'EBUSY') || (needsKeeper(job, rights) && ended.error === 'ETXTBSY')
    if (!busy) return ended
  }
}

async function runJob(job: SandboxJob, rights: Rights, o: RunOptions & { readonly cpu: Cpu }): Promise<Ended> {
  o.signal.throwIfAborted()
  if (needsKeeper(job, rights)) {
    writeFileSync(join(job.folder, keeperName), keeperProgram(o.cpu), { mode: 0o700 })
    writeFileSync(join(job.folder, knownName), encodeKnown(new Map([...(job.owners ?? []), ...ownersOfMounts(job.mounts)])))
  }
  return runProgram(runSteps(job, rights), job, o)
}
