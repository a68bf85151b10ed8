/** Values of build flags: forms that docker buildx takes, and refusals that say what is wrong. */
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { tempProject } from '../../../test/support/temp-project.ts'
import { isProblem } from '../../base/problem.ts'
import { sourceFile } from '../../text/source-file.ts'
import { readAnnotations } from './annotations.ts'
import type { BuildOptions } from './options.ts'
import { outputsOf, parseOutput } from './outputs.ts'
import { readSecrets } from './secrets.ts'
import { readSsh } from './ssh.ts'
import { surroundings } from './surroundings.ts'
import { markedExcerpt } from './tell-failure.ts'

const nothing = { addHost: [], ulimit: [], output: [], tag: [] } as unknown as BuildOptions

function code(work: () => unknown): string {
  try {
    work()
    return 'fine'
  } catch (error) {
    return isProblem(error) ? `${error.code} ${error.message} ${error.diagnostic.hint ?? ''}` : String(error)
  }
}

describe('--output', () => {
  const cases: readonly (readonly [string, unknown])[] = [
    ['out', [{ kind: 'files', form: 'folder', path: 'out' }]],
    ['-', [{ kind: 'files', form: 'tar', path: '-' }]],
    ['type=tar,dest=a.tar', [{ kind: 'files', form: 'tar', path: 'a.tar' }]],
    ['type=local,dest=d', [{ kind: 'files', form: 'folder', path: 'd' }]],
    ['type=docker,dest=a.tar', [{ kind: 'archive', path: 'a.tar', names: [] }]],
    ['type=docker', [{ kind: 'daemon', names: [] }]],
    ['type=oci', [{ kind: 'archive', path: '-', names: [] }]],
    ['type=oci,dest=d,tar=false', [{ kind: 'layout', path: 'd', names: [] }]],
    [
      'type=image,"name=a,b",push=true',
      [
        { kind: 'store', names: ['a', 'b'] },
        { kind: 'registry', names: ['a', 'b'] },
      ],
    ],
    ['type=registry,oci-mediatypes=true', [{ kind: 'registry', names: [] }]],
  ]
  for (const [text, expected] of cases) it(`reads ${text}`, () => expect(parseOutput(text)).toEqual(expected))

  it('goes to the image store when nothing is said, and needs a tag for a registry', () => {
    expect(outputsOf(nothing)).toEqual([{ kind: 'store', names: [] }])
    expect(code(() => outputsOf({ ...nothing, push: true }))).toContain('BUILD_TAG_NEEDED')
    expect(outputsOf({ ...nothing, push: true, tag: ['a'], output: ['type=registry'] })).toHaveLength(1)
    expect(code(() => outputsOf({ ...nothing, output: ['-', 'type=oci'] }))).toContain('only one output')
  })

  it('says what it does not know, and what may be meant', () => {
    expect(code(() => parseOutput('type=dokcer,dest=x'))).toContain('did you mean "docker"?')
    expect(code(() => parseOutput('type=oci,dst=x'))).toContain('did you mean "dest"?')
    expect(code(() => parseOutput('type=local'))).toContain('needs dest=')
  })
})

describe('--secret', () => {
  const { dir } = tempProject()
  writeFileSync(join(dir, 'key'), 'from the file\n')
  const world = { cwd: dir, env: { TOKEN: 'from the variable', key: 'variable key' } }
  const text = async (spec: string) => {
    const [[id, value] = ['', Buffer.of()]] = [...(await readSecrets([spec], world))]
    return `${id}: ${Buffer.from(value).toString()}`
  }

  it('comes from files and variables as with buildx', async () => {
    expect(await text('id=a,src=key')).toBe('a: from the file\n')
    expect(await text('id=a,source=key,type=file')).toBe('a: from the file\n')
    expect(await text('src=key')).toBe('key: from the file\n')
    expect(await text('id=a,env=TOKEN')).toBe('a: from the variable')
    expect(await text('id=TOKEN')).toBe('TOKEN: from the variable')
    expect(await text('type=env,id=a,src=TOKEN')).toBe('a: from the variable')
    expect(await text('id=key')).toBe('key: variable key')
  })

  it('is never empty because its source is not there', async () => {
    await expect(text('id=a,env=NOWHERE')).rejects.toThrow('the variable NOWHERE is not set')
    await expect(text('id=a,src=nowhere')).rejects.toThrow('there is no such file')
    await expect(text('id=nowhere')).rejects.toThrow('there is no such file')
    await expect(text('env')).rejects.toThrow('"env" is no KEY=VALUE')
    await expect(text('idd=a')).rejects.toThrow('"idd" is not among')
  })

  it('is of a size that memory holds', async () => {
    writeFileSync(join(dir, 'large'), Buffer.alloc(500 * 1024 + 1))
    await expect(text('id=a,src=large')).rejects.toThrow('larger than 500 KiB')
  })
})

