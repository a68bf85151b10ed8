/** Infrastructure local: steps are processes of this machine, in a workspace folder of their stage. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { diagnose } from '../../../base/diagnostic.ts'
import type { Infrastructure } from '../../../ports/infrastructure.ts'
import { copyCodebase } from './copy-codebase.ts'
import { localWorkspace } from './local-workspace.ts'

export interface LocalOptions {
  /** Folder for workspaces; each stage gets a new one inside. */
  readonly dir: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly kill: (pid: number, signal: NodeJS.Signals) => void
}

export function localInfra(o: LocalOptions): Infrastructure {
  return {
    name: 'local',
    async check(stage) {
      const os = stage.infrastructure.os.toLowerCase()
      return os === 'linux' || os === '' ? [] : [diagnose('INFRA_OS_UNSUPPORTED', { os: stage.infrastructure.os, infra: 'local' })]
    },
    async open(_stage, { codebase, signal, note }) {
      await mkdir(o.dir, { recursive: true, mode: 0o700 })
      const base = await mkdtemp(join(o.dir, 'stage-'))
      try {
        const workspace = join(base, 'harness')
        await mkdir(workspace)
        await mkdir(join(base, 'steps'), { mode: 0o700 })
        if (codebase !== undefined) await copyCodebase(codebase, workspace, { env: o.env, signal, note })
        return localWorkspace({ base, workspace, env: o.env, kill: o.kill })
      } catch (error) {
        await rm(base, { recursive: true, force: true })
        throw error
      }
    },
  }
}
