/**
 * RUN by a user who has one id and no range of them: owners, users and groups are kept by the keeper, and are in the layers. Needs root to become that user, and
 * a mirror of Debian packages.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chooseImage } from '../../../src/media/archive.ts'
import { openArchive } from '../../../src/media/open-archive.ts'
import { streamSource } from '../../../src/tar/byte-source.ts'
import { readTar } from '../../../src/tar/read-tar.ts'
import { root as project } from '../../../tools/support/root.ts'
import { real } from '../../support/real.ts'
import { needs, promised } from '../../support/skip.ts'
import { debianRoot } from '../support/debian-root.ts'

const busybox = real('busybox', { apt: 'busybox-static', version: ['busybox'] })
const debian = debianRoot('bookworm', ['attr', 'libcap2-bin'])
const isRoot = process.getuid?.() === 0
const missing = isRoot ? busybox.missing : 'becoming another user needs root'
const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups']
/** As containers do it: then nobody in it may mount a /proc of his own, and the one that is in sight numbers processes in another way. */
const hiding = 'mount --bind /dev/null /proc/version && mount --bind /proc/sys /proc/sys && mount -o remount,bind,ro /proc/sys && exec "$@"'
const starters = [
  ['with a /proc of its own', 'own', nobody],
  ['where parts of /proc are hidden', 'hidden', ['unshare', '--mount', 'sh', '-c', hiding, 'sh', ...nobody]],
] as const

describe.each(starters)('a RUN by somebody with one id, %s', (_, kind, starter) => oneId(kind, starter))

function oneId(kind: string, starter: readonly string[]): void {
  describe(`/proc: ${kind}`, promised('ci', needs(missing === undefined, missing ?? '')), () => {
    let folder: string
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'slipway-one-id-'))
      chmodSync(folder, 0o755)
    })
    afterAll(() => rmSync(folder, { recursive: true, force: true }))

    function context(name: string, dockerfile: string): string {
      const dir = join(folder, name)
      mkdirSync(dir)
      copyFileSync(busybox.path, join(dir, 'busybox'))
      writeFileSync(join(dir, 'Dockerfile'), dockerfile)
      return dir
    }

    /** What the build said, and the entries of all layers. */
    async function build(dir: string): Promise<{ readonly said: string; readonly entries: ReadonlyMap<string, string> }> {
      const home = `${dir}-home`
      mkdirSync(home, { recursive: true })
      execFileSync('chown', ['-R', '65534:65534', home])
      const archive = join(home, 'image.tar')
      const args = [join(project, 'src/main/cli.ts'), 'build', '--progress', 'plain', '-t', 'a:1', '-o', `type=oci,dest=${archive}`, dir]
      const env = { PATH: process.env['PATH'] ?? '', HOME: home, SLIPWAY_HOME: join(home, 'data') }
      const [program = '', ...words] = [...starter, process.execPath, '--disable-warning=ExperimentalWarning', ...args]
      const { status, stderr, stdout } = spawnSync(program, words, {
        env,
        encoding: 'utf8',
        timeout: 300_000,
        maxBuffer: 2 ** 28,
      })
      expect({ status, said: status === 0 ? '' : stderr }).toEqual({ status: 0, said: '' })
      return { said: stderr + stdout, entries: await entriesOf(archive) }
    }

    it('gives files away, becomes users, and finds all of it again in later RUNs and in the layers', async () => {
      const { said, entries } = await build(context('owners', owners))
      expect(said).toContain('rung 4')
      const lines = said.split('\n').flatMap((line) => /^#\d+ [\d.]+ (?:said|seen) .*$/.exec(line)?.[0].replace(/^#\d+ [\d.]+ /, '') ?? [])
      expect(lines).toEqual([
        'said 33:44 7:8',
        'said 1000 1000 1000 2000',
        'said 1000:1000 1000:1000 1000:1000',
        'said 0:0 refused',
        'seen 1000:1000 /home/app/l',
        'seen 1000:1000 /home/app/mine',
        'seen 1000:1000 /home/app/sub',
        'seen 5:6 /bin/ls',
        'seen 3:4 /p',
        'seen 0 1000 0',
        'seen 9:9 /home/app/l',
        'seen 9:9 /home/app/mine',
        'seen 9:9 /home/app/sub',
      ])
      const told = (path: string): string | undefined => entries.get(path)
      expect(['f', 'p', 'bin/ls', 'bin/busybox', 'home/app/l', 'home/app/mine', 'home/app', 'shared/by-app'].map((path) => `${path} ${told(path)}`)).toEqual([
        'f file 33:44 600',
        'p fifo 3:4 644',
        'bin/ls symlink 5:6 777',
        'bin/busybox file 7:8 755',
        'home/app/l symlink 9:9 777',
        'home/app/mine file 9:9 644',
        'home/app dir 9:9 755',
        'shared/by-app file 1000:50 644',
      ])
      expect([...entries.keys()].filter((path) => path.includes('slipway'))).toEqual([])
    }, 120_000)

    it('installs and removes packages with apt-get, adds users, and keeps capabilities and foreign owners', {
      ...needs(debian.folder !== undefined, debian.missing ?? ''),
      timeout: 300_000,
    }, async () => {
      const dir = context('debian', apt)
      execFileSync('tar', ['-C', debian.folder ?? '', '--exclude=./var/cache/apt/archives/*.deb', '-cf', join(dir, 'debian.tar'), '.'])
      const { said, entries } = await build(dir)
      expect(said).toContain('/usr/bin/ping cap_net_raw=ep')
      expect(said).toContain('uid=101(web) gid=104(web)')
      expect(said).toContain('gone is gone')
      expect(entries.get('usr/bin/ssh-agent')).toBe('file 0:102 2755')
      expect(entries.get('home/app/.profile')).toBe('file 1000:1000 644')
      expect(entries.get('srv/web')).toBe('dir 101:104 755')
      expect(entries.get('tmp/out/theirs')).toBe('file 1234:5678 644')
      // A setuid program runs as whom it belongs to.
      expect(said).toContain('uid=1000(app) gid=1000(app) euid=55')
    })
  })
}

