/** Limits of logs, from the configuration and from the command line. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { slipwayHere } from '../support/slipway-here.ts'
import { tempProject } from '../support/temp-project.ts'

/** Two lines: one of 30 KB, one short. */
const pipeline = `pipeline:
  identifier: p
  name: p
  stages:
    - stage:
        identifier: s
        name: s
        type: CI
        spec:
          cloneCodebase: false
          execution:
            steps:
              - step:
                  identifier: talk
                  name: talk
                  type: Run
                  spec:
                    command: "true"
                    envVariables:
                      FAKE_OUTPUT: "${'x'.repeat(30_000)}\\nlast words"
`

async function run(config: string | undefined, ...flags: readonly string[]) {
  const { dir } = tempProject()
  writeFileSync(join(dir, 'p.yaml'), pipeline)
  mkdirSync(join(dir, '.slipway'))
  if (config !== undefined) writeFileSync(join(dir, '.slipway/config.yaml'), config)
  return slipwayHere(dir, {}, 'run', 'p.yaml', '--on', 'fake', '--output', 'plain', ...flags)
}

const longest = (text: string): number => Math.max(...text.split('\n').map((line) => (/x+/.exec(line)?.[0] ?? '').length))

describe('limits of logs', { timeout: 120_000 }, () => {
  it('are none unless somebody asks for them', async () => {
    const { code, out } = await run(undefined)
    expect(code).toBe(0)
    expect(longest(out)).toBe(30_000)
    expect(out).not.toContain('[LOG_CUT]')
  })

  it('come from the configuration: a long line is cut with a mark, and what is missing is said once', async () => {
    const { code, out } = await run('logs:\n  line: 25 KB\n')
    expect(code).toBe(0)
    expect(longest(out)).toBe(25_000)
    expect(out).toMatch(/x …\[line cut\]\n.*last words\n/)
    expect(out.match(/5\.00 KB left out, 1 line was cut/g)).toHaveLength(1)
  })

  it('come from the command line first; of a step that says too much the end is kept too', async () => {
    const { out } = await run('logs: {line: 25 KB, step: 5 MB}\n', '--log-line', '50KB', '--log-step', '4KB')
    expect(longest(out)).toBe(3000)
    expect(out).toContain('…[26.0 KB left out]')
    expect(out).toContain('last words')
  })

  it('are amounts', async () => {
    expect((await run(undefined, '--log-line', 'much')).code).toBe(2)
    expect((await run('logs: {line: much}\n')).code).toBe(1)
  })
})
