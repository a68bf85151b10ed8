/** Infrastructure local: steps are processes of this machine, in a workspace folder of their stage. */
import { mkdir } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { diagnose } from '../../../base/diagnostic.ts'
import { once } from '../../../oci/once.ts'
import type { Infrastructure, StageOpening } from '../../../ports/infrastructure.ts'
import { copyCodebase } from './copy-codebase.ts'
import { localWorkspace } from './local-workspace.ts'
import { makeRoom, type Room } from './room/make-room.ts'
import { makeStageFolder, removeFolder, sweepStageFolders } from './stage-folder.ts'

export interface LocalOptions {
  /** Folder for workspaces; each stage gets a new one inside. */
  readonly dir: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly kill: (pid: number, signal: NodeJS.Signals) => void
}

export function localInfra(o: LocalOptions): Infrastructure {
  const swept = once(() => sweepStageFolders(o.dir))
  return {
    name: 'local',
    async check(stage) {
      const os = stage.infrastructure.os.toLowerCase()
      return os === 'linux' || os === '' ? [] : [diagnose('INFRA_OS_UNSUPPORTED', { os: stage.infrastructure.os, infra: 'local' })]
    },
    async open(_stage, opening) {
      await swept()
      const base = await makeStageFolder(o.dir)
      try {
        const workspace = join(base, 'harness')
        await mkdir(workspace)
        await mkdir(join(base, 'tmp'))
        await mkdir(join(base, 'steps'), { mode: 0o700 })
        const { codebase, signal, note } = opening
        if (codebase !== undefined) await copyCodebase(codebase, workspace, { env: o.env, signal, note })
        return localWorkspace({ base, workspace, env: o.env, kill: o.kill, room: await roomOf(base, workspace, { ...opening, env: o.env }) })
      } catch (error) {
        await removeFolder(base)
        throw error
      }
    },
  }
}

/** In a user namespace a step cannot become another user, as with sudo. Who needs that can do without /harness. */
const withoutRooms = 'SLIPWAY_NAMESPACES'

/** Who is root may still be kept from making namespaces without one for users. */
async function roomOf(base: string, workspace: string, { signal, note, env }: StageOpening & Pick<LocalOptions, 'env'>): Promise<Room | undefined> {
  const { uid, gid } = userInfo()
  const reasons: string[] = []
  const ways = uid === 0 ? [undefined, { uid, gid }] : [{ uid, gid }]
  for (const person of env[withoutRooms] === '0' ? [] : ways) {
    const made = await makeRoom({ folder: join(base, `room${reasons.length}`), workspace, binds: [], person, signal })
    if (made.kind === 'room') return made.room
    reasons.push(made.reason)
  }
  note(diagnose('WORKSPACE_ELSEWHERE', { folder: workspace, reason: reasons.join('; ') || `${withoutRooms} is 0` }))
  return undefined
}
