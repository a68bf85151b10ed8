import { describe, expect, it } from 'vitest'
import type { BuildEvent } from '../../../events/build-event.ts'
import { type BuildStory, buildStory } from './build-story.ts'
import { readInspect } from './inspect.ts'
import { plainProgress } from './plain-progress.ts'
import { readProgressLine } from './progress-schema.ts'
import { toolFailure } from './tool-failure.ts'

function told(work: (story: BuildStory) => void): { readonly events: readonly BuildEvent[]; readonly story: BuildStory } {
  const events: BuildEvent[] = []
  const story = buildStory((event) => void events.push(event), { file: 'my.Dockerfile', lineCount: 3 })
  work(story)
  return { events, story }
}

const vertex = (digest: string, name: string, more: object = {}) => ({ digest, name, started: 't', ...more })
const done = { completed: 't' }

describe('progress of BuildKit as build events', () => {
  it('begins steps in order and ends each once, whatever comes later', () => {
    const { events } = told((story) => {
      story.take({ vertexes: [{ ...vertex('a', '[internal] load metadata'), started: undefined }] })
      story.take({ vertexes: [vertex('a', '[internal] load metadata', done)] })
      story.take({ vertexes: [vertex('a', '[internal] load metadata')] })
      story.take({ vertexes: [vertex('b', '[1/2] COPY a /a', { ...done, cached: true }), vertex('c', '[2/2] RUN x')] })
      story.take({ vertexes: [vertex('c', '[2/2] RUN x', { ...done, error: 'exit code: 3' })] })
    })
    expect(events).toEqual([
      { kind: 'step', step: 1, title: '[internal] load metadata' },
      { kind: 'end', step: 1, state: 'done' },
      { kind: 'step', step: 2, title: '[1/2] COPY a /a' },
      { kind: 'end', step: 2, state: 'cached' },
      { kind: 'step', step: 3, title: '[2/2] RUN x' },
      { kind: 'end', step: 3, state: 'failed', reason: 'exit code: 3' },
    ])
  })

  it('tells whole lines, also when they come in pieces, and the rest at the end of the step', () => {
    const log = (text: string) => ({ logs: [{ vertex: 'a', stream: 1, data: Buffer.from(text).toString('base64') }] })
    const { events } = told((story) => {
      story.take({ vertexes: [vertex('a', '[1/1] RUN x')] })
      for (const text of ['one\r\ntw', 'o\nthr', 'ee']) story.take(log(text))
      story.take({ vertexes: [vertex('a', '[1/1] RUN x', done)] })
    })
    expect(events.flatMap((event) => (event.kind === 'log' ? [event.text] : []))).toEqual(['one', 'two', 'three'])
    expect(events.at(-1)).toEqual({ kind: 'end', step: 1, state: 'done' })
  })

  it('tells transfers with their size, and warnings with their place', () => {
    const { events } = told((story) => {
      story.take({ vertexes: [vertex('a', 'FROM x')], statuses: [{ id: 'sha256:1', vertex: 'a', current: 5, total: 9 }] })
      const warning = { short: 'FromAsCasing', range: [{ start: { line: 2 } }] }
      story.take({ warnings: [warning] })
      story.take({ warnings: [warning] })
    })
    expect(events[1]).toEqual({ kind: 'progress', step: 1, progress: { task: 'sha256:1', done: 5, total: 9 } })
    expect(events.slice(2)).toMatchObject([{ kind: 'note', note: { message: 'FromAsCasing', at: { file: 'my.Dockerfile', line: 2 } } }])
  })

  it('counts the steps that made files', () => {
    const { story } = told((it) =>
      it.take({
        vertexes: [
          vertex('a', '[internal] load build context', done),
          vertex('b', '[1/3] FROM busybox', done),
          vertex('c', '[2/3] COPY a /a', { ...done, cached: true }),
          vertex('d', '[linux/amd64 one 3/3] RUN x', done),
        ],
      }),
    )
    expect(story.made()).toEqual({ steps: 2, cached: 1 })
  })

  it('ends what is under way when the build ends', () => {
    const { events } = told((story) => {
      story.take({ vertexes: [vertex('a', '[1/1] RUN x')] })
      story.end('aborted')
      story.end('failed')
    })
    expect(events.filter(({ kind }) => kind === 'end')).toEqual([{ kind: 'end', step: 1, state: 'aborted' }])
  })

  it('is the same from the plain lines of older versions', () => {
    const lines = [
      '#0 building with "default" instance',
      '#1 [1/2] COPY a /a',
      '#1 CACHED',
      '',
      '#2 [2/2] RUN echo out; exit 3',
      '#2 0.046 out',
      '#2 ERROR: exit code: 3',
    ]
    const plain = plainProgress()
    const beside: string[] = []
    const { events } = told((story) => {
      for (const line of lines) {
        const progress = plain(line)
        if (progress === undefined) beside.push(line)
        else story.take(progress)
      }
    })
    expect(beside).toEqual(['#0 building with "default" instance', ''])
    expect(events).toEqual([
      { kind: 'step', step: 1, title: '[1/2] COPY a /a' },
      { kind: 'end', step: 1, state: 'cached' },
      { kind: 'step', step: 2, title: '[2/2] RUN echo out; exit 3' },
      { kind: 'log', step: 2, text: 'out' },
      { kind: 'end', step: 2, state: 'failed', reason: 'exit code: 3' },
    ])
  })

  it('takes no other line for progress', () => {
    for (const line of ['', 'ERROR: x', '{"vertexes": 5}', '{broken', '[]']) expect(readProgressLine(line)).toBeUndefined()
    expect(readProgressLine('{"vertexes":null,"logs":[]}')).toEqual({ vertexes: null, logs: [] })
  })
})

describe('what the tool says when it fails', () => {
  const file = { name: 'my.Dockerfile', text: 'FROM busybox\nCOPPY a b\n' }

  it('has the place that stands before its excerpt, under the name that people know', () => {
    const lines = [
      'Dockerfile:2',
      '--------------------',
      '   2 | >>> COPPY a b',
      '--------------------',
      'ERROR: failed to build: failed to solve: unknown instruction: COPPY',
    ]
    expect(toolFailure(lines, file).diagnostic).toMatchObject({
      code: 'BUILDX_FAILED',
      message: 'unknown instruction: COPPY',
      at: { file: 'my.Dockerfile', line: 2, col: 1, endCol: 10 },
    })
  })

  it('is its last line where it is no error of its own, and has no place then', () => {
    const { message, at } = toolFailure(['unknown flag: --x', ''], file).diagnostic
    expect([message, at]).toEqual(['unknown flag: --x', undefined])
    expect(toolFailure([], file).message).toContain('without a word')
  })
})

describe('what docker buildx inspect prints', () => {
  it('tells whether archives can be written, and where builds run', () => {
    const text = `Name:   default
Driver: docker

Nodes:
Name:             default
Endpoint:         default
Status:           running
BuildKit version: v0.25.1
Platforms:        linux/amd64*, linux/amd64/v2, linux/386
Labels:
 org.mobyproject.buildkit.worker.containerd.namespace: moby
`
    expect(readInspect(text)).toEqual({
      name: 'default',
      driver: 'docker',
      platforms: ['linux/amd64', 'linux/amd64/v2', 'linux/386'],
      status: 'running',
      error: undefined,
      buildkit: 'v0.25.1',
      containerd: true,
    })
    expect(readInspect(text.replace(/Labels:[\s\S]*/, 'Error: no daemon')).containerd).toBe(false)
    expect(readInspect(text.replace('Status:           running', 'Error: no daemon')).error).toBe('no daemon')
  })
})
