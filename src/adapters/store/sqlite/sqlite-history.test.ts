import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { tempProject } from '../../../../test/support/temp-project.ts'
import { brandAs } from '../../../base/brand.ts'
import type { Diagnostic } from '../../../base/diagnostic.ts'
import type { Recorded, RunId } from '../../../events/run-event.ts'
import { stepPath } from '../../../events/step-path.ts'
import { historyContract } from '../../../ports/history.contract.ts'
import type { NewRun } from '../../../ports/history.ts'
import { migrations } from './migrations.ts'
import { sqliteHistory } from './sqlite-history.ts'

const newRun = (run: string, startedAt = 1000): NewRun => ({
  run: brandAs<RunId>(run),
  pipeline: 'o/p/web',
  pipelineName: 'web',
  pipelineFile: 'web.yaml',
  startedAt,
})
const step = stepPath('s', 'a')
const output = (run: RunId, seq: number, text: string): Recorded => ({ run, seq, at: 2000 + seq, event: { kind: 'step.output', step, stream: 'out', text } })

/** A process of its own that works on a history; `work` is the body of a function of `history`. */
function elsewhere(dir: string, work: string): { readonly child: ReturnType<typeof spawn>; readonly said: Promise<string> } {
  const module = pathToFileURL(join(import.meta.dirname, 'sqlite-history.ts')).href
  const script = `import { sqliteHistory } from '${module}'; const history = await sqliteHistory({ dir: ${JSON.stringify(dir)} }); ${work}`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const said = new Promise<string>((resolve) => {
    let text = ''
    child.stdout.setEncoding('utf8').on('data', (more: string) => {
      text += more
      if (text.includes('\n')) resolve(text)
    })
    child.on('close', () => resolve(text))
  })
  return { child, said }
}

