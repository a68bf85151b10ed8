/**
 * An index of two CPUs with a RUN in it, by an ordinary user: qemu is registered with binfmt_misc in a user namespace only, so that the machine stays as it is.
 * Without a handler it is refused, with both names. Needs root, which becomes others, and Linux 6.7.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { arch, tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { assemble } from '../../../src/builder/exec/machine/program.ts'
import { call, type Step, slot } from '../../../src/builder/exec/machine/step.ts'
import { openArchive } from '../../../src/media/open-archive.ts'
import type { Image } from '../../../src/oci/views.ts'
import { streamSource } from '../../../src/tar/byte-source.ts'
import { readTar } from '../../../src/tar/read-tar.ts'
import { root as project } from '../../../tools/support/root.ts'
import { real } from '../../support/real.ts'
import { needs, promised } from '../../support/skip.ts'

const qemu = real('qemu-aarch64-static', { apt: 'qemu-user-static' })
const uidmap = real('newuidmap', { apt: 'uidmap', version: ['newuidmap'] })
const ownHandlers = 'mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc'
const able = process.getuid?.() === 0 && spawnSync('unshare', ['--user', '--map-root-user', '--mount', 'sh', '-c', ownHandlers]).status === 0
const missing =
  qemu.missing ?? uidmap.missing ?? (arch() !== 'x64' ? 'the machine is no x86-64' : able ? undefined : 'a user namespace cannot have handlers of its own')

const handler = String.raw`:qemu-aarch64:M::\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00:\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff:`
const withHandler = `${ownHandlers} && printf '%s' "$1" > /proc/sys/fs/binfmt_misc/register && shift && exec "$@"`
const withRanges = 'for f in /etc/subuid /etc/subgid; do mount --bind "$1" $f; done; shift; exec "$@"'
const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups']

const dockerfile = `FROM scratch
ARG TARGETARCH
COPY tell-\${TARGETARCH} /tell
RUN ["/tell"]
`

/** Makes /told with the name of the CPU in it, and gives it away. */
function tell(cpu: string): readonly Step[] {
  return [
    call('openat', [-100, '/told', 0o1101, 0o640], 'make a file', { save: 'file' }),
    call('write', [slot('file'), cpu, cpu.length], 'write'),
    call('fchown', [slot('file'), 33, 44], 'give it away'),
    call('exit_group', [0], 'end'),
  ]
}

describe('a RUN for another CPU', promised('ci', needs(missing === undefined, missing ?? '')), () => {
  let folder: string
  let context: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'slipway-foreign-'))
    chmodSync(folder, 0o755)
    context = join(folder, 'context')
    mkdirSync(context)
    writeFileSync(join(context, 'Dockerfile'), dockerfile)
    writeFileSync(join(context, 'tell-amd64'), assemble(tell('amd64'), 'x64'), { mode: 0o755 })
    writeFileSync(join(context, 'tell-arm64'), assemble(tell('arm64'), 'arm64'), { mode: 0o755 })
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  const build = (home: string) => {
    mkdirSync(home)
    execFileSync('chown', ['65534:65534', home])
    const cli = [process.execPath, '--disable-warning=ExperimentalWarning', join(project, 'src/main/cli.ts')]
    const image = join(home, 'image.tar')
    const args = ['build', '--progress', 'plain', '--platform', 'linux/amd64,linux/arm64', '-t', 'a:1', '-o', `type=oci,dest=${image}`, context]
    return { image, words: [...nobody, ...cli, ...args], env: { PATH: process.env['PATH'] ?? '', HOME: home, SLIPWAY_HOME: join(home, 'data') } }
  }

  it.each([3, 4] as const)('works on rung %i where an interpreter is registered: each image is what it is called', { timeout: 300_000 }, async (rung) => {
    const { image, words, env } = build(join(folder, `home-${rung}`))
    const ranges = join(folder, `ranges-${rung}`)
    writeFileSync(ranges, rung === 3 ? 'nobody:200000:65536\n' : '', { mode: 0o644 })
    const inside = ['sh', '-c', withHandler, 'sh', `${handler}${qemu.path}:F`, 'sh', '-c', withRanges, 'sh', ranges, ...words]
    const { code, said } = await inOwnNamespace(inside, env)
    expect({ code, said: code === 0 ? '' : said }).toEqual({ code: 0, said: '' })
    expect(said).toContain(`RUN on rung ${rung}`)
    expect(await toldBy(image)).toEqual(['amd64: told 33:44 amd64', 'arm64: told 33:44 arm64'])
  })

  it('is refused before anything is built where none is, with the names of both CPUs', async () => {
    const { words, env } = build(join(folder, 'home-without'))
    const [program = '', ...args] = words
    const { status, stdout, stderr } = spawnSync(program, args, { env, encoding: 'utf8' })
    expect({ status, said: stdout + stderr }).toEqual({ status: 1, said: expect.stringMatching(/linux\/arm64.*linux\/amd64.*BUILD_RUN_FOREIGN/) })
    expect(stdout + stderr).not.toMatch(/^#\d+ /m)
  })
})

/** All ids are there, and what is registered is registered here only. */
async function inOwnNamespace(
  words: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ readonly code: number | null; readonly said: string }> {
  const child = spawn('unshare', ['--user', '--mount', 'sh', '-c', 'read go; exec "$@"', 'sh', ...words], { env, stdio: ['pipe', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  await mapAll(child)
  child.stdin.end('go\n')
  return { code: await ended, said }
}

async function mapAll({ pid, exitCode }: ChildProcess): Promise<void> {
  const own = readlinkSync('/proc/self/ns/user')
  while (exitCode === null && readlinkSync(`/proc/${pid}/ns/user`) === own) await pause(5)
  for (const map of ['uid_map', 'gid_map']) writeFileSync(`/proc/${pid}/${map}`, '0 0 4294967295')
}

/** Of each image: its CPU, and what its last layer says about /told. */
async function toldBy(file: string): Promise<readonly string[]> {
  const signal = new AbortController().signal
  const archive = await openArchive(file, { signal })
  const told: string[] = []
  try {
    for (const { view } of archive.images) {
      const images = view.kind === 'image' ? [view] : await Promise.all((await view.children()).map((child) => child.open()))
      for (const image of images as readonly Image[]) {
        const { architecture } = await image.config()
        const last = (await image.layers()).at(-1)
        if (last === undefined) continue
        for await (const { entry, body } of readTar(streamSource(await last.uncompressed({ signal })), { signal })) {
          if (entry.kind !== 'file') continue
          let text = ''
          for await (const chunk of body()) text += chunk.toString()
          told.push(`${architecture}: ${entry.path} ${entry.uid}:${entry.gid} ${text}`)
        }
      }
    }
  } finally {
    await archive.close()
  }
  return told.sort()
}