describe('flags about the surroundings of RUN', () => {
  it('reads hosts, network and sizes', () => {
    const o = { ...nothing, addHost: ['a:1.2.3.4', 'b=::1', 'c:[fe80::1]', 'd:host-gateway'], network: 'default', shmSize: '1.5g' }
    expect(surroundings(o)).toEqual({
      network: 'host',
      addHosts: [
        { name: 'a', address: '1.2.3.4' },
        { name: 'b', address: '::1' },
        { name: 'c', address: 'fe80::1' },
        { name: 'd', address: '127.0.0.1' },
      ],
      shmBytes: 1.5 * 2 ** 30,
    })
  })

  it('refuses what it cannot keep, with a way out', () => {
    expect(code(() => surroundings({ ...nothing, ulimit: ['nofile=1'] }))).toContain('set them before')
    expect(code(() => surroundings({ ...nothing, cgroupParent: 'x' }))).toContain('BUILD_FLAG_REFUSED')
    expect(code(() => surroundings({ ...nothing, provenance: 'mode=max' }))).toContain('attestations are not made yet')
    expect(code(() => surroundings({ ...nothing, sbom: 'false', provenance: 'false' }))).toBe('fine')
    expect(code(() => surroundings({ ...nothing, network: 'bridge' }))).toContain('none of default, host, none')
    expect(code(() => surroundings({ ...nothing, addHost: ['nothing'] }))).toContain('NAME:ADDRESS')
    expect(code(() => surroundings({ ...nothing, shmSize: 'huge' }))).toContain('no size')
  })
})

describe('--annotation', () => {
  it('goes to the manifest unless it says otherwise', () => {
    expect(readAnnotations(['a=b', 'index:c=d=e', 'manifest,index:f=g'])).toEqual({ manifest: { a: 'b', f: 'g' }, index: { c: 'd=e', f: 'g' } })
    expect(code(() => readAnnotations(['a']))).toContain('NAME_VALUE_BAD')
    expect(code(() => readAnnotations(['index-descriptor:a=b']))).toContain('not known here')
  })
})

describe('the place of a failure', () => {
  it('is marked over all lines of the instruction', () => {
    const source = sourceFile('Dockerfile', 'FROM a\n\nRUN one \\\n  two\nCMD x\nEXPOSE 1\n')
    const start = source.text.indexOf('RUN')
    expect(markedExcerpt(source, source.span(start, source.text.indexOf('\nCMD')))).toEqual([
      'Dockerfile:3',
      '--------------------',
      '   1 |     FROM a',
      '   2 |',
      '   3 | >>> RUN one \\',
      '   4 | >>>   two',
      '   5 |     CMD x',
      '   6 |     EXPOSE 1',
      '--------------------',
    ])
    expect(markedExcerpt(source, { ...source.span(0), file: 'other' })).toEqual([])
  })
})

describe('--ssh', () => {
  it('lends the agent of the shell, another socket, or keys', async () => {
    const { dir } = tempProject({ key: 'K', other: 'L' })
    const machine = { cwd: dir, env: { SSH_AUTH_SOCK: '/run/agent' } }
    const server = createServer().listen(join(dir, 'sock'))
    await once(server, 'listening')
    const read = await readSsh(['default', 'a=sock', 'b=key,other'], machine)
    server.close()
    expect(Object.fromEntries(read)).toEqual({
      default: { kind: 'agent', socket: '/run/agent' },
      a: { kind: 'agent', socket: join(dir, 'sock') },
      b: { kind: 'keys', keys: [Buffer.from('K'), Buffer.from('L')] },
    })
    await expect(readSsh(['default'], { cwd: dir, env: {} })).rejects.toThrow('SSH_AUTH_SOCK is not set')
    await expect(readSsh(['a=nowhere'], machine)).rejects.toThrow('there is no such file')
    await expect(readSsh(['a', 'a=key'], machine)).rejects.toThrow('given twice')
  })
})
