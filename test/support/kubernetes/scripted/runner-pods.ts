/** What is behind the pods of runs on a scripted API server: the real first process of such a pod, in this process, and the real process of the run. */
import { connect } from 'node:net'
import { join } from 'node:path'
import process from 'node:process'
import { hostRunner } from '../../../../src/adapters/cluster-runner/host.ts'
import { socketIn } from '../../../../src/adapters/cluster-runner/places.ts'
import { root } from '../../../../tools/support/root.ts'
import type { ScriptedCluster } from './scripted-cluster.ts'
import type { ServerSocket } from './web-socket.ts'

export interface RunnerPods {
  /** Of all lines, in order. */
  readonly lines: readonly ServerSocket[]
  close(): Promise<void>
}

/** Each pod has a room of its own below `dir`. */
export function runnerPods(cluster: ScriptedCluster, { dir, version }: { readonly dir: string; readonly version: string }): RunnerPods {
  const lines: ServerSocket[] = []
  const hosts = new Map<string, { readonly room: string; readonly over: AbortController; readonly hosted: Promise<void> }>()
  const program = [process.execPath, '--disable-warning=ExperimentalWarning', join(root, 'src/main/cli.ts')]
  const hostOf = (pod: string): string => {
    const known = hosts.get(pod)
    if (known !== undefined) return known.room
    const room = join(dir, String(hosts.size))
    const over = new AbortController()
    const env = { ...process.env, SLIPWAY_HOME: join(room, 'home') }
    hosts.set(pod, { room, over, hosted: hostRunner({ dir: room, version, program, runtime: process.execPath, env, signal: over.signal }) })
    return room
  }
  cluster.commands = (pod, _command, socket) => {
    lines.push(socket)
    const line = connect(socketIn(hostOf(`uid-${pod.manifest.metadata.name}-${pod.manifest.metadata.labels['slipway.dev/session']}`)))
    line.on('error', () => socket.cut())
    line.on('data', (chunk: Buffer) => socket.send(Buffer.concat([Buffer.of(1), chunk])))
    line.on('close', () => socket.close())
    socket.onMessage = (bytes) => void line.write(bytes.subarray(1))
    socket.onClose = () => line.destroy()
    return true
  }
  return {
    lines,
    async close() {
      for (const { over, hosted } of hosts.values()) {
        over.abort()
        await hosted
      }
    },
  }
}
