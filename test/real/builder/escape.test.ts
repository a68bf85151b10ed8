/**
 * A hostile RUN on every rung: what it tries, and what came of it. docs/sandbox.md says the same in words. Needs root, and a compiler for the program that tries.
 */
import { execFileSync, spawn } from 'node:child_process'
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { real } from '../../support/real.ts'
import { needs, promised } from '../../support/skip.ts'
import { homeOf, type RungNumber, slipwayOn } from './on-rung.ts'

const busybox = real('busybox', { apt: 'busybox-static', version: ['busybox'] })
const compiler = real('gcc', { apt: 'gcc' })
const uidmap = real('newuidmap', { apt: 'uidmap', version: ['newuidmap'] })
const isRoot = process.getuid?.() === 0
const missing = isRoot ? (busybox.missing ?? compiler.missing) : 'becoming another user needs root'

/** What is not kept from a RUN, by rung. Everything else has to fail. */
const open: Readonly<Record<RungNumber, readonly string[]>> = {
  // The first process is the command itself.
  1: ['trace the first process', 'memory of the first process', 'abstract socket'],
  2: ['trace the first process', 'memory of the first process', 'abstract socket'],
  3: ['trace the first process', 'memory of the first process', 'abstract socket'],
  // Here it is the keeper.
  4: ['abstract socket'],
  5: ['trace the first process', 'memory of the first process', 'abstract socket'],
  // In a container its device rules, its /proc and its processes are all there is to reach.
  6: ['core_pattern', 'file by chroot', 'signal a process', 'abstract socket'],
}

describe('a hostile RUN', promised('ci', needs(missing === undefined, missing ?? '')), () => {
  let folder: string
  let victim: ReturnType<typeof spawn>
  const servers: Server[] = []
  const abstract = `slipway-escape-${process.pid}`
  let marker = ''
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'slipway-escape-'))
    chmodSync(folder, 0o755)
    marker = join(folder, 'marker')
    writeFileSync(marker, 'of the machine')
    mkdirSync(join(folder, 'context'))
    copyFileSync(busybox.path, join(folder, 'context', 'busybox'))
    const source = fileURLToPath(import.meta.resolve('./escape.c'))
    execFileSync(compiler.path, ['-static', '-O1', '-o', join(folder, 'context', 'escape'), source], { stdio: 'inherit' })
    victim = spawn('sleep', ['1000'], { stdio: 'ignore' })
    for (const path of [`\0${abstract}`, join(folder, 'socket')]) {
      const server = createServer((peer) => peer.end()).listen(path)
      await new Promise((listening) => server.once('listening', listening))
      servers.push(server)
    }
    chmodSync(join(folder, 'socket'), 0o777)
  })
  afterAll(() => {
    for (const server of servers) server.close()
    victim?.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  })

  function writeDockerfile(name: string, instructions: string): string {
    const context = join(folder, 'context')
    writeFileSync(
      join(context, name),
      `FROM scratch\nCOPY busybox /bin/busybox\nCOPY escape /escape\nRUN ["/bin/busybox", "sh", "-c", "/bin/busybox --install -s /bin"]\n${instructions}`,
    )
    return join(context, name)
  }

  const rungs = [1, 2, 3, 4, 5, 6] as const
  const optionsOf = (rung: RungNumber) => (rung === 3 ? uidmap.options : {})

  for (const rung of rungs) {
    it(`on rung ${rung} gets no further than is known`, { ...optionsOf(rung), timeout: 60_000 }, async () => {
      const [major = '0', minor = '0'] = diskOf()
      const words = [major, minor, victim.pid, marker, abstract, join(folder, 'socket')].join(' ')
      const mounts = '--mount=type=cache,target=/cache --mount=target=/bound,rw'
      const file = writeDockerfile(`Dockerfile.${rung}`, `RUN ${mounts} /escape ${words}\n`)
      const { code, said, seen } = await slipwayOn(rung, folder, ['build', '--progress', 'plain', '-t', 'a:1', '-f', file, join(folder, 'context')])
      expect({ code, said: code === 0 ? '' : said }).toEqual({ code: 0, said: '' })
      expect(said).toContain(`RUN on rung ${rung}`)
      expect(seen.length).toBeGreaterThan(35)
      expect(seen.filter((line) => line.endsWith(' ok')).map((line) => line.slice(0, -3))).toEqual(open[rung])
      expect(seen.at(-1)).toBe('descriptors 0')
      expect(victim.exitCode).toBeNull()
    })

    it(`on rung ${rung} leads no instruction out of its root by links, and takes no secret along`, { ...optionsOf(rung), timeout: 60_000 }, async () => {
      const outside = join(folder, `outside-${rung}`)
      mkdirSync(join(outside, 'sub'), { recursive: true })
      chmodSync(outside, 0o777)
      chmodSync(join(outside, 'sub'), 0o777)
      for (const name of ['hosts', 'resolv.conf', 'kept']) writeFileSync(join(outside, name), 'of the machine', { mode: 0o666 })
      const before = statSync(outside).mtimeMs
      const up = `/..${'/..'.repeat(20)}${outside}`
      const file = writeDockerfile(
        `Dockerfile.links-${rung}`,
        `RUN mkdir -p ${outside}; ln -s ${outside} /absolute; ln -s ${up} /relative
COPY busybox /absolute/by-copy
COPY busybox /relative/by-copy
WORKDIR /absolute/by-workdir
RUN --mount=type=cache,target=/absolute/by-cache --mount=type=secret,id=s,target=/relative/by-secret touch /absolute/by-cache/x
RUN --mount=type=secret,id=s mkdir /away; mv /run/secrets /away/ 2>/dev/null; mv /run/secrets/s /away/one 2>/dev/null; mv /etc /etc-old 2>/dev/null; ln -s ${outside} /etc 2>/dev/null; mv /run /run-old 2>/dev/null; ln -s ${outside} /run 2>/dev/null; true
RUN --mount=type=cache,target=/c/d mv /c /elsewhere 2>/dev/null; ln -s ${outside} /c 2>/dev/null; true
RUN if grep -rq xq[1]7 /away /etc-old /run-old /elsewhere 2>/dev/null; then echo seen the secret; fi; echo seen the end
`,
      )
      const secret = join(folder, 'secret')
      writeFileSync(secret, 'xq17', { mode: 0o644 })
      const args = ['build', '--progress', 'plain', '-t', 'a:1', '--secret', `id=s,src=${secret}`, '-f', file, join(folder, 'context')]
      const { code, said, seen } = await slipwayOn(rung, folder, args)
      expect({ code, said: code === 0 ? '' : said }).toEqual({ code: 0, said: '' })
      expect(seen).toEqual(['the end'])
      expect(['hosts', 'resolv.conf', 'kept'].map((name) => readFileSync(join(outside, name), 'utf8'))).toEqual(Array(3).fill('of the machine'))
      expect(['by-copy', 'by-workdir', 'by-cache', 'by-secret', 'd'].filter((name) => existsSync(join(outside, name)))).toEqual([])
      expect(statSync(outside).mtimeMs).toBe(before)
      const found = execFileSync('sh', ['-c', 'grep -rl xq17 "$1" || true', 'sh', join(homeOf(rung, folder), 'data')], { encoding: 'utf8' })
      expect(found).toBe('')
    })
  }
})

/** Where the machine's own files lie. */
function diskOf(): readonly string[] {
  const line = readFileSync('/proc/self/mountinfo', 'latin1')
    .split('\n')
    .find((text) => text.split(' ')[4] === '/')
  return line?.split(' ')[2]?.split(':') ?? []
}
