/** RUN by root of a user namespace, with many ids and with one. */
import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Fixture, fixture } from '../../../src/builder/build-fixture.ts'
import { real } from '../../support/real.ts'
import { needs, promised } from '../../support/skip.ts'

const busybox = real('busybox', { apt: 'busybox-static', version: ['busybox'] })
const options = process.getuid?.() === 0 ? busybox.options : promised('ci', needs(false, 'RUN as root needs root'))

describe('RUN in a user namespace', options, () => {
  let f: Fixture
  beforeAll(async () => {
    f = await fixture()
    writeFileSync(join(f.contextDir, 'busybox'), readFileSync(busybox.path), { mode: 0o755 })
  })
  afterAll(() => f?.remove())

  /** Exit code and output of a build by root of a namespace that has this many ids. The map has to be there before the builder starts. */
  async function inNamespace(ids: number, instructions: string): Promise<{ code: number | null; out: string }> {
    const script = fileURLToPath(import.meta.resolve('./build-in-process.ts'))
    const args = [process.execPath, script, f.contextDir, join(f.storeDir, `ids${ids}`), instructions]
    const child = spawn('/usr/bin/unshare', ['--user', '/bin/sh', '-c', 'echo ready; read go; exec "$@"', 'sh', ...args], { stdio: 'pipe' })
    let out = ''
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk
      if (out !== 'ready\n') return
      for (const map of ['uid_map', 'gid_map']) writeFileSync(`/proc/${child.pid}/${map}`, `0 0 ${ids}\n`)
      child.stdin.end('go\n')
    })
    child.stderr.on('data', (chunk: Buffer) => {
      out += chunk
    })
    const code = await new Promise<number | null>((closed) => child.on('close', closed))
    return { code, out }
  }
  const text = 'RUN id -u; mkdir /d && touch /d/x && ln /d/x /d/y\nRUN rm -r /d && mkdir /d && ls /d | wc -l && echo z > /dev/null && touch /d/z\nRUN ls /d; '

  it('with many ids does all that commands want', async () => {
    const { code, out } = await inNamespace(65536, `${text}chown 5:6 /d/z && stat -c %u:%g /d/z`)
    expect([code, out.split('\n').filter((line) => !line.startsWith('['))]).toEqual([0, ['ready', '0', '0', 'z', '5:6', '']])
  })

  it('with one id does the same: owners are kept for it', async () => {
    const { code, out } = await inNamespace(1, `${text}chown 5:6 /d/z && stat -c %u:%g /d/z`)
    expect([code, out]).toEqual([0, expect.stringContaining('5:6\n')])
  })
})
