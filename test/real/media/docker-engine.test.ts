/** A real Docker Engine loads our archive and saves it again: same configuration, same files, whatever form it saves in. */
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DockerEngine, dockerEngine } from '../../../src/docker-api/engine.ts'
import { chooseImage } from '../../../src/media/archive.ts'
import { contentStore } from '../../../src/media/content-store.ts'
import { openArchive } from '../../../src/media/open-archive.ts'
import { archiveStream } from '../../../src/media/write-archive.ts'
import { digestOf } from '../../../src/oci/digest.ts'
import { parseRef } from '../../../src/oci/ref.ts'
import { validate } from '../../../src/oci/validate.ts'
import { withoutZstd } from '../../../src/oci/without-zstd.ts'
import { madeImage } from '../../support/made-image.ts'
import { real } from '../../support/real.ts'
import { needs } from '../../support/skip.ts'
import { type DockerDaemon, startDockerDaemon } from './docker-daemon.ts'

const daemonProgram = real('dockerd', { apt: 'docker.io' })
const root = process.getuid?.() === 0
const able = daemonProgram.missing === undefined && root
const o = { signal: new AbortController().signal }

describe('a real Docker Engine', needs(able, daemonProgram.missing ?? 'dockerd needs root'), () => {
  let daemon: DockerDaemon
  let engine: DockerEngine
  let dir: string
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'engine-test-'))
    daemon = await startDockerDaemon(daemonProgram.path)
    engine = dockerEngine(daemon.host)
  }, 60_000)
  afterAll(async () => {
    await engine?.close()
    await daemon?.stop()
    rmSync(dir, { recursive: true, force: true })
  })

  it('says what it is', async () => {
    expect(await engine.facts(o)).toEqual({
      version: expect.stringMatching(/^\d+\./),
      api: expect.stringMatching(/^1\.\d+$/),
      os: 'linux',
      architecture: expect.any(String),
    })
  })

  const forms = (['docker', 'oci'] as const).flatMap((format) => (['gzip', 'zstd', 'none'] as const).map((compression) => [format, compression] as const))
  it.each(forms)('loads an image of ours (%s, layers in %s) and saves it again', async (format, compression) => {
    const image = await madeImage(
      [
        { files: { 'a/one': `${format} ${compression}` }, compression },
        { files: { two: 'two' }, compression },
      ],
      { format },
    )
    const name = `acme/${format}:${compression}`
    const ref = parseRef(name)
    const readable = Number((await engine.facts(o)).api.split('.')[1]) < 42 ? await withoutZstd(image, o) : image
    const names = await engine.load(await archiveStream([{ view: readable, refs: ref.ok ? [ref.value] : [] }], o), o)
    expect(names).toEqual([name])
    const { diff_ids: diffIds } = (await image.config()).rootfs
    expect(await engine.inspect(name, o)).toMatchObject({ tags: [name], os: 'linux', architecture: 'amd64', diffIds })
    expect((await engine.list(o)).flatMap(({ tags }) => tags)).toContain(name)

    const saved = join(dir, `${format}-${compression}.tar`)
    await pipeline(await engine.save([name], o), createWriteStream(saved))
    const archive = await openArchive(saved, { ...o, spool: contentStore(join(dir, 'spool'), { durability: 'fast' }) })
    const { view } = chooseImage(archive)
    expect(await validate(view, o)).toEqual([])
    expect(view.kind === 'image' && digestOf(await view.configBytes())).toBe(digestOf(await image.configBytes()))
    await archive.close()
  })

  it('says so when it has no such image, or is given no archive', async () => {
    expect(await engine.inspect('acme/none:1', o)).toBeUndefined()
    await expect(engine.save(['acme/none:1'], o)).rejects.toMatchObject({ code: 'DOCKER_NO_SUCH_IMAGE' })
    const nonsense = engine.load(Readable.from([Buffer.alloc(20_480)], { objectMode: false }), o)
    await expect(nonsense).rejects.toMatchObject({ code: expect.stringMatching(/^DOCKER_(LOAD_FAILED|REFUSED)$/) })
  })
})
