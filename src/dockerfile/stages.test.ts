/** The stage graph, and the mounts of RUN. */
import { describe, expect, it } from 'vitest'
import { sourceFile } from '../text/source-file.ts'
import { parseMount } from './mounts.ts'
import { parseDockerfile } from './parse.ts'
import { findTarget, reachableStages, resolveStages } from './stages.ts'

const platform = { os: 'linux', architecture: 'arm64', variant: 'v8' }

function graph(text: string, args: Record<string, string> = {}) {
  const file = parseDockerfile(sourceFile('Dockerfile', text))
  return { file, ...resolveStages(file, { args: new Map(Object.entries(args)), target: platform, build: { os: 'linux', architecture: 'amd64' } }) }
}

describe('resolveStages', () => {
  it('knows stages by name and number, images and scratch', () => {
    const { nodes, file, diagnostics } = graph(
      'FROM img AS A\nFROM a AS b\nFROM scratch\nCOPY --from=0 x y\nCOPY --from=B x y\nCOPY --from=other/img x y\nRUN --mount=type=bind,from=a,target=/x y\n',
    )
    expect(diagnostics).toEqual([])
    expect(nodes.map(({ base, uses }) => [base, uses])).toEqual([
      [{ kind: 'image', name: 'img' }, []],
      [{ kind: 'stage', index: 0 }, []],
      [{ kind: 'scratch' }, [0, 1]],
    ])
    expect(reachableStages(nodes, 1)).toEqual([0, 1])
    expect([findTarget(file, undefined, () => undefined), findTarget(file, 'B', () => undefined), findTarget(file, '0', () => undefined)]).toEqual([2, 1, 0])
  })

  it('lets a later stage of the same name be a base only for what follows', () => {
    const { nodes } = graph('FROM a AS x\nFROM x AS x\nFROM x\n')
    expect(nodes.map(({ base }) => base)).toEqual([
      { kind: 'image', name: 'a' },
      { kind: 'stage', index: 0 },
      { kind: 'stage', index: 1 },
    ])
  })

  it('expands FROM with the arguments at the top, platform facts and given values', () => {
    const text = 'ARG A=1\nARG B=${A}-x\nARG C\nFROM --platform=$BUILDPLATFORM i:$B$C\nFROM i-$TARGETARCH-$TARGETVARIANT\n'
    expect(graph(text).nodes.map(({ base, platform: p }) => [base, p])).toEqual([
      [{ kind: 'image', name: 'i:1-x' }, 'linux/amd64'],
      [{ kind: 'image', name: 'i-arm64-v8' }, undefined],
    ])
    expect(graph(text, { A: '2', C: '3' }).nodes[0]?.base).toEqual({ kind: 'image', name: 'i:2-x3' })
  })

  it.each([
    ['FROM $X', 'DOCKERFILE_FROM_BLANK'],
    ['FROM ${X', 'DOCKERFILE_EXPANSION_FAILED'],
    ['FROM a\nCOPY --from=7 x y', 'DOCKERFILE_STAGE_INDEX_INVALID'],
    ['FROM a AS me\nCOPY --from=me x y', 'DOCKERFILE_STAGE_CYCLE'],
    ['FROM a\nCOPY --from=b x y\nFROM a AS b', 'DOCKERFILE_STAGE_LATER'],
    ['FROM a\nCOPY --from=$b x y', 'DOCKERFILE_FROM_VARIABLE'],
  ])('reports %j as %s', (text, code) => {
    expect(graph(text).diagnostics.map((d) => d.code)).toEqual([code])
  })
})

describe('parseMount', () => {
  const at = { file: 'f', line: 1, col: 1, endLine: 1, endCol: 1 }
  const mount = (text: string) =>
    parseMount(
      { text, at },
      (value) => value.replace('$V', 'v'),
      () => undefined,
    )

  it.each([
    ['target=/a', { kind: 'bind', target: '/a', from: undefined, source: '/', readOnly: true }],
    ['type=bind,dst=/a,src=b,from=c,rw', { kind: 'bind', target: '/a', from: 'c', source: 'b', readOnly: false }],
    [
      'type=cache,target=/a',
      { kind: 'cache', target: '/a', id: '/a', from: undefined, source: '/', sharing: 'shared', readOnly: false, mode: 0o755, uid: 0, gid: 0 },
    ],
    [
      'type=cache,target=/a,id=$V,sharing=LOCKED,uid=5,mode=0700',
      { kind: 'cache', target: '/a', id: 'v', from: undefined, source: '/', sharing: 'locked', readOnly: false, mode: 0o700, uid: 5, gid: 0 },
    ],
    ['type=tmpfs,target=/t,size=1.5g', { kind: 'tmpfs', target: '/t', size: 1.5 * 2 ** 30 }],
    ['type=secret,id=k', { kind: 'secret', id: 'k', target: '/run/secrets/k', env: undefined, required: false, mode: 0o400, uid: 0, gid: 0 }],
    ['type=secret,target=/x/y,required=true', { kind: 'secret', id: 'y', target: '/x/y', env: undefined, required: true, mode: 0o400, uid: 0, gid: 0 }],
    ['type=secret,id=k,env=K', { kind: 'secret', id: 'k', target: undefined, env: 'K', required: false, mode: 0o400, uid: 0, gid: 0 }],
    ['type=ssh', { kind: 'ssh', id: 'default', target: undefined, required: false, mode: 0o600, uid: 0, gid: 0 }],
    ['"target=/a,b"', { kind: 'bind', target: '/a,b', from: undefined, source: '/', readOnly: true }],
  ])('reads %s', (text, expected) => {
    expect(mount(text)).toEqual(expected)
  })
})
