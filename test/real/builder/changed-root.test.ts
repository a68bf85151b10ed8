/** `slipway build` with RUN by a root that may neither mount nor make namespaces: rung 6, and rung 5 where a user namespace is allowed. Needs root to give rights away. */
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { root as project } from '../../../tools/support/root.ts'
import { findProgram, real } from '../../support/real.ts'
import { needs, promised } from '../../support/skip.ts'

const busybox = real('busybox', { apt: 'busybox-static', version: ['busybox'] })
const missing = process.getuid?.() === 0 ? busybox.missing : 'giving rights away needs root'
/** Of this test's commands alone. */
const sleepLong = `4711${process.pid}`
/** What a container's root has not. */
const without = '-sys_admin,-sys_ptrace,-sys_module,-net_admin,-dac_read_search,-sys_rawio'

describe('a RUN by a root that may not mount', promised('ci', needs(missing === undefined, missing ?? '')), () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'slipway-changed-root-'))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  function build(name: string, dockerfile: string, env: Readonly<Record<string, string>>) {
    const context = join(folder, name)
    mkdirSync(context, { recursive: true })
    copyFileSync(busybox.path, join(context, 'busybox'))
    writeFileSync(join(context, 'Dockerfile'), dockerfile)
    const data = join(folder, `${name}-data`)
    const secret = join(folder, 'secret')
    writeFileSync(secret, 'abc')
    const cli = [process.execPath, '--disable-warning=ExperimentalWarning', join(project, 'src/main/cli.ts')]
    const args = ['build', '--progress', 'plain', '-t', 'a:1', '--secret', `id=s,src=${secret}`, context]
    const ran = spawnSync(findProgram('setpriv', process.env) ?? 'setpriv', [`--bounding-set=${without}`, ...cli, ...args], {
      env: { PATH: process.env['PATH'] ?? '', HOME: folder, SLIPWAY_HOME: data, ...env },
      encoding: 'utf8',
      timeout: 100_000,
    })
    const said = ran.stderr + ran.stdout
    expect({ status: ran.status, said: ran.status === 0 ? '' : said }).toEqual({ status: 0, said: '' })
    return { said, seen: said.split('\n').flatMap((line) => /^#\d+ [\d.]+ seen (.*)$/.exec(line)?.[1] ?? []), runs: join(data, 'build', 'runs') }
  }

  const text = `FROM scratch
COPY busybox /bin/busybox
RUN ["/bin/busybox", "sh", "-c", "/bin/busybox --install -s /bin; mkdir -p /etc /home/app; echo app:x:1000:1000::/home/app:/bin/sh > /etc/passwd; echo 10 > /f; chown 33:44 /f; chown app /home/app"]
USER app
WORKDIR /home/app
RUN --mount=type=cache,target=/c,uid=1000 --mount=type=secret,id=s,uid=1000 echo seen $(id -u) $(stat -c %u:%g /f) $(cat /run/secrets/s) $(cat /proc/self/comm); echo kept >> /c/x; echo mine > mine; echo > /dev/null; (sleep ${sleepLong} &)
RUN --mount=type=cache,target=/c,uid=1000 echo seen $(cat /c/x) $(stat -c %u mine) $(ls -A /c)
USER 0
RUN rm /f; echo seen $(ls /f 2>&1 | wc -l) $(cat /home/app/mine); test ! -e /run/secrets && echo seen no secrets
`
  const seen = ['1000 33:44 abc cat', 'kept 1000 x', '1 mine', 'no secrets']

  it('gets a folder as its root where namespaces are not wanted, and /proc although nothing is mounted', () => {
    const built = build('rung6', text, { SLIPWAY_RUNG: '6' })
    expect(built.said).toContain('rung 6')
    expect(built.seen.map((line) => line.trim())).toEqual(seen)
    expect(readdirSync(built.runs)).toEqual([])
    expect(sleeping()).toEqual([])
  }, 110_000)

  it('gets a user namespace of its own where that is allowed', () => {
    const built = build('rung5', text, {})
    expect(built.said).toContain('rung 5')
    expect(built.seen.map((line) => line.trim())).toEqual(seen)
    expect(sleeping()).toEqual([])
  }, 110_000)
})

/** By the command line: other tests have processes of busybox too. */
function sleeping(): readonly string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').endsWith(`sleep\0${sleepLong}\0`)
    } catch {
      return false
    }
  })
}
