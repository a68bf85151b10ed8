/** RUN for real, as root: what commands see, what layers hold afterwards, and that nothing is left behind. Needs Linux, root and an overlay. */
import { execFileSync, spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isProblem, type Problem } from '../../../src/base/problem.ts'
import { entriesOf, type Fixture, fixture } from '../../../src/builder/build-fixture.ts'
import { namespaceSandbox } from '../../../src/builder/exec/namespaces.ts'
import type { LayerForm } from '../../../src/builder/exec/sandbox.ts'
import { contentStore } from '../../../src/media/content-store.ts'
import type { Image, Layer } from '../../../src/oci/views.ts'
import type { BuildEvent } from '../../../src/ports/builder.ts'
import { streamSource } from '../../../src/tar/byte-source.ts'
import { readTar } from '../../../src/tar/read-tar.ts'
import { real } from '../../support/real.ts'
import { needs, promised } from '../../support/skip.ts'
import { busyboxBase } from './busybox-base.ts'

const busybox = real('busybox', { apt: 'busybox-static', version: ['busybox'] })
const root = process.getuid?.() === 0
const options = root ? busybox.options : promised('ci', needs(false, 'RUN as root needs root'))

type Given = Parameters<Fixture['build']>[1]

/** Each case on both ways of having the base's files: mounted as they are, and unpacked. */
const rungs: readonly (readonly [number, LayerForm])[] = [
  [1, 'image'],
  [2, 'folder'],
]

