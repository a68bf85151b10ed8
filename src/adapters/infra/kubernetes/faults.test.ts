/** What goes wrong between Slipway and a cluster, and that nothing is lost or done twice by it. The clock is faster, so that a server may be away for long. */
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fasterClock } from '../../../../test/support/faster-clock.ts'
import { type ScriptedCluster, scriptedCluster } from '../../../../test/support/kubernetes/scripted/scripted-cluster.ts'
import { behaving, linesTo, outputOf, type ScriptedStage, scriptedStage, smallImage } from '../../../../test/support/kubernetes/scripted/scripted-stage.ts'
import type { Workspace } from '../../../ports/infrastructure.ts'

const { signal } = new AbortController()
const times = 20
/** In the time of the clock. */
const awayMs = 20_000
const exited = (code: number) => ({ exit: { kind: 'exited', code } })

let cluster: ScriptedCluster
let stage: ScriptedStage

beforeEach(async () => {
  cluster = await scriptedCluster()
  stage = scriptedStage(cluster, { clock: fasterClock(times) })
})
afterEach(async () => {
  await stage[Symbol.asyncDispose]()
  await cluster[Symbol.asyncDispose]()
  expect(cluster.pods.size).toBe(0)
})

/** Resolves when it is back. */
async function away(): Promise<void> {
  const here = cluster
  await here.goAway()
  await wait(awayMs / times)
  await here.comeBack()
}

const podNow = (): string => [...cluster.pods.keys()][0] ?? ''
const made = (): number => cluster.requests.get('POST pods') ?? 0

describe('a server that is away for 20 seconds', () => {
  it('while a pod is made', async () => {
    const back = away()
    const workspace = await stage.open()
    await back
    const running = await workspace.start(behaving('one', { output: 'hello', exit: 3 }), { signal })
    expect(await outputOf(running)).toBe('hello\n')
    expect(await running.end).toMatchObject(exited(3))
    expect([made(), cluster.pods.size]).toEqual([1, 1])
    await workspace.close({ signal })
  })

  it('just when the pod has been made, and nobody was told', async () => {
    cluster.faults.lostAnswer = 'POST pods'
    const workspace = await stage.open()
    expect([made(), cluster.pods.size, cluster.requests.get('GET pods/NAME')]).toEqual([1, 1, 1])
    await workspace.close({ signal })
  })

  it('while it is watched, and the step ends meanwhile', async () => {
    const workspace = await stage.open()
    const running = await workspace.start(behaving('one', { output: 'hello', sleepMs: 300, outputs: { COLOUR: 'blue' }, exit: 4 }), { signal })
    const back = away()
    expect(await outputOf(running)).toBe('hello\n')
    const end = await running.end
    expect([end.exit, [...end.outputs]]).toEqual([{ kind: 'exited', code: 4 }, [['COLOUR', 'blue']]])
    await back
    await workspace.close({ signal })
  })

  it('while the pod has no image yet', async () => {
    const starting = stage.open()
    await wait(5)
    const back = away()
    const workspace = await starting
    await back
    expect(made()).toBe(1)
    await workspace.close({ signal })
  })

  it('while a log is read that has been followed for longer than it is waited for', async () => {
    const workspace = await stage.open()
    const running = await workspace.start(behaving('talks', { lines: 3600, exit: 7 }), { signal })
    // A minute and more.
    const back = wait(65_000 / times).then(away)
    expect(await outputOf(running)).toBe(linesTo(3600))
    expect(await running.end).toMatchObject(exited(7))
    await back
    await workspace.close({ signal })
  })

  it('while the files of a step are sent', async () => {
    const workspace = await stage.open()
    const back = away()
    const running = await workspace.start(behaving('one', { output: 'once' }), { signal })
    expect(await outputOf(running)).toBe('once\n')
    await back
    await workspace.close({ signal })
  })

  it('while the pod is deleted', async () => {
    const workspace = await stage.open()
    const back = away()
    await workspace.close({ signal })
    await back
    expect(cluster.pods.size).toBe(0)
  })

  it('just when the pod has been deleted, and nobody was told', async () => {
    const workspace = await stage.open()
    cluster.faults.lostAnswer = 'DELETE pods/NAME'
    await workspace.close({ signal })
    expect(cluster.pods.size).toBe(0)
  })

  it('for longer than it is waited for ends the stage with that reason', async () => {
    await cluster.goAway()
    await expect(stage.open()).rejects.toMatchObject({ code: 'K8S_UNREACHABLE' })
    await cluster.comeBack()
  })
})

