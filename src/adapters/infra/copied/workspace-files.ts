/** Where the files of a workspace are: a folder that the engine shares with this machine, or a volume of the engine and a copy here. */
import type { Readable } from 'node:stream'
import { handOver } from '../local/image/hand-over.ts'
import { changedFiles, type Stamps } from './changed-files.ts'
import { exclusive } from './exclusive.ts'
import { takeInto } from './take-into.ts'

export interface FileOwner {
  readonly uid: number
  readonly gid: number
}

interface Waiting {
  readonly signal: AbortSignal
}

export interface WorkspaceFiles {
  /** Before a step: it sees what was written here, and may write. */
  lend(user: FileOwner, o: Waiting): Promise<void>
  /** A step of this user has it already, since before this process: nothing is sent. */
  lent(user: FileOwner): void
  /** Before a part that runs here: it sees what steps wrote. */
  bring(o: Waiting): Promise<void>
}

/** Who is root here gives all to the step's user, as on the local infrastructure. */
export function sharedFiles(folder: string): WorkspaceFiles {
  return {
    async lend({ uid, gid }) {
      if (uid !== 0) await handOver(folder, uid, gid)
    },
    lent: () => undefined,
    bring: async () => undefined,
  }
}

/** The other side, as a folder in which everything lies below `harness/`. */
export interface FarSide {
  put(tar: Readable, o: Waiting): Promise<void>
  get(o: Waiting): Promise<Readable>
}

/**
 * What is newer here wins: steps see it only when the next one starts, so no step can have changed it meanwhile. `begins`: the other side has the folder
 * itself already, and what goes there is first of all this user's; `older`: it may have more than the folder, as it is older than the folder here.
 */
export function copiedFiles(folder: string, far: FarSide, begins?: FileOwner & { readonly older?: boolean }): WorkspaceFiles {
  const stamps: Stamps = new Map(begins === undefined ? [] : [['', '']])
  const inTurn = exclusive()
  let owner: FileOwner = begins ?? { uid: 0, gid: 0 }
  let mayDiffer = begins?.older === true
  const push = async (o: Waiting): Promise<void> => {
    const changed = await changedFiles(folder, stamps, owner)
    if (changed === undefined) return
    await far.put(changed.tar(o), o)
    changed.done()
  }
  const bring = async (o: Waiting): Promise<void> => {
    await push(o)
    if (!mayDiffer) return
    await takeInto(folder, await far.get(o), stamps, o)
    mayDiffer = false
  }
  return {
    lend: (user, o) =>
      inTurn(async () => {
        // Files of another user: all are brought here, and go back as the new one's.
        if (user.uid !== 0 && user.uid !== owner.uid) {
          await bring(o)
          stamps.clear()
        }
        owner = user
        await push(o)
        mayDiffer = true
      }),
    lent(user) {
      owner = user
      mayDiffer = true
    },
    bring: (o) => inTurn(() => bring(o)),
  }
}