describe.each(rungs)('RUN on rung %i', options, (rung, layers) => {
  let below: Fixture
  let f: Fixture
  let base: Image
  let mountsBefore: readonly string[]
  beforeAll(async () => {
    mountsBefore = overlays()
    below = await fixture()
    base = await busyboxBase(below, busybox.path)
    f = await fixture({ one: '1', 'dir/two': '2', 'dir/sub/three': '3', secret: 'in the context' })
    writeFileSync(join(f.contextDir, 'busybox'), readFileSync(busybox.path), { mode: 0o755 })
  })
  afterAll(async () => {
    await f?.remove()
    await below?.remove()
  })

  it('tells the rung', async () => {
    const lines: string[] = []
    await build('FROM base\nRUN true\n', { emit: (event) => void (event.kind === 'log' && lines.push(event.text)) })
    expect(lines).toEqual([expect.stringMatching(`RUN on rung ${rung}: layers are ${rung === 1 ? 'mounted' : 'unpacked'}`)])
  })

  const build = (text: string, o: Given = {}) => f.build(text, { baseImage: async () => base, sandbox: namespaceSandbox({ layers }), ...o })

  it('makes one layer of many that is the same to whatever stands on it', async () => {
    const text =
      'FROM base\nCOPY dir /dir\nRUN rm -r /dir/sub && echo new > /dir/new && ln /dir/new /dir/again\nRUN rm /dir/new && mkdir -p /gone/x && rm -r /gone && chmod 700 /dir\n'
    const [many, one] = [await build(text), await build(text, { layers: { one: true } })]
    expect([(await many.image.layers()).length, (await one.image.layers()).length]).toEqual([5, 3])
    const look = async (image: Image) => {
      const lines: string[] = []
      const emit = (event: BuildEvent) => void (event.kind === 'log' && lines.push(event.text))
      const list = 'FROM base\nRUN cd / && find dir gone -exec stat -c "%n %a %u %g" {} + 2>/dev/null | sort; cat /dir/again\n'
      await f.build(list, { baseImage: async () => image, sandbox: namespaceSandbox({ layers }), emit, noCache: true })
      return lines.filter((line) => !line.includes('rung'))
    }
    const seen = await look(many.image)
    expect(seen.join('')).toContain('dir/again 644')
    expect(await look(one.image)).toEqual(seen)
  })

  /** What one shell command, as the only RUN, writes. */
  async function output(instructions: string, o: Given = {}): Promise<string[]> {
    const lines: string[] = []
    await build(`FROM base\n${instructions}\n`, {
      noCache: true,
      emit: (event) => void (event.kind === 'log' && event.step !== undefined && lines.push(event.text)),
      ...o,
    })
    return lines
  }

  /** Entries of the last layer. */
  async function layer(instructions: string, o: Given = {}): Promise<string[]> {
    const { image } = await build(`FROM base\n${instructions}\n`, o)
    const last = (await image.layers()).at(-1)
    return last === undefined ? [] : entriesOf(last)
  }

  async function failure(work: Promise<unknown>): Promise<Problem> {
    const error = await work.then(
      () => undefined,
      (reason: unknown) => reason,
    )
    if (!isProblem(error)) throw error ?? new Error('it should have failed')
    return error
  }

  describe('what a command sees', () => {
    const cases: readonly (readonly [string, string, readonly string[]])[] = [
      ['PATH and HOME', 'RUN echo $PATH $HOME', ['/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin /root']],
      ['ENV and ARG', 'ARG A=1\nENV B=2\nARG B=3\nRUN echo $A $B', ['1 3']],
      ['nothing of our own environment', 'RUN env -u PATH | sort', ['HOME=/root', 'PWD=/', 'SHLVL=1']],
      ['a user by name, with all groups', 'USER app\nRUN id; echo $HOME', ['uid=1000(app) gid=1001(app) groups=50(staff),51(wheel),1001(app)', '/home/app']],
      ['a user with a group', 'USER app:staff\nRUN id', ['uid=1000(app) gid=50(staff) groups=50(staff)']],
      ['a user by number', 'USER 1234\nRUN id; echo $HOME', ['uid=1234 gid=0(root) groups=0(root)', '/']],
      ['user and group by number', 'USER 12:34\nRUN id', ['uid=12 gid=34 groups=34']],
      ['a user by a number that is known', 'USER 1000\nRUN id -u; id -g; echo $HOME', ['1000', '1001', '/home/app']],
      ['the working directory', 'WORKDIR /a\nWORKDIR b\nRUN pwd', ['/a/b']],
      ['a shell of its own', 'SHELL ["/bin/sh", "-f", "-c"]\nRUN echo /*', ['/*']],
      ['the exec form, without a shell', 'RUN ["/bin/echo", "$HOME", "two words"]', ['$HOME two words']],
      ['the exec form, through PATH', 'RUN ["echo", "found"]', ['found']],
      ['a here-document', 'RUN <<EOF\necho a\necho $0\nEOF', ['a', '/bin/sh']],
      ['a here-document as a program', 'RUN <<EOF\n#!/bin/cat\ntext\nEOF', ['#!/bin/cat', 'text']],
      ['a here-document for a command', 'RUN cat <<EOF | tr a-z A-Z\nshout\nEOF', ['SHOUT']],
      ['the mask for new files', 'RUN umask', ['0022']],
      ['process number 1, and no others', 'RUN echo $$; echo /proc/[0-9]*', ['1', '/proc/1']],
      ['the host name that BuildKit gives', 'RUN hostname', ['buildkitsandbox']],
      ['no input', 'RUN cat; echo done', ['done']],
      ['no terminal', 'RUN test -t 0 || test -t 1 || echo none', ['none']],
      ['standard output as a file', 'RUN echo out > /dev/stdout; echo err > /dev/stderr; echo t | tee /dev/stderr > /dev/null', ['out', 'err', 't']],
      ['standard output as a file, as a user', 'USER app\nRUN echo out > /dev/stdout', ['out']],
      [
        'devices',
        'RUN cd /dev; ls -d null zero full random urandom tty ptmx fd stdin pts shm | tr "\\n" " "; head -c 3 /dev/zero | wc -c',
        ['fd full null ptmx pts random shm stdin tty urandom zero 3'],
      ],
      ['devices for everybody', 'USER app\nRUN echo x > /dev/null && touch /dev/shm/y && echo ok', ['ok']],
      ['a /sys that cannot be written', 'RUN touch /sys/x 2> /dev/null || echo no; test -d /sys/kernel && echo there', ['no', 'there']],
      ['kernel settings that cannot be written', 'RUN (echo 1 > /proc/sys/kernel/panic) 2> /dev/null || echo no', ['no']],
      ['/tmp for everybody', 'USER app\nRUN touch /tmp/x && stat -c %a /tmp', ['1777']],
      ['name servers and hosts', 'RUN grep -c localhost /etc/hosts; test -e /etc/resolv.conf && echo there', ['2', 'there']],
      ['the rights of Docker', 'RUN grep -E "Cap(Eff|Bnd)" /proc/self/status | cut -f2', ['00000000a80425fb', '00000000a80425fb']],
      ['no right to mount', 'RUN mount -t tmpfs x /mnt 2> /dev/null || echo no', ['no']],
      ['no way out of its root', 'RUN mkdir /x; chroot /x /none 2> /dev/null; cd /; ls ../../.. | grep -c srv', ['1']],
      ['the network of the machine', 'RUN ls /sys/class/net | grep -c lo', ['1']],
      ['no network but loopback', 'RUN --network=none ip -o link | cut -d: -f2; ip -o addr show lo | grep -c 127.0.0.1', [' lo', '1']],
    ]
    it.each(cases)('%s', async (_name, instructions, expected) => {
      expect(await output(instructions)).toEqual(expected)
    })

    it('hosts and name servers that were asked for', async () => {
      const given = { addHosts: [{ name: 'db', address: '10.0.0.7' }], dns: ['10.0.0.53'] }
      expect(await output('RUN grep -w db /etc/hosts; cat /etc/resolv.conf', given)).toEqual(['10.0.0.7\tdb', 'nameserver 10.0.0.53'])
    })
  })

  describe('what a layer holds', () => {
    const cases: readonly (readonly [string, string, readonly string[]])[] = [
      ['nothing, when nothing changed', 'RUN true', []],
      ['a new file with the folders above', 'RUN echo x > /srv/new', ['srv/ 755 0:0', 'srv/new 644 0:0 x']],
      ['a removed file', 'RUN rm /srv/data/a', ['srv/ 755 0:0', 'srv/data/ 755 0:0', 'srv/data/.wh.a 0 0:0']],
      ['a removed folder', 'RUN rm -r /srv/data', ['srv/ 755 0:0', 'srv/.wh.data 0 0:0']],
      [
        'a folder that was removed and made again',
        'RUN rm -r /srv/data && mkdir /srv/data && echo n > /srv/data/a',
        ['srv/ 755 0:0', 'srv/data/ 755 0:0', 'srv/data/.wh.b 0 0:0', 'srv/data/.wh.deep 0 0:0', 'srv/data/a 644 0:0 n'],
      ],
      ['nothing of what was made and removed', 'RUN touch /srv/x && rm /srv/x', []],
      ['a file where a folder was', 'RUN rm -r /srv/data && echo f > /srv/data', ['srv/ 755 0:0', 'srv/data 644 0:0 f']],
      ['hard links', 'RUN echo h > /h1 && ln /h1 /h2', ['h1 644 0:0 h', 'h2 644 0:0 = h1']],
      ['symbolic links, also to nowhere', 'RUN ln -s /none /l && ln -s ../up /srv/m', ['l 777 0:0 -> /none', 'srv/ 755 0:0', 'srv/m 777 0:0 -> ../up']],
      ['setuid, setgid and sticky bits', 'RUN touch /s && chmod 6755 /s && mkdir -m 1777 /t', ['s 6755 0:0', 't/ 1777 0:0']],
      ['owners', 'RUN touch /o && chown app:staff /o', ['o 644 1000:50']],
      ['files of users', 'USER app\nRUN echo m > ~/mine', ['home/ 755 0:0', 'home/app/ 755 1000:1001', 'home/app/mine 644 1000:1001 m']],
      ['a folder of which only the mode changed', 'RUN chmod 700 /srv/data', ['srv/ 755 0:0', 'srv/data/ 700 0:0']],
      ['pipes', 'RUN mkfifo -m 600 /p', ['p 600 0:0']],
      ['devices', 'RUN mknod /d c 1 3', ['d 644 0:0']],
      ['content of a volume', 'VOLUME /vol\nRUN mkdir -p /vol && echo v > /vol/f', ['vol/ 755 0:0', 'vol/f 644 0:0 v']],
      ['a file with a name of many bytes', `RUN touch "/${'ä'.repeat(120)}"`, [`${'ä'.repeat(120)} 644 0:0`]],
      ['no mount points', 'RUN --mount=type=tmpfs,target=/m/n/o touch /m/n/o/x', []],
      ['what was put beside a mount point', 'RUN --mount=type=tmpfs,target=/m/n touch /m/x', ['m/ 755 0:0', 'm/x 644 0:0']],
    ]
    it.each(cases)('%s', async (_name, instructions, expected) => {
      expect(await layer(instructions)).toEqual(expected)
    })

    it('no file of the sandbox, from scratch either', async () => {
      const { image } = await build('FROM scratch\nCOPY busybox /busybox\nRUN ["/busybox", "touch", "/x"]\n')
      expect(await Promise.all((await image.layers()).slice(1).map(entriesOf))).toEqual([['x 644 0:0']])
    })

    it('large files, whole', async () => {
      const { image } = await build('FROM base\nRUN dd if=/dev/zero of=/big bs=1M count=300 2> /dev/null\n')
      const last = (await image.layers()).at(-1)
      expect((await last?.descriptor())?.size).toBeLessThan(2_000_000)
      let size = 0
      for await (const chunk of (await last?.uncompressed({ signal: new AbortController().signal })) ?? []) size += (chunk as Buffer).length
      expect(size).toBeGreaterThan(300 * 1024 * 1024)
    })

    it('capabilities of programs, also for later instructions and other stages', async () => {
      const setcap = real('setcap', { apt: 'libcap2-bin', version: ['-h'] })
      expect(setcap.missing).toBeUndefined()
      // The machine's own setcap, with its libraries, inside the image.
      const library = execFileSync('/usr/bin/ldd', [setcap.path], { encoding: 'utf8' }).match(/\/\S+/g) ?? []
      for (const file of [setcap.path, ...library])
        execFileSync('/usr/bin/install', ['-D', execFileSync('realpath', [file], { encoding: 'utf8' }).trim(), join(f.contextDir, 'tool', file)])
      const { image } = await build(
        `FROM base\nCOPY tool /\nRUN cp /bin/busybox /ping && ${setcap.path} cap_net_raw+ep /ping\nRUN ${setcap.path} -v cap_net_raw+ep /ping\nFROM scratch\nCOPY --from=0 /ping /copied\n`,
      )
      const signal = new AbortController().signal
      const attributes: unknown[] = []
      const made = (await image.layers())[0] as Layer
      for await (const { entry } of readTar(streamSource(await made.uncompressed({ signal })), { signal }))
        attributes.push([entry.path, [...(entry.xattrs?.keys() ?? [])]])
      expect(attributes).toEqual([['copied', ['security.capability']]])
    })
  })

  describe('stages and the cache', () => {
    it('copies from a stage that ran commands, links and owners kept', async () => {
      const text =
        'FROM base AS make\nRUN mkdir /out && echo o > /out/f && ln /out/f /out/g && ln -s f /out/l && chown 7:8 /out/f\nFROM scratch\nCOPY --from=make /out/ /\n'
      const { image } = await build(text)
      expect(await Promise.all((await image.layers()).map(entriesOf))).toEqual([['f 644 7:8 o', 'g 644 7:8 = f', 'l 777 0:0 -> f']])
    })

    it('goes on from a stage, from a removed file, and over more than a hundred layers', async () => {
      const steps = Array.from({ length: 130 }, (_, i) => `RUN echo ${i} > /n && touch /f${i}`).join('\n')
      expect(await output(`RUN rm /srv/data/a\n${steps}\nRUN cat /n; ls /srv/data; ls / | grep -c ^f`)).toEqual(['129', 'b', 'deep', '130'])
    })

    it('runs stages side by side', async () => {
      const stage = (name: string, other: string) =>
        `FROM base AS ${name}\nRUN --mount=type=cache,id=meet,target=/c touch /c/${name}; for i in $(seq 100); do test -e /c/${other} && exit; sleep 0.1; done; exit 1\n`
      await build(`${stage('left', 'right')}${stage('right', 'left')}FROM scratch\nCOPY --from=left /etc/passwd /l\nCOPY --from=right /etc/passwd /r\n`)
    }, 60_000)

    it('executes nothing when nothing has changed, also after the folders are gone', async () => {
      const text = 'FROM base\nCOPY dir /d\nRUN cat /proc/sys/kernel/random/uuid > /id\nRUN cp /id /id2\n'
      const first = await build(text)
      const again = await build(text)
      expect(await again.image.digest()).toBe(await first.image.digest())
      expect(again.cachedLayers).toBe(3)
      execFileSync('rm', ['-rf', join(f.storeDir, 'build', 'snapshots')])
      expect(await (await build(text)).image.digest()).toBe(await first.image.digest())
      const longer = await build(`${text}RUN cmp /id /id2 && cat /d/two > /d/new\n`)
      expect(longer.cachedLayers).toBe(3)
      writeFileSync(join(f.contextDir, 'dir/two'), 'changed')
      expect((await build(text)).cachedLayers).toBe(0)
    })

    it('reads changes of a RUN in the instructions after it', async () => {
      const text =
        'FROM base\nRUN mkdir -p /real/x && ln -s real /link && echo who:x:77:78::/h:/bin/sh >> /etc/passwd\nCOPY one /link/x/\nCOPY --chown=who one /two\n'
      const { image } = await build(text)
      const layers = await Promise.all((await image.layers()).slice(-2).map(entriesOf))
      expect(layers.map((lines) => lines.at(-1))).toEqual(['real/x/one 644 0:0 1', 'two 644 77:78 1'])
    })
  })

  describe('mounts', () => {
    it('binds the context without what is ignored, read-only, and knows when it changes', async () => {
      const text = 'RUN --mount=target=/ctx ls /ctx /ctx/dir; stat -c %u /ctx/one; touch /ctx/x 2> /dev/null || echo no'
      const dockerignore = { name: '.dockerignore', text: 'secret\nbusybox\ntool\n' }
      expect(await output(text, { dockerignore })).toEqual(['/ctx:', 'dir', 'one', '', '/ctx/dir:', 'sub', 'two', '0', 'no'])
      const cached = (await build(`FROM base\n${text}\n`, { dockerignore })).cachedLayers
      writeFileSync(join(f.contextDir, 'one'), 'other')
      expect([cached, (await build(`FROM base\n${text}\n`, { dockerignore })).cachedLayers]).toEqual([1, 0])
    })

    it('binds a file, and writes that are lost', async () => {
      expect(
        await output(
          'RUN --mount=source=dir/sub/three,target=/etc/three cat /etc/three; echo\nRUN --mount=source=dir,target=/m,rw echo lost > /m/new && ls /m\nRUN ls /m /etc/three 2> /dev/null || echo gone',
        ),
      ).toEqual(['3', 'new', 'sub', 'two', 'gone'])
    })

    it('binds from a stage and from an image', async () => {
      const text =
        'FROM base AS one\nRUN mkdir /out && echo made > /out/f && ln -s /out /l\nFROM base\nRUN --mount=from=one,source=/l,target=/in cat /in/f; (echo x > /in/f) 2> /dev/null || echo no\nRUN --mount=from=other/image,source=/srv,target=/in ls /in\n'
      const lines: string[] = []
      await build(text, { noCache: true, emit: (event) => void (event.kind === 'log' && lines.push(event.text)) })
      expect(lines.filter((line) => !line.startsWith('['))).toEqual(['made', 'no', 'data'])
    })

    it('keeps a cache between builds, by id, in no layer', async () => {
      const text = 'RUN --mount=type=cache,target=/c,id=kept,uid=1000,mode=700 echo x >> /c/f; wc -l < /c/f; stat -c "%u %a" /c'
      expect([...(await output(text)), ...(await output(text))]).toEqual(['1', '1000 700', '2', '1000 700'])
      expect(await layer(text)).toEqual([])
    })

    it('lets one at a time into a locked cache', async () => {
      const stage = (name: string) =>
        `FROM base AS ${name}\nRUN --mount=type=cache,target=/lock,sharing=locked,id=lock mkdir /lock/busy && sleep 0.3 && rmdir /lock/busy && touch /${name}\n`
      await build(`${stage('a')}${stage('b')}${stage('c')}FROM scratch\nCOPY --from=a /a /\nCOPY --from=b /b /\nCOPY --from=c /c /\n`)
    })

    it('hands over secrets as files and variables, and keeps them out of everything', async () => {
      const secrets = new Map([['token', Buffer.from('sEcReT-77')]])
      const text =
        'RUN --mount=type=secret,id=token cat /run/secrets/token; stat -c " %a %u" /run/secrets/token\nRUN --mount=type=secret,id=token,env=T echo $T; env | grep -c sEcReT\nUSER app\nRUN --mount=type=secret,id=token,target=/s,uid=1000 cat /s; echo'
      expect(await output(text, { secrets })).toEqual(['sEcReT-77 400 0', 'sEcReT-77', '1', 'sEcReT-77'])
      expect((await layer('RUN --mount=type=secret,id=token cp /run/secrets/token /dev/shm/x', { secrets })).join()).not.toContain('run')
      const found = execFileSync('sh', ['-c', `grep -rl sEcReT-77 ${f.storeDir} || true`], { encoding: 'utf8' })
      expect(found).toBe('')
    })

    it('goes without a secret that is not required', async () => {
      expect(await output('RUN --mount=type=secret,id=none test -e /run/secrets/none || echo none')).toEqual(['none'])
    })

    it('gives the socket of an agent', async () => {
      const socket = join(f.storeDir, 'agent.sock')
      const server = createServer((peer) => peer.end('agent here\n')).listen(socket)
      await new Promise((listening) => server.once('listening', listening))
      try {
        expect(
          await output('RUN --mount=type=ssh test -S $SSH_AUTH_SOCK && echo $SSH_AUTH_SOCK', { ssh: new Map([['default', { kind: 'agent', socket }]]) }),
        ).toEqual(['/run/buildkit/ssh_agent.0'])
      } finally {
        server.close()
      }
    })

    it('limits a tmpfs', async () => {
      expect(await output('RUN --mount=type=tmpfs,target=/t,size=1m dd if=/dev/zero of=/t/x bs=1M count=4 2> /dev/null || echo full')).toEqual(['full'])
    })
  })

  describe('failing', () => {
    it('tells exit code, place and command', async () => {
      const error = await failure(build('FROM base\nARG X=1\nRUN seq 1 50; \\\n  exit 42\n'))
      expect(error.diagnostic).toMatchObject({ code: 'BUILD_RUN_FAILED', at: { line: 3 } })
      expect(error.message).toMatch(/exit code 42\.$/)
      expect((await failure(build("FROM base\nRUN sh -c 'kill -9 $$'; exit $?\n"))).message).toContain('137')
    })

    it('says what cannot be started', async () => {
      expect((await failure(build('FROM base\nRUN ["nothing"]\n'))).message).toContain('the image has no nothing')
      expect((await failure(build('FROM scratch\nCOPY one /one\nRUN true\n'))).message).toContain('/bin/sh')
      expect((await failure(build('FROM base\nRUN ["/etc/passwd"]\n'))).message).toContain('may not be executed')
    })

    it('ends all processes on abort, also those that do not want to, and leaves nothing', async () => {
      const abort = new AbortController()
      const mark = `sleep 9${process.pid}`
      const text = `FROM base\nRUN trap "" TERM INT HUP; echo ready; setsid ${mark} & ${mark}\n`
      const emit = (event: { kind: string; text?: string }) => void (event.text === 'ready' && setTimeout(() => abort.abort(new Error('enough')), 100))
      await expect(build(text, { signal: abort.signal, emit: emit as never })).rejects.toThrow('enough')
      expect(processes(mark)).toEqual([])
    })

    it('leaves nothing when the builder itself is killed, and sweeps its folder at the next start', async () => {
      const mark = `sleep 8${process.pid}`
      const script = fileURLToPath(import.meta.resolve('./build-in-process.ts'))
      const child = spawn(process.execPath, [script, f.contextDir, f.storeDir, `RUN echo ready; ${mark}`, layers], { stdio: ['ignore', 'pipe', 'inherit'] })
      await new Promise<void>((ready) => child.stdout.on('data', (chunk: Buffer) => chunk.toString().includes('ready\n') && ready()))
      const closed = new Promise((resolve) => child.on('close', resolve))
      try {
        await expect.poll(() => processes(mark)).toHaveLength(1)
      } finally {
        child.kill('SIGKILL')
        await closed
      }
      await expect.poll(() => processes(mark)).toEqual([])
      expect(readdirSync(join(f.storeDir, 'build', 'runs'))).toHaveLength(1)
      await contentStore(f.storeDir).sweep({ beforeMs: Date.now() })
      await build('FROM base\nRUN true\n')
    })
  })

  it('has left no mount, no process, no folder', () => {
    expect(readFileSync('/proc/self/mounts', 'utf8')).not.toContain(f.storeDir)
    expect(overlays()).toEqual(mountsBefore)
    expect(readdirSync(join(f.storeDir, 'build', 'runs'))).toEqual([])
    expect(existsSync(join(f.storeDir, 'ingest')) ? readdirSync(join(f.storeDir, 'ingest')) : []).toEqual([])
    expect(processes(f.storeDir)).toEqual([])
  })
})

/** But for those of daemons that other tests start. */
function overlays(): readonly string[] {
  return readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('overlay') && !/docker|containerd/.test(line))
}

/** Command lines of the machine's processes that hold the text. */
function processes(text: string): string[] {
  return readdirSync('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return []
    try {
      const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
      return line.startsWith(text) ? [line] : []
    } catch {
      return []
    }
  })
}
