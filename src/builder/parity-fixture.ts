/** For the parity test: the contexts that the recorded builds had, and entries in the form they were recorded in. */
import { execFileSync } from 'node:child_process'
import { chmodSync, linkSync, mkdirSync, readdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Layer } from '../oci/views.ts'
import { streamSource } from '../tar/byte-source.ts'
import { readTar } from '../tar/read-tar.ts'

export interface Recorded {
  readonly name: string
  readonly dockerfile: string
  readonly args?: Readonly<Record<string, string>>
  readonly dockerignore?: string
  readonly fails?: true
  readonly layers?: readonly (readonly string[])[]
  readonly config?: object
  readonly author?: string
  readonly history?: readonly string[]
}

/** `scratch`, `base`, `more` or `dockerignore`. */
export function recorded(name: string): readonly Recorded[] {
  return JSON.parse(readFileSync(fileOf(name), 'utf8')) as readonly Recorded[]
}

/** One line for each. */
export function record(name: string, cases: readonly Recorded[]): void {
  writeFileSync(fileOf(name), `[\n${cases.map((one) => ` ${JSON.stringify(one)}`).join(',\n')}\n]\n`)
}

function fileOf(name: string): string {
  return join(import.meta.dirname, 'testdata/parity', `${name}.json`)
}

const passwd = 'root:x:0:0:root:/root:/bin/sh\napp:x:1000:1001::/home/app:/bin/sh\n'
const group = 'root:x:0:\nstaff:x:50:\n'

const files: Readonly<Record<string, string>> = {
  'a.txt': 'A',
  'b.txt': 'B',
  'd/x': 'X',
  'd/s/y': 'Y',
  'd/s/z.md': 'Z',
  exe: 'E',
  priv: 'P',
  'h/1': 'H',
  'deep/er/f': 'F',
  'sp ace': 'S',
  'app.conf': 'C',
  passwd,
  group,
  'root/home/app/.keep': 'k',
  'root/usr/bin/.keep': 'k',
  'root/opt/app/.keep': 'k',
}

export function writeContext(folder: string): void {
  for (const [path, text] of Object.entries(files)) put(folder, path, text, 1_600_000_000.5)
  chmodSync(join(folder, 'exe'), 0o755)
  chmodSync(join(folder, 'priv'), 0o600)
  linkSync(join(folder, 'h/1'), join(folder, 'h/2'))
  mkdirSync(join(folder, 'empty'))
  mkdirSync(join(folder, 'sticky'))
  chmodSync(join(folder, 'sticky'), 0o1777)
  for (const [path, target] of [
    ['lnk', 'd'],
    ['lnkf', '/a.txt'],
    ['root/bin', 'usr/bin'],
  ] as const)
    symlinkSync(target, join(folder, path))
  ageFolders(folder)
}

function ageFolders(folder: string): void {
  for (const one of readdirSync(folder, { withFileTypes: true })) if (one.isDirectory()) ageFolders(join(folder, one.name))
  utimesSync(folder, 1_550_000_000.5, 1_550_000_000.5)
}

/** t.tar and t.tar.gz with owners of their own, and n.gz that is no archive. */
export function writeArchives(folder: string): void {
  for (const path of ['d/x', 'd/s/y']) utimesSync(join(folder, path), 1_500_000_000, 1_500_000_000)
  const tar = execFileSync('tar', ['-C', join(folder, 'd'), '--owner=:7', '--group=:8', '--sort=name', '-c', '.'])
  writeFileSync(join(folder, 't.tar'), tar)
  writeFileSync(join(folder, 't.tar.gz'), gzipSync(tar))
  writeFileSync(join(folder, 'n.gz'), gzipSync('hello\n'))
}

export const baseDockerfile = `FROM scratch AS s
COPY r /r
FROM scratch
COPY --from=s /r /
COPY --chown=1000:1001 --chmod=700 r/home/app/.profile /home/app/.profile
ENV A=1 BB=2
WORKDIR /opt/app
CMD ["c"]
ENTRYPOINT ["e"]
EXPOSE 80
VOLUME /data
LABEL l=1 k=1
ONBUILD ENV TRIG=1
ONBUILD COPY b.txt /trig/
`

export function writeBaseContext(folder: string): void {
  const base = {
    'tmp/.k': '',
    'home/app/.profile': 'p',
    'usr/bin/tool': 'T',
    'opt/app/x': '1',
    'etc/passwd': passwd,
    'etc/group': group,
    'etc/conf.d/q': 'q',
    'etc/app.conf': 'old',
  }
  for (const [path, text] of Object.entries(base)) put(folder, join('r', path), text)
  chmodSync(join(folder, 'r/usr/bin/tool'), 0o755)
  chmodSync(join(folder, 'r/tmp'), 0o1777)
  symlinkSync('usr/bin', join(folder, 'r/bin'))
  symlinkSync('tool', join(folder, 'r/usr/bin/lnk'))
}

function put(folder: string, path: string, text: string, seconds?: number): void {
  const file = join(folder, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
  if (seconds !== undefined) utimesSync(file, seconds, seconds)
}

/** Times of files and folders are compared unless they are those of the build itself. */
export async function recordedEntries(layer: Layer): Promise<string[]> {
  const signal = new AbortController().signal
  const lines: string[] = []
  for await (const { entry, body } of readTar(streamSource(await layer.uncompressed({ signal })), { signal })) {
    let content = 'target' in entry ? `->${entry.target}` : ''
    if (entry.kind === 'file') for await (const chunk of body()) content += chunk.toString()
    const seconds = entry.mtimeNs / 1_000_000_000n
    const time = entry.kind !== 'file' && entry.kind !== 'dir' ? '' : seconds > 1_650_000_000n ? ' now' : ` t${seconds}`
    lines.push(`${entry.kind} ${entry.path} ${entry.mode.toString(8)} ${entry.uid}:${entry.gid} ${JSON.stringify(content.slice(0, 40))}${time}`)
  }
  return lines.sort()
}
