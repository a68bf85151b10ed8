import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { findProgram } from '../../../../test/support/real.ts'
import { needs } from '../../../../test/support/skip.ts'
import { tempProject } from '../../../../test/support/temp-project.ts'
import { brandAs } from '../../../base/brand.ts'
import type { RunId } from '../../../events/run-event.ts'
import type { Workspace } from '../../../ports/infrastructure.ts'
import { fakeCode } from '../fake/fake-code.ts'
import { localInfra } from './local-infra.ts'
import { noImages } from './no-images-fixture.ts'

const signal = new AbortController().signal
const stage = {
  kind: 'stage',
  path: 's',
  identifier: 's',
  name: 's',
  when: { status: 'Success' },
  infrastructure: { on: 'local', declared: 'none', os: 'Linux', arch: 'Amd64' },
  clone: { kind: 'known', value: false },
  variables: {},
  steps: [],
} as const

const open: Workspace[] = []
afterEach(async () => {
  for (const workspace of open.splice(0)) await workspace.close({ signal })
})

async function ran(
  shell: string,
  script: string,
  o: { readonly outputs?: readonly string[]; readonly env?: Record<string, string>; readonly path?: string } = {},
) {
  const env = o.path === undefined ? process.env : { ...process.env, PATH: o.path }
  const infra = localInfra({ dir: tempProject().dir, env, kill: process.kill.bind(process), images: noImages, code: fakeCode })
  const workspace = await infra.open(stage, { run: brandAs<RunId>('r'), signal, note: () => undefined })
  open.push(workspace)
  const running = await workspace.start(
    { name: 's/x', start: { kind: 'script', shell, script }, env: new Map(Object.entries(o.env ?? {})), outputs: o.outputs ?? [], graceMs: 100 },
    { signal },
  )
  const chunks = await Array.fromAsync(running.output)
  const { exit, outputs, handed } = await running.end
  return { exit, outputs: Object.fromEntries(outputs), handed, text: Buffer.concat(chunks.map((chunk) => chunk.bytes)).toString() }
}

interface Case {
  readonly title: string
  readonly script: string
  readonly code: number
  readonly outputs: Record<string, string>
  readonly says?: string
}

const posix: readonly Case[] = [
  { title: 'at the end of the script', script: 'A=1; export B=2', code: 0, outputs: { A: '1', B: '2' } },
  { title: 'after an early exit 0', script: 'A=1; exit 0; B=2', code: 0, outputs: { A: '1' } },
  { title: 'after a command that fails, where the script stops', script: 'A=1; false; B=2', code: 1, outputs: { A: '1' } },
  { title: 'when a function sets them', script: 'set_it() { A=1; }; set_it', code: 0, outputs: { A: '1' } },
  { title: 'not when only a subshell sets them', script: '(A=1; B=2); A=3', code: 0, outputs: { A: '3' } },
  { title: 'with an empty value', script: 'A=', code: 0, outputs: { A: '' } },
  { title: 'with an exit trap of the script', script: "trap 'echo cleaned $?' EXIT; A=1; exit 4", code: 4, outputs: { A: '1' }, says: 'cleaned 4' },
  {
    title: 'with an exit trap that exits itself',
    script: "trap 'c=$?; echo cleaned $c; exit $c' EXIT; A=1; false",
    code: 1,
    outputs: { A: '1' },
    says: 'cleaned 1',
  },
  { title: 'with an exit trap of a script that passes', script: "trap 'echo cleaned $?' 0; A=1", code: 0, outputs: { A: '1' }, says: 'cleaned 0' },
  { title: 'with an empty exit trap', script: "trap '' EXIT; A=1", code: 0, outputs: { A: '1' } },
  { title: 'with a trap for a signal', script: "trap 'A=1' USR1; kill -USR1 $$; B=2", code: 0, outputs: { A: '1', B: '2' } },
  { title: 'with an exit trap that was taken back', script: "trap 'echo no' EXIT; trap - EXIT; A=1; exit 0", code: 0, outputs: { A: '1' } },
  { title: 'with quotes, dollars and lines in them', script: `A='x "y" $z\n\\n'`, code: 0, outputs: { A: 'x "y" $z\n\\n' } },
]

