import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isProblem } from '../../base/problem.ts'
import { streamSource } from '../../tar/byte-source.ts'
import { type TarItem, writeTar } from '../../tar/write-tar.ts'
import type { Found } from './found.ts'
import { imageRecords } from './image-records.ts'
import { contentsOf } from './inventory.ts'
import { layerDelta } from './layer-delta.ts'
import { recordReader } from './record-kinds.ts'

const signal = AbortSignal.timeout(600_000)

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function read(path: string, text: string | Buffer, size = 7): Promise<Found | undefined> {
  const reader = recordReader(path)
  if (reader === undefined) throw new Error(`${path} is no record`)
  return reader(inPieces(Buffer.from(text), size), path)
}

function names(found: Found | undefined): readonly string[] {
  return found?.kind === 'packages'
    ? found.packages.map(({ name, version, source }) => `${name} ${version}${source === undefined ? '' : ` of ${source.name} ${source.version}`}`)
    : [String(found?.kind)]
}

describe('records', () => {
  it('of dpkg name packages with their sources, without those of which only settings are left', async () => {
    const status = [
      'Package: libssl3\nStatus: install ok installed\nSource: openssl (3.0.11-1)\nVersion: 3.0.11-1+b1\nDescription: x\n .\n Version: 9',
      'Package: bash\nStatus: install ok installed\nVersion: 5.2.15-2',
      'Package: gone\nStatus: deinstall ok config-files\nVersion: 1',
      'Package: half\nStatus: install ok half-configured\nSource: whole\nVersion: 2',
      'Version: 7',
    ]
    const found = await read('var/lib/dpkg/status', `${status.join('\n\n')}\n`)
    expect(names(found)).toEqual(['libssl3 3.0.11-1+b1 of openssl 3.0.11-1', 'bash 5.2.15-2 of bash 5.2.15-2', 'half 2 of whole 2'])
    expect(found).toMatchObject({ broken: 1 })
    expect(names(await read('var/lib/dpkg/status.d/base-files', 'Package: base-files\nVersion: 12.4\n'))).toEqual(['base-files 12.4 of base-files 12.4'])
  })

  it('of apk name packages with their origins, and the files that belong to them', async () => {
    const installed =
      'P:libcrypto3\nV:3.1.4-r5\nA:x86_64\nL:Apache-2.0\no:openssl\nF:lib\nR:libcrypto.so.3\n\nP:py3-six\nV:1.16.0-r8\nF:usr/lib/python3.11/site-packages/six-1.16.0.dist-info\nR:METADATA\n'
    const found = await read('lib/apk/db/installed', installed)
    expect(names(found)).toEqual(['libcrypto3 3.1.4-r5 of openssl 3.1.4-r5', 'py3-six 1.16.0-r8 of py3-six 1.16.0-r8'])
    expect(found).toMatchObject({ owned: ['lib/python3.11/site-packages/six-1.16.0.dist-info/METADATA'] })
  })

  it('of npm name what is installed, and what lock files of every version name', async () => {
    expect(names(await read('app/node_modules/@acme/ui/package.json', '{"name":"@acme/ui","version":"1.0.0"}'))).toEqual(['@acme/ui 1.0.0'])
    expect(names(await read('app/node_modules/a/package.json', '{"name":"a"}'))).toEqual(['unread'])
    expect(await read('app/node_modules/a/test/package.json', '{"name":"a"}')).toBeUndefined()
    const one = {
      dependencies: {
        a: { version: '1.0.0', dependencies: { b: { version: '2.0.0' } } },
        c: { version: '3.0.0', dev: true },
        d: { version: 'npm:real@4.0.0' },
        e: { version: 'git+ssh://x' },
      },
    }
    expect(names(await read('app/package-lock.json', JSON.stringify(one)))).toEqual(['a 1.0.0', 'real 4.0.0', 'b 2.0.0'])
    const three = {
      packages: {
        '': { name: 'app' },
        'node_modules/a': { version: '1.0.0' },
        'node_modules/a/node_modules/@s/b': { version: '2.0.0' },
        'node_modules/l': { link: true },
        'node_modules/x': { name: 'y', version: '5.0.0' },
      },
    }
    expect(names(await read('app/npm-shrinkwrap.json', JSON.stringify(three)))).toEqual(['a 1.0.0', '@s/b 2.0.0', 'y 5.0.0'])
    const yarn1 = '# yarn lockfile v1\n\n"@s/a@^1.0.0", "@s/a@^1.1.0":\n  version "1.2.0"\n  dependencies:\n    b "^1"\n\nb@^1:\n  version "1.5.0"\n'
    expect(names(await read('app/yarn.lock', yarn1))).toEqual(['@s/a 1.2.0', 'b 1.5.0'])
    const yarn4 =
      '__metadata:\n  version: 8\n\n"a@npm:^1.0.0, a@npm:^1.1":\n  version: 1.2.0\n  resolution: "a@npm:1.2.0"\n\n"x@npm:real@^2":\n  version: 2.0.0\n\n"app@workspace:.":\n  version: 0.0.0-use.local\n'
    expect(names(await read('app/yarn.lock', yarn4))).toEqual(['a 1.2.0', 'real 2.0.0'])
    const pnpm =
      "lockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies: {}\npackages:\n\n  '@s/a@1.0.0':\n    resolution: {integrity: x}\n\n  /b@2.0.0(react@18.0.0):\n    dev: false\n\n  /c/3.0.0_react@18:\n    dev: true\n\nsnapshots:\n\n  z@1.0.0: {}\n"
    expect(names(await read('app/pnpm-lock.yaml', pnpm))).toEqual(['@s/a 1.0.0', 'b 2.0.0'])
  })

  it('of Python name packages, whatever the ends of their lines', async () => {
    expect(
      names(await read('usr/lib/python3/site-packages/x-1.dist-info/METADATA', 'Metadata-Version: 2.1\r\nName: X\r\nVersion: 1.0\r\n\r\nName: not\r\n')),
    ).toEqual(['X 1.0'])
    expect(names(await read('opt/y.egg-info', 'Name: y\nVersion: 2\n'))).toEqual(['y 2'])
    expect(names(await read('opt/y.egg-info/PKG-INFO', 'nothing'))).toEqual(['unread'])
  })

  it('say which distribution it is', async () => {
    expect(await read('etc/os-release', 'ID=debian\nPRETTY_NAME="Debian GNU/Linux trixie/sid"\nVERSION_CODENAME=trixie\n')).toMatchObject({
      distribution: { id: 'debian', version: '13' },
    })
    expect(await read('usr/lib/os-release', "ID='alpine'\nVERSION_ID=3.20.1\n")).toEqual({
      kind: 'distribution',
      distribution: { id: 'alpine', version: '3.20.1' },
    })
    expect(names(await read('etc/os-release', '\0\0'))).toEqual(['unread'])
  })

  it('of any content are read without failing, and without going on for ever', async () => {
    const paths = [
      'var/lib/dpkg/status',
      'var/lib/dpkg/info/a.list',
      'lib/apk/db/installed',
      'etc/os-release',
      'a/node_modules/b/package.json',
      'package-lock.json',
      'yarn.lock',
      'pnpm-lock.yaml',
      'x.dist-info/METADATA',
    ]
    const words = fc.constantFrom(
      '\n\n',
      '\n',
      'Package: a',
      'Version: 1',
      'P:x',
      'V:1',
      ':',
      '"',
      '{"packages":',
      '{"dependencies":{"a":',
      '}',
      '[',
      'a@1.0.0:',
      '  version: 1',
      'F:usr/bin',
      'R:x',
      '\u0000',
      'é',
    )
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(words, { maxLength: 40 }).map((parts) => parts.join('')),
    )
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...paths), text, fc.integer({ min: 1, max: 50 }), async (path, content, size) => {
        await read(path, content, size)
      }),
    )
  })

  it('that are nested deeper than anything are read all the same', async () => {
    const deep = `${'{"dependencies":{"a":'.repeat(50_000)}{"version":"1.0.0"}${'}}'.repeat(50_000)}`
    expect(names(await read('package-lock.json', deep, 1_000_000))).toEqual(['a 1.0.0'])
    expect(names(await read('package-lock.json', '['.repeat(1_000_000), 1_000_000))).toEqual(['unread'])
  })
})