describe('a command that is cut', () => {
  it.each(['open', 'input', 'output', 'status'] as const)('at its %s is asked for again, and a step begins once', async (cut) => {
    const workspace = await stage.open()
    cluster.faults.commandCuts = [cut, cut]
    const running = await workspace.start(behaving('one', { output: 'once', exit: 2, outputs: { A: 'b' } }), { signal })
    expect(await outputOf(running)).toBe('once\n')
    expect((await running.end).exit).toEqual({ kind: 'exited', code: 2 })
    expect(cluster.pods.get(podNow())?.containers.get('spare-1')?.log.length).toBe(1)
    await workspace.close({ signal })
  })

  it.each(['open', 'output', 'status'] as const)('at its %s brings all that a step hands back', async (cut) => {
    const workspace = await stage.open()
    const long = 'x'.repeat(5000)
    const running = await workspace.start(behaving('one', { sleepMs: 100, outputs: { A: long }, writes: { B: 'c' } }), { signal })
    cluster.faults.commandCuts = [cut, cut]
    await outputOf(running)
    const end = await running.end
    expect([[...end.outputs], end.handed.outputs]).toEqual([[['A', long]], 'B=c\n'])
    await workspace.close({ signal })
  })
})

describe('a step that is given up while it is begun', () => {
  it.each(['asked for', 'open'] as const)('with the line for its files %s, is over at once, and the next one begins', async (line) => {
    const workspace = await stage.open()
    const stop = new AbortController()
    const giveUp = (): void => stop.abort(new Error('given up'))
    if (line === 'asked for') cluster.faults.silentCommands = giveUp
    // The client hears that it is open before it is given up, and nothing more.
    cluster.commands = () => {
      setTimeout(giveUp, 50)
      return true
    }
    await expect(workspace.start(behaving('one', { output: 'one' }), { signal: stop.signal })).rejects.toThrow('given up')
    cluster.faults.silentCommands = undefined
    cluster.commands = () => false
    const running = await workspace.start(behaving('two', { output: 'two' }), { signal })
    expect(await outputOf(running)).toBe('two\n')
    await workspace.close({ signal })
  })
})

describe('a log that is cut', () => {
  it('at any of its bytes, followed or not, is complete and has nothing twice', async () => {
    // A stamp, a space, a text of several bytes per letter, the end of a line, another stamp.
    const text = 'grüße\n\nende'
    const bytes = 3 * 31 + Buffer.byteLength(`${text}\n`)
    await using many = scriptedStage(cluster, { clock: fasterClock(100), spareContainers: bytes + 2 })
    const workspace = await many.open()
    for (let at = 0; at <= bytes + 1; at++) {
      cluster.faults.logCuts = [at, at, Math.floor(at / 2)]
      const running = await workspace.start(behaving(`cut-${at}`, { output: text }), { signal })
      expect(await outputOf(running), `cut at ${at}`).toBe(`${text}\n`)
    }
    await workspace.close({ signal })
  })
})