const owners = `FROM scratch
COPY --chown=7:8 busybox /bin/busybox
RUN ["/bin/busybox", "sh", "-c", "/bin/busybox --install -s /bin; echo 'app:x:1000:1000::/home/app:/bin/sh' > /etc/passwd; echo 'more:x:2000:app' > /etc/group; echo x > /f && chmod 600 /f && chown 33:44 /f && chown -h 5:6 /bin/ls && echo said $(stat -c %u:%g /f /bin/busybox); mkdir -p /home/app /shared && chown 1000:1000 /home/app && chown 0:50 /shared && chmod 2777 /shared; mkfifo /p; chown 3:4 /p"]
USER app
WORKDIR /home/app
RUN echo said $(id -u) $(id -g) $(id -G); echo hi > mine; mkdir sub; ln -s mine l; echo said $(stat -c %u:%g mine sub l); touch /shared/by-app; chown 0:0 mine 2>/dev/null || echo said $(stat -c %u:%g /bin/cat) refused
USER 0
RUN stat -c 'seen %u:%g %n' /home/app/* /bin/ls /p; echo seen $(id -u) $(su app -c "id -u") $(id -u); chown -R 9:9 /home/app && echo again >> /home/app/mine && stat -c 'seen %u:%g %n' /home/app/*
`

const apt = `FROM scratch AS base
ADD debian.tar /
FROM base
RUN apt-get update && apt-get install -y --no-install-recommends iputils-ping adduser openssh-client postgresql-common && rm -rf /var/lib/apt/lists/*
RUN useradd -m -G staff app && getcap /usr/bin/ping && adduser --system --group web && id web && mkdir /srv/web && chown web:web /srv/web
RUN mkdir /tmp/in /tmp/out && touch /tmp/in/theirs && chown 1234:5678 /tmp/in/theirs && tar -C /tmp/in -cf /tmp/t.tar theirs && tar -C /tmp/out -xf /tmp/t.tar
RUN apt-get purge -y postgresql-common && su app -c 'touch /tmp/by-app' && test "$(stat -c %U /tmp/by-app)" = app && ! test -e /usr/bin/pg_lsclusters && echo gone is gone
RUN cp /usr/bin/id /usr/local/bin/other && chown 55 /usr/local/bin/other && chmod 4755 /usr/local/bin/other && su app -c other
`

/** `kind uid:gid mode` by path; the topmost layer wins. */
async function entriesOf(archive: string): Promise<ReadonlyMap<string, string>> {
  const signal = new AbortController().signal
  const opened = await openArchive(archive, { signal })
  const found = new Map<string, string>()
  try {
    const { view } = chooseImage(opened)
    if (view.kind !== 'image') throw new Error('an index, where one image was asked for')
    for (const layer of await view.layers()) {
      for await (const { entry } of readTar(streamSource(await layer.uncompressed({ signal })), { signal })) {
        found.set(entry.path.replace(/\/$/, ''), `${entry.kind} ${entry.uid}:${entry.gid} ${entry.mode.toString(8)}`)
      }
    }
  } finally {
    await opened.close()
  }
  return found
}