const common = { mode: 0o755, uid: 0, gid: 0, mtimeNs: 0n }
const file = (path: string, body: string | Buffer): TarItem => ({
  entry: { kind: 'file', path, size: Buffer.byteLength(body), ...common },
  body: Buffer.from(body),
})
const nothingBelow = imageRecords()

async function deltaOf(items: readonly TarItem[]) {
  const tar = Buffer.concat(await writeTar(items, { signal }).toArray())
  return layerDelta({ lower: nothingBelow, signal, open: async () => streamSource(inPieces(tar, 1000)) })
}

describe('a layer', () => {
  it('gives records behind hard links, whatever the name of the file that they are links to', async () => {
    const json = '{"name":"a","version":"1.0.0"}'
    const items: readonly TarItem[] = [
      file('app/.store/00ff', json),
      { entry: { kind: 'hardlink', path: 'app/node_modules/a/package.json', target: 'app/.store/00ff', ...common } },
      { entry: { kind: 'hardlink', path: 'app/node_modules/b/package.json', target: './app/node_modules/a/package.json', ...common } },
    ]
    const records = imageRecords()
    records.add(await deltaOf(items), 'sha256:1')
    const { packages } = contentsOf(records.records())
    expect(packages.map(({ name, locations }) => [name, locations.map(({ path }) => path)])).toContainEqual([
      'a',
      expect.arrayContaining(['app/node_modules/a/package.json']),
    ])
  })

  it('shows programs made with Go by their build ID or their build information, unless a package brought them', async () => {
    const elf = (o: { note?: string; data?: string }): Buffer => {
      const bytes = Buffer.alloc(400_000)
      bytes.write('\x7fELF\x02\x01', 0, 'latin1')
      bytes.writeBigUInt64LE(64n, 32)
      bytes.writeUInt16LE(56, 54)
      bytes.writeUInt16LE(2, 56)
      bytes.writeUInt32LE(4, 64)
      bytes.writeBigUInt64LE(1000n, 72)
      bytes.writeBigUInt64LE(100n, 96)
      bytes.writeUInt32LE(1, 120)
      bytes.writeUInt32LE(6, 124)
      bytes.writeBigUInt64LE(200_000n, 128)
      if (o.note !== undefined) bytes.write(o.note, 1012, 'latin1')
      if (o.data !== undefined) bytes.write(o.data, 200_016, 'latin1')
      return bytes
    }
    const items = [
      file('app', elf({ note: 'Go\0\0' })),
      file('usr/bin/tool', elf({ data: '\xff Go buildinf:' })),
      file('usr/bin/c', elf({ note: 'GNU\0' })),
      file('usr/bin/docker', elf({ note: 'Go\0\0' })),
      file('var/lib/dpkg/info/docker.list', '/usr/bin/docker\n'),
    ]
    const records = imageRecords()
    records.add(await deltaOf(items), 'sha256:1')
    expect(contentsOf(records.records()).unjudged).toEqual([
      { kind: 'packages', what: 'programs made with Go', reason: 'the modules in them are not read', count: 2, paths: ['app', 'usr/bin/tool'] },
    ])
  })

  it('takes a lock file only where nothing is installed beside it', async () => {
    const lock = JSON.stringify({ packages: { 'node_modules/a': { version: '1.0.0' } } })
    const records = imageRecords()
    records.add(
      await deltaOf([
        file('one/package-lock.json', lock),
        file('two/node_modules/b/package.json', '{"name":"b","version":"2.0.0"}'),
        file('two/package-lock.json', lock),
      ]),
      'sha256:1',
    )
    expect(contentsOf(records.records()).packages.map(({ name, locations }) => `${name} ${locations.map(({ path }) => path).join(' ')}`)).toEqual([
      'a one/package-lock.json',
      'b two/node_modules/b/package.json',
    ])
  })

  it('that is damaged anywhere gives records or says what is wrong with it', async () => {
    const tar = Buffer.concat(
      await writeTar([file('var/lib/dpkg/status', 'Package: a\nVersion: 1\n'), file('x/node_modules/a/package.json', '{"name":"a","version":"1"}')], {
        signal,
      }).toArray(),
    )
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: tar.length - 1 }),
        fc.integer({ min: 0, max: 255 }),
        fc.integer({ min: 0, max: tar.length }),
        async (at, byte, end) => {
          const bytes = Buffer.from(tar.subarray(0, Math.max(end, at + 1)))
          bytes[at] = byte
          const error = await layerDelta({ lower: nothingBelow, signal, open: async () => streamSource(inPieces(bytes, 512)) }).then(
            () => undefined,
            (caught: unknown) => caught,
          )
          expect(error === undefined || isProblem(error), String(error)).toBe(true)
        },
      ),
    )
  })
})