describe('a pod that others delete', () => {
  const lost = { code: 'K8S_POD_LOST' }
  /** Whether it is known before the step begins or only then. */
  const endOf = async (workspace: Workspace, name: string): Promise<unknown> => {
    const running = await workspace.start(behaving(name, { sleepMs: 60_000 }), { signal })
    await outputOf(running)
    return running.end
  }

  it('before it has a node', async () => {
    cluster.faults.unschedulable = 'no room'
    const starting = stage.open()
    setTimeout(() => cluster.deletePod(podNow()), 30)
    await expect(starting).rejects.toMatchObject(lost)
  })

  it('while an image is fetched', async () => {
    await using other = scriptedStage(cluster, { env: { SLIPWAY_KUBERNETES_IMAGE: 'never-comes:1' } })
    const starting = other.open()
    setTimeout(() => cluster.deletePod(podNow()), 30)
    await expect(starting).rejects.toMatchObject(lost)
  })

  it('before its first step', async () => {
    const workspace = await stage.open()
    cluster.deletePod(podNow())
    await expect(endOf(workspace, 'one')).rejects.toMatchObject(lost)
    await workspace.close({ signal })
  })

  it('while another image is put in', async () => {
    const workspace = await stage.open()
    const starting = workspace.start(behaving('one', {}, { image: { ...smallImage, reference: 'never-comes:1' } }), { signal })
    setTimeout(() => cluster.deletePod(podNow()), 30)
    await expect(starting).rejects.toMatchObject(lost)
    await workspace.close({ signal })
  })

  it('while two steps run, and both are told', async () => {
    const workspace = await stage.open()
    const both = await Promise.all(['a', 'b'].map((name) => workspace.start(behaving(name, { output: name, sleepMs: 60_000 }), { signal })))
    cluster.deletePod(podNow())
    for (const one of both) {
      await outputOf(one)
      await expect(one.end).rejects.toMatchObject(lost)
    }
    await workspace.close({ signal })
  })

  it('between two steps', async () => {
    const workspace = await stage.open()
    const one = await workspace.start(behaving('one', { output: 'hello' }), { signal })
    expect(await outputOf(one)).toBe('hello\n')
    expect(await one.end).toMatchObject(exited(0))
    cluster.deletePod(podNow())
    await expect(endOf(workspace, 'two')).rejects.toMatchObject(lost)
    await workspace.close({ signal })
  })

  it('while it is closed, is as good as closed', async () => {
    const workspace = await stage.open()
    const name = podNow()
    const closing = workspace.close({ signal })
    cluster.deletePod(name)
    await closing
  })

  it('or that its node evicts, is told with the reason of the node, whether its log is still there or not', async () => {
    const workspace = await stage.open()
    const running = await workspace.start(behaving('one', { output: 'hello', sleepMs: 60_000 }), { signal })
    cluster.evict(podNow(), 'The node was low on resource: memory.')
    await outputOf(running)
    await expect(running.end).rejects.toMatchObject({ ...lost, message: expect.stringContaining('Evicted: The node was low on resource: memory.') })
    await workspace.close({ signal })
  })
})

describe('events', () => {
  it('of a version that is gone, twice in a row, are asked for anew', async () => {
    const workspace = await stage.open()
    const running = await workspace.start(behaving('one', { output: 'hello', sleepMs: 300, exit: 6 }), { signal })
    cluster.faults.gone = 2
    await away()
    expect(await outputOf(running)).toBe('hello\n')
    expect(await running.end).toMatchObject(exited(6))
    expect(cluster.faults.gone).toBe(0)
    await workspace.close({ signal })
  })

  it('that are told twice and late, some of them after the pod is gone, confuse nobody', async () => {
    cluster.faults.duplicates = true
    cluster.faults.reordered = true
    for (let again = 0; again < 3; again++) {
      const workspace = await stage.open()
      const late = { image: { ...smallImage, reference: `other:${again}` } }
      const running = await workspace.start(behaving('one', { output: 'hello', outputs: { A: 'b' }, exit: 3 }, late), { signal })
      expect(await outputOf(running)).toBe('hello\n')
      const end = await running.end
      expect([end.exit, [...end.outputs]]).toEqual([{ kind: 'exited', code: 3 }, [['A', 'b']]])
      await workspace.close({ signal })
    }
    expect(cluster.requests.get('PATCH pods/NAME')).toBe(3)
  })
})
