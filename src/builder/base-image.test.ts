/** Building on a base image: what is taken over, what is not downloaded, and what has to be looked up in it. */
import { afterEach, describe, expect, it } from 'vitest'
import type { Image, Layer } from '../oci/views.ts'
import { entriesOf, type Files, type Fixture, fixture } from './build-fixture.ts'

const open: Fixture[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one.remove()
})

async function start(files: Files = {}): Promise<Fixture> {
  const made = await fixture(files)
  open.push(made)
  return made
}

/** An image as a base, and how often its layers were read. */
async function base(dockerfile: string, files: Files = {}) {
  const { image } = await (await start(files)).build(dockerfile)
  const reads = { count: 0 }
  const counted = (layer: Layer): Layer => ({
    ...layer,
    compressed: (o) => {
      reads.count++
      return layer.compressed(o)
    },
    uncompressed: (o) => {
      reads.count++
      return layer.uncompressed(o)
    },
  })
  const watched: Image = { ...image, layers: async () => (await image.layers()).map(counted) }
  return { reads, image, baseImage: async () => watched }
}

const passwd = 'root:x:0:0:root:/root:/bin/sh\napp:x:1000:1001::/home/app:/bin/sh\n'
const group = 'root:x:0:\nstaff:x:50:\n'

describe('a base image', () => {
  it('is referenced, not read, by copies to well-known folders', async () => {
    const f = await start({ server: 'S', 'my.conf': 'C' })
    const { reads, image, baseImage } = await base('FROM scratch\nCOPY passwd /etc/passwd\n', { passwd })
    const built = await f.build('FROM base\nCOPY server /usr/local/bin/\nCOPY my.conf /etc/app.conf\nCMD ["server"]\n', { baseImage })
    expect(reads.count).toBe(0)
    const layers = await built.image.layers()
    expect(await layers[0]?.diffId()).toBe(await (await image.layers())[0]?.diffId())
    expect(await Promise.all(layers.slice(1).map(entriesOf))).toEqual([
      ['usr/ 755 0:0', 'usr/local/ 755 0:0', 'usr/local/bin/ 755 0:0', 'usr/local/bin/server 644 0:0 S'],
      ['etc/ 755 0:0', 'etc/app.conf 644 0:0 C'],
    ])
    expect((await built.image.config()).history).toHaveLength(4)
  })

  it('hands on its configuration; a new ENTRYPOINT drops its CMD, a CMD after it stays', async () => {
    const f = await start()
    const { baseImage } = await base('FROM scratch\nENV A=1\nEXPOSE 80\nUSER 5\nENTRYPOINT ["e"]\nCMD ["c"]\nONBUILD LABEL from=trigger\n')
    const one = (await f.build('FROM base\nENV A=2 B=$A\nENTRYPOINT ["x"]\n', { baseImage })).image
    expect((await one.config()).config).toMatchObject({ User: '5', ExposedPorts: { '80/tcp': {} }, Entrypoint: ['x'], Labels: { from: 'trigger' } })
    expect((await one.config()).config?.Env?.slice(1)).toEqual(['A=2', 'B=1'])
    expect((await one.config()).config).not.toHaveProperty('Cmd')
    expect((await one.config()).config).not.toHaveProperty('OnBuild')
    const two = (await f.build('FROM base\nCMD ["y"]\nENTRYPOINT ["x"]\n', { baseImage })).image
    expect((await two.config()).config?.Cmd).toEqual(['y'])
  })

  it('is asked where a folder may be there already: its mode and owner stay', async () => {
    const f = await start({ a: 'A' })
    const { reads, baseImage } = await base('FROM scratch\nCOPY --chown=9:9 --chmod=700 home /home/\nCOPY a /home/app/a\n', { 'home/app/': '', a: '1' })
    const { image } = await f.build('FROM base\nWORKDIR /home/app\nCOPY a .\nCOPY a /new/\n', { baseImage })
    expect(reads.count).toBe(2)
    await f.build('FROM base\nWORKDIR /home/app/new\n', { baseImage })
    expect(reads.count).toBe(2)
    const layers = await Promise.all((await image.layers()).slice(2).map(entriesOf))
    expect(layers).toEqual([[], ['home/ 755 9:9', 'home/app/ 700 9:9', 'home/app/a 644 0:0 A'], ['new/ 755 0:0', 'new/a 644 0:0 A']])
  })

  it('is asked whether a destination without a slash is a folder or a link to one', async () => {
    const f = await start({ tool: 'T' })
    const { baseImage } = await base('FROM scratch\nCOPY root /\n', { 'root/opt/app/': '', 'root/usr/bin/': '', 'root/bin': ['usr/bin'] })
    const { image } = await f.build('FROM base\nCOPY tool /opt/app\nCOPY tool /bin/t\nCOPY tool /bin\n', { baseImage })
    const layers = await Promise.all((await image.layers()).slice(1).map(entriesOf))
    expect(layers.map((lines) => lines.at(-1))).toEqual(['opt/app/tool 644 0:0 T', 'usr/bin/t 644 0:0 T', 'usr/bin/tool 644 0:0 T'])
  })

  it('tells the owner behind a name', async () => {
    const f = await start({ a: 'A' })
    const { baseImage } = await base('FROM scratch\nCOPY passwd group /etc/\n', { passwd, group })
    const { image } = await f.build(
      'FROM base\nCOPY --chown=app a /opt/a\nCOPY --chown=app:staff a /opt/b\nCOPY --chown=7 a /opt/c\nUSER app\nWORKDIR /work\n',
      { baseImage },
    )
    const layers = await Promise.all((await image.layers()).slice(1).map(entriesOf))
    expect(layers.map((lines) => lines.at(-1))).toEqual(['opt/a 644 1000:1001 A', 'opt/b 644 1000:50 A', 'opt/c 644 7:7 A', 'work/ 755 1000:1001'])
    await expect(f.build('FROM base\nCOPY --chown=nobody a /x\n', { baseImage })).rejects.toThrow('no user "nobody"')
  })

  it('gives files to COPY --from, with hard links, white-outs respected and links kept', async () => {
    const f = await start()
    const { baseImage } = await base('FROM scratch\nCOPY t /t\nCOPY one /t/a\n', { 't/a': 'old', 't/l': ['a'], 't/s/x': 'X', one: 'new' })
    const { image } = await f.build('FROM scratch\nCOPY --from=some/image:1 /t /u\nCOPY --from=some/image:1 /t/l /v\n', { baseImage })
    const layers = await Promise.all((await image.layers()).map(entriesOf))
    expect(layers).toEqual([['u/ 755 0:0', 'u/a 644 0:0 new', 'u/l 777 0:0 -> a', 'u/s/ 755 0:0', 'u/s/x 644 0:0 X'], ['v 644 0:0 new']])
  })
})