describe('sqlite history', () => {
  historyContract(async () => {
    const { dir } = tempProject()
    return { history: await sqliteHistory({ dir }), reopen: () => sqliteHistory({ dir }) }
  })

  it('marks the run of a killed process as interrupted, with the time of its last sign of life, and keeps what was written', async () => {
    const { dir } = tempProject()
    const begin = `history.begin({ run: 'dead', pipeline: 'o/p/web', pipelineName: 'web', pipelineFile: 'f', startedAt: 1000 })`
    const append = `history.append([{ run: 'dead', seq: 1, at: 1500, event: { kind: 'stage.started', stage: 's' } }, { run: 'dead', seq: 2, at: 1700, event: { kind: 'step.output', step: 's/a', stream: 'out', text: 'here' } }])`
    const { child, said } = elsewhere(dir, `await ${begin}; await ${append}; console.log('written'); setInterval(() => {}, 1000)`)
    expect(await said).toBe('written\n')
    const history = await sqliteHistory({ dir })
    expect(await history.recover()).toEqual([])
    child.kill('SIGKILL')
    await once(child, 'close')
    expect((await history.recover()).map(({ run, status, finishedAt }) => [run, status, finishedAt])).toEqual([['dead', 'interrupted', 1700]])
    expect(await history.recover()).toEqual([])
    expect((await history.list({ status: 'interrupted' })).map(({ run }) => run)).toEqual(['dead'])
    // Of two that go on with it one gets it, and it is alive as long as that one is.
    const other = await sqliteHistory({ dir })
    const [got, missed] = [await history.resume(brandAs<RunId>('dead')), await other.resume(brandAs<RunId>('dead'))]
    expect([got?.status, got && 'finishedAt' in got, missed]).toEqual(['running', false, undefined])
    expect(await other.recover()).toEqual([])
    await history.append([output(brandAs<RunId>('dead'), 3, ' again')])
    expect(await other.find('dead')).toMatchObject({ status: 'running' })
    expect((await Array.fromAsync(other.events(brandAs<RunId>('dead')))).map(({ seq }) => seq)).toEqual([1, 2, 3])
    await other.close()
    expect((await history.begin(newRun('next'))).sequenceId).toBe(2)
    await history.close()
    expect(readdirSync(join(dir, 'runners'))).toEqual([])
  })

  it('takes away the lock of a process that was killed when its runs had ended, and that of no other', async () => {
    const { dir } = tempProject()
    const run = `{ run: 'r', pipeline: 'p', pipelineName: 'p', pipelineFile: 'f', startedAt: 1 }`
    const end = `[{ run: 'r', seq: 1, at: 2, event: { kind: 'run.finished', outcome: { kind: 'passed' } } }]`
    const { child, said } = elsewhere(dir, `await history.begin(${run}); await history.append(${end}); console.log('ended'); setInterval(() => {}, 1000)`)
    expect(await said).toBe('ended\n')
    const history = await sqliteHistory({ dir })
    await history.recover()
    expect(readdirSync(join(dir, 'runners')).length).toBe(1)
    child.kill('SIGKILL')
    await once(child, 'close')
    expect(await history.recover()).toEqual([])
    expect(readdirSync(join(dir, 'runners'))).toEqual([])
    await history.close()
  })

  it('gives 100 numbers to 4 processes that begin 25 runs each, none twice', async () => {
    const { dir } = tempProject()
    const work = (name: string): string => `
      const numbers = []
      for (let i = 0; i < 25; i++) numbers.push((await history.begin({ run: '${name}' + i, pipeline: 'o/p/web', pipelineName: 'web', pipelineFile: 'f', startedAt: i })).sequenceId)
      await history.close()
      console.log(JSON.stringify(numbers))`
    const numbers = (await Promise.all(['a', 'b', 'c', 'd'].map((name) => elsewhere(dir, work(name)).said))).flatMap((text) => JSON.parse(text) as number[])
    expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i + 1))
    const history = await sqliteHistory({ dir })
    // All of them ended in good order, only their runs did not.
    expect((await history.recover()).length).toBe(100)
    await history.close()
  }, 60_000)

  it('reads the first layout: its runs, its events and its logs', async () => {
    const { dir, write } = tempProject()
    const old = new DatabaseSync(join(dir, 'history.db'))
    old.exec(`${migrations[0]}; PRAGMA user_version = 1`)
    old.exec("INSERT INTO sequences VALUES ('o/p/web', 7)")
    old.exec(
      "INSERT INTO runs VALUES ('r7', 'o/p/web', 'web', 'web.yaml', 7, 1000, 3000, 'passed'), ('r6', 'o/p/web', 'web', 'web.yaml', 6, 900, NULL, 'running')",
    )
    old.exec(
      `INSERT INTO events VALUES ('r7', 1, 1000, '{"kind":"stage.started","stage":"s"}'), ('r7', 4, 3000, '{"kind":"run.finished","outcome":{"kind":"passed"}}')`,
    )
    old.close()
    write({ 'logs/r7.log': '[2,1100,"s/a","out","one\\n"]\n[3,1200,"s/b","err","two"]\n[4,13' })
    const history = await sqliteHistory({ dir })
    const run = brandAs<RunId>('r7')
    expect((await Array.fromAsync(history.events(run))).map(({ seq }) => seq)).toEqual([1, 2, 3, 4])
    expect(await Array.fromAsync(history.events(run, { step: 's/b' }))).toEqual([
      { run, seq: 3, at: 1200, event: { kind: 'step.output', step: 's/b', stream: 'err', text: 'two' } },
    ])
    expect((await history.recover()).map((one) => one.run)).toEqual(['r6'])
    expect((await history.list({ pipeline: 'web' })).map((one) => one.status)).toEqual(['passed', 'interrupted'])
    expect((await history.begin(newRun('r8'))).sequenceId).toBe(8)
    await history.remove([run])
    expect(readdirSync(join(dir, 'logs'))).toEqual(['r8'])
    await history.close()
  })

  it('puts a damaged database aside, says so, goes on counting and keeps the logs', async () => {
    const { dir } = tempProject()
    const before = await sqliteHistory({ dir })
    for (const run of ['a', 'b']) await before.begin(newRun(run))
    await before.append([output(brandAs<RunId>('b'), 1, 'kept\n')])
    await before.close()
    writeFileSync(join(dir, 'history.db'), 'this was a database once'.repeat(1000))
    const notes: Diagnostic[] = []
    const history = await sqliteHistory({ dir, tell: (note) => notes.push(note) })
    expect(notes.map(({ code }) => code)).toEqual(['HISTORY_DAMAGED'])
    expect(readdirSync(dir).filter((name) => name.startsWith('history.db.damaged-')).length).toBeGreaterThan(0)
    expect((await history.begin(newRun('c'))).sequenceId).toBe(3)
    expect(readFileSync(join(dir, 'logs', 'b', 'text'), 'utf8')).toBe('kept\n')
    expect(await history.strays({ remove: true })).toMatchObject({ count: 2 })
    expect(readdirSync(join(dir, 'logs'))).toEqual(['c'])
    await history.close()
  })

  it('has the next start look for damage that was met in the middle of a database', async () => {
    const { dir } = tempProject()
    const file = join(dir, 'history.db')
    const before = await sqliteHistory({ dir })
    const { run } = await before.begin(newRun('a'))
    for (let seq = 1; seq < 400; seq++) await before.append([{ run, seq, at: seq, event: { kind: 'step.started', step, does: 'x'.repeat(200) } }])
    await before.close()
    const bytes = readFileSync(file)
    bytes.fill(0xff, Math.floor(bytes.length / 2), bytes.length)
    writeFileSync(file, bytes)
    const met = await sqliteHistory({ dir })
    await expect(Array.fromAsync(met.events(run))).rejects.toThrow(/damaged|malformed/)
    await met.close()
    const notes: Diagnostic[] = []
    const next = await sqliteHistory({ dir, tell: (note) => notes.push(note) })
    expect(notes.map(({ code }) => code)).toEqual(['HISTORY_DAMAGED'])
    expect((await next.begin(newRun('b'))).sequenceId).toBe(2)
    await next.close()
  })

  it('keeps what runs were started with unreadable without the key, and the key for its owner', async () => {
    const { dir } = tempProject()
    const history = await sqliteHistory({ dir })
    const { run } = await history.begin({ ...newRun('a'), given: { options: { input: ['password=open sesame'] }, text: '' } })
    await history.close()
    const files = readdirSync(dir, { withFileTypes: true }).filter((entry) => entry.isFile())
    for (const { name } of files) expect(readFileSync(join(dir, name), 'latin1')).not.toContain('sesame')
    expect(statSync(join(dir, 'history.key')).mode & 0o777).toBe(0o600)
    writeFileSync(join(dir, 'history.key'), Buffer.alloc(32).toString('base64'))
    const other = await sqliteHistory({ dir })
    await expect(other.given(run)).rejects.toMatchObject({ code: 'RUN_START_UNREADABLE' })
    await other.close()
  })

  it('refuses a database of a newer version without touching it', async () => {
    const { dir } = tempProject()
    const newer = new DatabaseSync(join(dir, 'history.db'))
    newer.exec('PRAGMA user_version = 99')
    newer.close()
    await expect(sqliteHistory({ dir })).rejects.toMatchObject({ code: 'HISTORY_NEWER' })
  })
})
