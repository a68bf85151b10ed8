/** `slipway build` with RUN, by users who are not root: with one id, and with a range of them. Needs root to become those users. */
import { execFileSync, spawn } from 'node:child_process'
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { root as project } from '../../../tools/support/root.ts'
import { real } from '../../support/real.ts'
import { needs, promised } from '../../support/skip.ts'

const busybox = real('busybox', { apt: 'busybox-static', version: ['busybox'] })
const uidmap = real('newuidmap', { apt: 'uidmap', version: ['newuidmap'] })
const isRoot = process.getuid?.() === 0
const options = isRoot ? busybox.options : promised('ci', needs(false, 'becoming another user needs root'))

interface Ran {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

interface Person {
  readonly uid: number
  readonly gid: number
}

const dockerfile = `FROM scratch AS build
COPY busybox /bin/busybox
RUN ["/bin/busybox", "sh", "-c", "/bin/busybox --install -s /bin && id -u && mkdir /out && echo made > /out/file && echo secret-is $(cat /run/secrets/s)"]
FROM scratch
COPY --from=build /out /site
`

describe('a RUN by somebody who is not root', options, () => {
  let folder: string
  beforeAll(() => {
    // Not below a folder that others may not enter.
    folder = mkdtempSync(join(tmpdir(), 'slipway-rootless-'))
    chmodSync(folder, 0o755)
    mkdirSync(join(folder, 'context'))
    copyFileSync(busybox.path, join(folder, 'context', 'busybox'))
    writeFileSync(join(folder, 'context', 'Dockerfile'), dockerfile)
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  function slipway(
    args: readonly string[],
    person: Person,
    o: { readonly home: string; readonly root?: string; readonly onStart?: (pid: number) => void },
  ): Promise<Ran> {
    mkdirSync(o.home, { recursive: true })
    execFileSync('chown', [`${person.uid}:${person.gid}`, o.home])
    const cli = [process.execPath, '--disable-warning=ExperimentalWarning', join(project, 'src/main/cli.ts'), ...args]
    const env = { PATH: process.env['PATH'] ?? '', HOME: o.home, SLIPWAY_HOME: join(o.home, 'data') }
    const child =
      o.root === undefined
        ? spawn(cli[0] as string, cli.slice(1), { ...person, env, cwd: folder })
        : spawn(
            'unshare',
            [
              '--mount',
              'sh',
              '-c',
              'mount --rbind / "$1" && cd "$1" && shift && exec "$@"',
              'sh',
              o.root,
              'chroot',
              `--userspec=${person.uid}:${person.gid}`,
              o.root,
              ...cli,
            ],
            { env },
          )
    if (child.pid !== undefined) o.onStart?.(child.pid)
    const told = { out: '', err: '' }
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      told.out += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      told.err += text
    })
    return new Promise((resolve) => void child.on('close', (code) => resolve({ code, ...told })))
  }

  const nobody = { uid: 65534, gid: 65534 }

  it('works with the one id that everybody has', async () => {
    const { code, err, out } = await slipway(['build', '--progress', 'plain', '-t', 'a:1', 'context'], nobody, { home: join(folder, 'one') })
    expect({ code, err }).toMatchObject({ code: 0, err: expect.stringContaining('made') })
    expect(out).toMatch(/^sha256:/m)
  })

  it('works with a range of ids, so that a RUN may give files away', uidmap.options, async () => {
    const name = `slipway${process.pid}`
    execFileSync('useradd', ['--no-create-home', name])
    try {
      const [uid, gid] = ['-u', '-g'].map((flag) => Number(execFileSync('id', [flag, name], { encoding: 'utf8' })))
      expect(readFileSync('/etc/subuid', 'utf8')).toContain(`${name}:`)
      mkdirSync(join(folder, 'owners'))
      copyFileSync(busybox.path, join(folder, 'owners', 'busybox'))
      writeFileSync(
        join(folder, 'owners', 'Dockerfile'),
        'FROM scratch\nCOPY busybox /bin/busybox\nRUN ["/bin/busybox", "sh", "-c", "echo x > /f && /bin/busybox chown 33:44 /f && /bin/busybox stat -c owner:%u:%g /f"]\n',
      )
      const { code, err } = await slipway(
        ['build', '--progress', 'plain', '-t', 'a:1', 'owners'],
        { uid: uid as number, gid: gid as number },
        { home: join(folder, 'many') },
      )
      expect({ code, err }).toMatchObject({ code: 0, err: expect.stringContaining('owner:33:44') })
      // Files of others in it, in folders that may not be entered from outside: collected all the same.
      const person = { uid: uid as number, gid: gid as number }
      const pruned = await slipway(['cache', 'prune', '--all'], person, { home: join(folder, 'many') })
      expect({ code: pruned.code, err: pruned.err }).toEqual({ code: 0, err: '' })
      expect(readdirSync(join(folder, 'many', 'data', 'build', 'snapshots'))).toEqual([])
    } finally {
      execFileSync('userdel', [name])
    }
  })

  it('says what to do where the system allows no user namespace', async () => {
    // A process with a root folder of its own may not make one.
    const other = mkdtempSync(join(tmpdir(), 'slipway-chroot-'))
    try {
      const { code, err } = await slipway(['build', '-t', 'a:1', join(folder, 'context')], nobody, { home: join(folder, 'refused'), root: other })
      expect(code).not.toBe(0)
      expect(err).toContain('BUILD_RUN_IMPOSSIBLE')
      expect(err).toContain('max_user_namespaces')
    } finally {
      rmSync(other, { recursive: true, force: true })
    }
  })

  it('without any user namespaces builds what has no RUN, refuses the rest before anything begins, and names the setting', async () => {
    // The limit holds in the namespace that it was set in, and below: this machine keeps its own.
    const data = join(folder, 'none')
    mkdirSync(data)
    execFileSync('chown', ['1000:1000', data])
    mkdirSync(join(folder, 'plain'))
    writeFileSync(join(folder, 'plain', 'Dockerfile'), 'FROM scratch\nCOPY Dockerfile /x\n')
    const limited = (args: readonly string[]): Promise<Ran> => {
      const cli = [process.execPath, '--disable-warning=ExperimentalWarning', join(project, 'src/main/cli.ts'), ...args]
      // Who is root by the map has its rights from the next program on.
      const limit = 'echo 0 > /proc/sys/user/max_user_namespaces && exec setpriv --reuid=1000 --regid=1000 --clear-groups "$@"'
      const script = `read go; exec /bin/sh -c '${limit}' sh "$@"`
      const env = { PATH: process.env['PATH'] ?? '', HOME: data, SLIPWAY_HOME: join(data, 'data') }
      const child = spawn('/usr/bin/unshare', ['--user', '/bin/sh', '-c', `echo ready; ${script}`, 'sh', ...cli], { env, cwd: folder, stdio: 'pipe' })
      const told = { out: '', err: '' }
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        told.out += text
        if (told.out !== 'ready\n') return
        for (const map of ['uid_map', 'gid_map']) writeFileSync(`/proc/${child.pid}/${map}`, '0 0 65536\n')
        child.stdin.end('go\n')
      })
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        told.err += text
      })
      return new Promise((resolve) => void child.on('close', (code) => resolve({ code, ...told })))
    }
    expect(await limited(['build', '-t', 'a:1', 'plain'])).toMatchObject({ code: 0 })
    const refused = await limited(['build', '--progress', 'plain', '-t', 'a:1', 'context'])
    expect({ code: refused.code, err: refused.err }).toMatchObject({ code: 1, err: expect.stringContaining('BUILD_RUN_IMPOSSIBLE') })
    expect(refused.err).not.toMatch(/^#\d+ /m)
    const doctor = await limited(['doctor'])
    expect(doctor).toMatchObject({ code: 1, out: expect.stringContaining('sysctl -w user.max_user_namespaces=') })
  })

  it('leaves no process behind when it is killed', async () => {
    const slow = join(folder, 'slow')
    mkdirSync(slow)
    copyFileSync(busybox.path, join(slow, 'busybox'))
    const mark = `4242${process.pid}`
    writeFileSync(join(slow, 'Dockerfile'), `FROM scratch\nCOPY busybox /bin/busybox\nRUN ["/bin/busybox", "sleep", "${mark}"]\n`)
    const sleeping = (): readonly string[] => readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && commandOf(pid).includes(`sleep\0${mark}`))
    let started = 0
    const ran = slipway(['build', 'slow'], nobody, { home: join(folder, 'killed'), onStart: (pid) => (started = pid) })
    await until(() => sleeping().length > 0)
    process.kill(started, 'SIGKILL')
    await ran
    await until(() => sleeping().length === 0)
    await until(() => workersOf(join(folder, 'killed')).length === 0)
  })

  it('stops in good order at Ctrl-C', async () => {
    const mark = `4343${process.pid}`
    const slow = join(folder, 'stopped-context')
    mkdirSync(slow)
    symlinkSync('x', join(slow, 'link'))
    copyFileSync(busybox.path, join(slow, 'busybox'))
    writeFileSync(join(slow, 'Dockerfile'), `FROM scratch\nCOPY busybox /bin/busybox\nRUN ["/bin/busybox", "sleep", "${mark}"]\n`)
    const sleeping = (): readonly string[] => readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && commandOf(pid).includes(`sleep\0${mark}`))
    let started = 0
    const ran = slipway(['build', 'stopped-context'], nobody, { home: join(folder, 'stopped'), onStart: (pid) => (started = pid) })
    await until(() => sleeping().length > 0)
    process.kill(started, 'SIGINT')
    expect((await ran).code).toBe(130)
    expect(sleeping()).toEqual([])
    await until(() => workersOf(join(folder, 'stopped')).length === 0)
    const runs = join(folder, 'stopped', 'data', 'build', 'runs')
    expect(existsSync(runs) ? readdirSync(runs) : []).toEqual([])
  })
})

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}

/** Processes of this program that were started for builds with this home. */
function workersOf(home: string): readonly string[] {
  return readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && commandOf(pid).includes('builder-worker') && environmentOf(pid).includes(`HOME=${home}\0`))
}

function environmentOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8')
  } catch {
    return ''
  }
}

async function until(fits: () => boolean): Promise<void> {
  for (let i = 0; i < 400; i++) {
    if (fits()) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('it did not come to that in 20 seconds')
}
