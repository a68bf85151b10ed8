/**
 * This program in containers of a real Docker Engine: which rung it stands on, what it says about it, and whether a RUN works there. Needs root, and a mirror of
 * Debian packages the first time.
 */
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { root as project } from '../../../tools/support/root.ts'
import { real } from '../../support/real.ts'
import { needs, promised } from '../../support/skip.ts'
import { type ChrootedDocker, dockerRoot, givenInside, sharedInside, startChrootedDocker } from '../support/chrooted-docker.ts'
import { debianRoot } from '../support/debian-root.ts'

const busybox = real('busybox', { apt: 'busybox-static', version: ['busybox'] })
const engine = dockerRoot()
const debian = debianRoot('bookworm', ['attr', 'libcap2-bin'])
const missing = busybox.missing ?? engine.missing ?? debian.missing

const withRun = `FROM scratch AS other
COPY busybox /slow
FROM scratch
COPY busybox /bin/busybox
RUN ["/bin/busybox", "sh", "-c", "/bin/busybox --install -s /bin; mkdir -p /etc /home/app; echo app:x:1000:1000::/home/app:/bin/sh > /etc/passwd; echo 10 > /f; chown 33:44 /f; chown app /home/app"]
USER app
WORKDIR /home/app
RUN --mount=type=cache,target=/c,uid=1000 --mount=type=secret,id=s,uid=1000 echo seen $(id -u) $(stat -c %u:%g /f) $(cat /run/secrets/s) $(cat /proc/self/comm); echo kept >> /c/x; echo mine > mine; echo > /dev/null
USER 0
RUN rm /f; echo seen $(ls /f 2>&1 | wc -l) $(cat /home/app/mine) $(stat -c %u /home/app/mine); test ! -e /run/secrets && echo seen no secrets
`
const seen = ['1000 33:44 abc cat', '1 mine 1000', 'no secrets']

describe('slipway in a container', promised('ci', needs(missing === undefined, missing ?? '')), () => {
  let docker: ChrootedDocker
  beforeAll(async () => {
    docker = await startChrootedDocker(engine.folder ?? '', { given: { program: dirname(process.execPath), project } })
    execFileSync('tar', ['-C', debian.folder ?? '', '--exclude=./var/cache/*', '-cf', join(docker.shared, 'debian.tar'), '.'])
    const imported = await docker.run('docker', ['import', `${sharedInside}/debian.tar`, 'debian'])
    expect(imported.code).toBe(0)
    for (const [name, text] of Object.entries({ run: withRun, copy: 'FROM scratch\nCOPY busybox /b\n' })) {
      const context = join(docker.shared, name)
      mkdirSync(context)
      copyFileSync(busybox.path, join(context, 'busybox'))
      writeFileSync(join(context, 'Dockerfile'), text)
    }
    writeFileSync(join(docker.shared, 'secret'), 'abc')
    mkdirSync(join(docker.shared, 'homes'))
    for (const name of ['run', 'copy', 'secret', 'homes']) execFileSync('chmod', ['-R', 'a+rX', join(docker.shared, name)])
  })
  afterAll(() => docker?.stop())

  /** In a container made with these options, with a volume for its data. */
  async function slipway(options: readonly string[], args: readonly string[]) {
    const name = options.join('').replace(/[^a-z0-9]/gi, '') || 'plain'
    mkdirSync(join(docker.shared, 'homes', name), { recursive: true, mode: 0o777 })
    execFileSync('chmod', ['777', join(docker.shared, 'homes', name)])
    const volumes = [`${givenInside}/program:/slipway/program:ro`, `${givenInside}/project:/slipway/project:ro`, `${sharedInside}:/shared`].flatMap((v) => [
      '-v',
      v,
    ])
    const cli = ['/slipway/program/node', '--disable-warning=ExperimentalWarning', '/slipway/project/src/main/cli.ts']
    const env = ['-e', `SLIPWAY_HOME=/shared/homes/${name}`, '-e', `HOME=/shared/homes/${name}`]
    const { code, out, err } = await docker.run('docker', ['run', '--rm', '--network=none', ...env, ...options, ...volumes, 'debian', ...cli, ...args])
    const said = err + out
    return { code, said, seen: said.split('\n').flatMap((line) => /^#\d+ [\d.]+ seen (.*)$/.exec(line)?.[1]?.trim() ?? []) }
  }

  const build = ['build', '--progress', 'plain', '-t', 'a:1', '--secret', 'id=s,src=/shared/secret']

  it('with Docker’s own filter and rights stands on rung 6, and knows what would help', async () => {
    const doctor = await slipway([], ['doctor'])
    expect(doctor).toMatchObject({ code: 0, said: expect.stringContaining('RUN: rung 6') })
    expect(doctor.said).toContain('make a user namespace')
    expect(doctor.said).toContain('--security-opt seccomp=unconfined')
    const built = await slipway([], [...build, '/shared/run'])
    expect({ code: built.code, said: built.code === 0 ? '' : built.said }).toEqual({ code: 0, said: '' })
    expect(built.said).toContain('RUN on rung 6')
    expect(built.seen).toEqual(seen)
  })

  it('without the filter stands on rung 5', async () => {
    const options = ['--security-opt', 'seccomp=unconfined', '--security-opt', 'apparmor=unconfined']
    expect(await slipway(options, ['doctor'])).toMatchObject({ code: 0, said: expect.stringContaining('RUN: rung 5') })
    const built = await slipway(options, [...build, '/shared/run'])
    expect({ code: built.code, said: built.code === 0 ? '' : built.said }).toEqual({ code: 0, said: '' })
    expect(built.said).toContain('RUN on rung 5')
    expect(built.seen).toEqual(seen)
  })

  it('with all rights stands where root of the machine does', async () => {
    const doctor = await slipway(['--privileged'], ['doctor', '--json'])
    expect(doctor.code).toBe(0)
    expect([1, 2]).toContain(JSON.parse(doctor.said).run.rung)
  })

  it('as somebody else builds what has no RUN, and refuses the rest before anything begins', async () => {
    const user = ['--user', '1000:1000']
    const copied = await slipway(user, [...build, '/shared/copy'])
    expect({ code: copied.code, said: copied.code === 0 ? '' : copied.said }).toEqual({ code: 0, said: '' })
    const refused = await slipway(user, [...build, '/shared/run'])
    expect(refused.code).toBe(1)
    expect(refused.said).toContain('BUILD_RUN_IMPOSSIBLE')
    expect(refused.said).not.toMatch(/^#\d+ /m)
    expect(await slipway(user, ['doctor'])).toMatchObject({ code: 1, said: expect.stringContaining('RUN: not possible here') })
  })
})
