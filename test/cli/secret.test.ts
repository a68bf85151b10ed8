/** `slipway secret`, and a pipeline that uses what it keeps. */

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { tempProject } from '../support/temp-project.ts'
import { testWorld } from '../support/test-world.ts'

const piped = (text: string) => () => Readable.from([Buffer.from(text)])

describe('slipway secret', () => {
  it('takes a value from standard input, a file and a variable, and never shows it', async () => {
    const project = tempProject({ 'key.pem': 'first line\nsecond line\n' })
    const world = testWorld({ cwd: project.dir, stdin: piped('from the pipe\n'), env: { TOKEN_HERE: 'from the variable' } })
    expect((await world.run('secret')).out).toContain('no secrets yet')
    for (const args of [['pipe'], ['account.file', '--file', 'key.pem'], ['org.env', '--from-env', 'TOKEN_HERE']]) {
      const { code, out, err } = await world.run('secret', 'set', ...args)
      expect([code, out, err]).toEqual([0, `${args[0]} is set\n`, ''])
    }
    const list = await world.run('secret', 'list', '--json')
    expect((JSON.parse(list.out) as { name: string }[]).map(({ name }) => name)).toEqual(['account.file', 'org.env', 'pipe'])
    for (const file of readdirSync(world.home)) expect(readFileSync(join(world.home, file), 'latin1')).not.toMatch(/from the|first line/)
  })

  it('imports a .env file, whole or not at all', async () => {
    const project = tempProject({ '.env': '# comment\nexport A=one-value\nB="two\\nlines"\n\nC=\'as is $X\'\n', bad: 'A=changed\nno assignment\n' })
    const world = testWorld({ cwd: project.dir })
    expect((await world.run('secret', 'import', '.env', '--scope', 'account')).out).toBe('3 secrets set\n')
    const bad = await world.run('secret', 'import', 'bad')
    expect([bad.code, bad.err]).toEqual([1, expect.stringContaining('bad:2:1')])
    expect((await world.run('secret', 'list')).out.match(/^\S+/gm)).toEqual(['account.A', 'account.B', 'account.C'])
  })

  it('removes, and says what is not there', async () => {
    const world = testWorld({ stdin: piped('some value') })
    await world.run('secret', 'set', 'a')
    const { code, err } = await world.run('secret', 'rm', 'a', 'b')
    expect([code, err]).toEqual([1, expect.stringMatching(/no secret "b".*SECRET_NOT_KEPT/s)])
    expect((await world.run('secret')).out).toContain('no secrets yet')
  })

  it('warns of values too short to mask, and refuses empty ones and bad names', async () => {
    const short = await testWorld({ stdin: piped('abc') }).run('secret', 'set', 'a')
    expect([short.code, short.err]).toEqual([0, expect.stringContaining('SECRET_SHORT')])
    expect((await testWorld({ stdin: piped('\n') }).run('secret', 'set', 'a')).err).toContain('SECRET_EMPTY')
    expect((await testWorld({ stdin: piped('value') }).run('secret', 'set', 'a b')).err).toContain('SECRET_NAME_BAD')
    expect((await testWorld().run('secret', 'set', 'a', '--from-env', 'NOT_SET_ANYWHERE')).err).toContain('SECRET_VARIABLE_UNSET')
  })

  it('gives a pipeline what it keeps, and masks it there', async () => {
    const command = 'test "$(printf %s "$TOKEN" | cksum)" = "2133525643 14" && echo "it is $TOKEN"'
    const project = tempProject({
      'p.yaml': `pipeline:\n  identifier: p\n  name: p\n  stages:\n    - stage:\n        identifier: s\n        name: s\n        type: CI\n        spec:\n          platform: {os: Linux}\n          execution:\n            steps:\n              - step: {identifier: a, name: a, type: Run, spec: {shell: Sh, command: '${command}', envVariables: {TOKEN: <+secrets.getValue("account.token")>}}}\n`,
    })
    const world = testWorld({ cwd: project.dir, stdin: piped('kept-for-later') })
    const missing = await world.run('run', 'p.yaml')
    expect([missing.code, missing.out]).toEqual([1, expect.stringContaining('slipway secret set account.token')])
    await world.run('secret', 'set', 'account.token')
    const { code, out } = await world.run('run', 'p.yaml', '--output', 'plain')
    expect([code, out]).toEqual([0, expect.stringContaining('it is ********')])
    expect(out).not.toContain('kept-for-later')
  })
})