const python: readonly Case[] = [
  { title: 'by os.environ', script: 'import os\nos.environ["A"] = "1"', code: 0, outputs: { A: '1' } },
  { title: 'by plain variables, numbers too', script: 'A = 1\nB = "two\\nlines"', code: 0, outputs: { A: '1', B: 'two\nlines' } },
  { title: 'after exit(0)', script: 'A = "1"\nexit(0)\nB = "2"', code: 0, outputs: { A: '1' } },
  { title: 'after an exception', script: 'A = "1"\nraise ValueError("wrong")', code: 1, outputs: { A: '1' }, says: 'script.py", line 2' },
  { title: 'after exit(3)', script: 'import sys\nA = "1"\nsys.exit(3)', code: 3, outputs: { A: '1' } },
  { title: 'not from things that are no values', script: 'import json as A\nB = [1]', code: 0, outputs: {} },
]

const suites = [
  ['Sh', 'sh', posix],
  ['Bash', 'bash', posix],
  ['Python', 'python3', python],
] as const

describe.each(suites)('the shell %s', (shell, program, cases) => {
  const there = needs(findProgram(program, process.env) !== undefined, `${program} is not installed`)
  it.each(cases)('hands outputs over $title', there, async ({ script, code, outputs, says }) => {
    const done = await ran(shell, script, { outputs: ['A', 'B'] })
    expect(done.exit).toEqual({ kind: 'exited', code })
    expect(done.outputs).toEqual(outputs)
    if (says !== undefined) expect(done.text).toContain(says)
  })
})

describe('scripts of other shells', () => {
  it(
    'Python sees its environment, its folder and itself as the main module',
    needs(findProgram('python3', process.env) !== undefined, 'python3 is not installed'),
    async () => {
      const script = 'import os, sys\nprint(os.environ["WORD"], os.getcwd() == os.environ["HARNESS_WORKSPACE"], __name__, sys.path[0] == "")'
      expect((await ran('Python', script, { env: { WORD: 'blue' } })).text).toBe('blue True __main__ True\n')
    },
  )

  it(
    'Python tells of a mistake by the lines of the script alone',
    needs(findProgram('python3', process.env) !== undefined, 'python3 is not installed'),
    async () => {
      expect((await ran('Python', 'def f():\n    return 1 / 0\nf()')).text).not.toContain('wrapper')
    },
  )

  it('takes python where there is no python3', async () => {
    const { dir } = tempProject()
    await writeFile(join(dir, 'python'), '#!/bin/sh\necho "python was given ${1##*/}"\n')
    await chmod(join(dir, 'python'), 0o755)
    expect((await ran('Python', 'x', { path: dir })).text).toBe('python was given wrapper.py\n')
  })

  it.each([
    ['Pwsh', /needs pwsh, which is not on this machine/, 'powershell'],
    ['Powershell', /needs pwsh or powershell/, 'powershell'],
    ['Python', /needs python3 or python/, 'image: python'],
    ['Bash', /needs bash/, 'shell: Sh'],
  ])('names what is missing for %s and what to do', async (shell, message, hint) => {
    const { dir } = tempProject()
    await mkdir(join(dir, 'empty'))
    const error = await ran(shell, 'x', { path: join(dir, 'empty') }).catch((e: unknown) => e)
    expect(error).toMatchObject({ diagnostic: { code: 'STEP_PROGRAM_MISSING', message: expect.stringMatching(message), hint: expect.stringContaining(hint) } })
  })

  it('PowerShell hands outputs over, also after exit', needs(findProgram('pwsh', process.env) !== undefined, 'pwsh is not installed'), async () => {
    const done = await ran('Pwsh', '$Env:A = "1"\n$B = 2\nexit 3', { outputs: ['A', 'B'] })
    expect(done.exit).toEqual({ kind: 'exited', code: 3 })
    expect(done.outputs).toEqual({ A: '1', B: '2' })
  })

  it('refuses an output that is no output any more', async () => {
    const { dir } = tempProject()
    const error = await ran('Sh', `dd if=/dev/zero of="$DRONE_OUTPUT" bs=1048576 count=17 2>/dev/null; : ${dir}`).catch((e: unknown) => e)
    expect(error).toMatchObject({ diagnostic: { code: 'STEP_OUTPUT_TOO_LARGE' } })
  })
})
