/** A run as JUnit XML: read back by a strict parser. */
import fc from 'fast-check'
import { SaxesParser } from 'saxes'
import { describe, expect, it } from 'vitest'
import { brandAs } from '../../base/brand.ts'
import { diagnose } from '../../base/diagnostic.ts'
import type { RunEvent, RunId } from '../../events/run-event.ts'
import { stepPath } from '../../events/step-path.ts'
import { junitSink } from './junit-sink.ts'
import { xmlText } from './xml-text.ts'

interface Element {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: Element[]
  text: string
}

/** Throws at everything that XML forbids. */
function parsed(xml: string): Element {
  const root: Element = { name: '', attributes: {}, children: [], text: '' }
  const open = [root]
  const parser = new SaxesParser()
  parser.on('error', (error) => {
    throw error
  })
  parser.on('opentag', ({ name, attributes }) => {
    const element: Element = { name, attributes: attributes as Record<string, string>, children: [], text: '' }
    open.at(-1)?.children.push(element)
    open.push(element)
  })
  parser.on('text', (text) => {
    const element = open.at(-1)
    if (element !== undefined) element.text += text
  })
  parser.on('closetag', () => void open.pop())
  parser.write(xml).close()
  return root.children[0] ?? root
}

const names = ['good', 'bad', 'refused', 'later', 'fine_though'] as const
const path = (name: (typeof names)[number]) => stepPath('s', name)
const at = { file: 'p.yaml', line: 4, col: 9, endLine: 4, endCol: 12 }
const exit = { kind: 'exited', code: 2 } as const

async function written(events: readonly RunEvent[]): Promise<Element> {
  let xml = ''
  const sink = junitSink({
    write: (text) => {
      xml += text
    },
  })
  for (const [i, event] of events.entries()) await sink.write({ run: brandAs<RunId>('r'), seq: i + 1, at: Date.UTC(2030, 0, 1) + i * 500, event })
  await sink.close()
  return parsed(xml)
}

const steps = names.map((name) => ({ kind: 'step', path: path(name), name, type: 'Run' }) as const)
const plan = {
  pipeline: { identifier: 'p', name: 'a <b> & "c"' },
  stages: [{ kind: 'stage', path: stepPath('s'), name: 's', infrastructure: 'local', steps } as const],
}

describe('a run as JUnit XML', () => {
  it('has a suite for each stage and a case for each step, with times, failures and last words', async () => {
    const root = await written([
      { kind: 'run.started', plan, sequenceId: 1, pipelineFile: 'p.yaml' },
      { kind: 'stage.started', stage: stepPath('s') },
      { kind: 'step.started', step: path('good'), does: '' },
      { kind: 'step.output', step: path('good'), stream: 'out', text: 'a \u001b[31mred\u001b[0m \u0000 <word> ]]> & more\n' },
      { kind: 'step.finished', step: path('good'), outcome: { kind: 'passed' } },
      { kind: 'step.started', step: path('bad'), does: '' },
      { kind: 'step.finished', step: path('bad'), outcome: { kind: 'failed', exit, problem: diagnose('STEP_EXIT_CODE', { exit: 2 }, { at }) } },
      { kind: 'step.finished', step: path('refused'), outcome: { kind: 'errored', problem: diagnose('STEP_TIMEOUT', { timeout: '5s' }) } },
      { kind: 'step.finished', step: path('later'), outcome: { kind: 'skipped', because: 'an earlier step failed' } },
      { kind: 'step.finished', step: path('fine_though'), outcome: { kind: 'failed', exit, ignored: true } },
      { kind: 'stage.finished', stage: stepPath('s'), outcome: { kind: 'failed', exit } },
      { kind: 'run.finished', outcome: { kind: 'failed', exit } },
    ])
    expect(root.attributes).toEqual({ name: 'a <b> & "c"', tests: '5', failures: '1', errors: '1', skipped: '2', time: '5.500' })
    const [suite] = root.children
    expect(suite?.attributes).toMatchObject({ name: 's', tests: '5', failures: '1', errors: '1', skipped: '2', timestamp: '2030-01-01T00:00:00' })
    const [good, bad, refused, later, though] = suite?.children ?? []
    expect(good?.attributes).toEqual({ classname: 's', name: 'good', time: '1.000' })
    expect(good?.children.map((child) => [child.name, child.text])).toEqual([['system-out', 'a red  <word> ]]> & more']])
    expect(bad?.children[0]).toMatchObject({ name: 'failure', attributes: { message: 'the command ended with exit code 2', type: 'STEP_EXIT_CODE' } })
    expect(bad?.children[0]?.text).toContain('p.yaml:4:9')
    expect(refused?.children[0]?.name).toBe('error')
    expect(later?.children[0]?.attributes['message']).toBe('an earlier step failed')
    expect(though?.children[0]?.attributes['message']).toBe('failed (ignored): exit code 2')
  })

  it('tells of a stage that failed by itself, and of steps that never began', async () => {
    const root = await written([
      { kind: 'run.started', plan, sequenceId: 1, pipelineFile: 'p.yaml' },
      { kind: 'stage.finished', stage: stepPath('s'), outcome: { kind: 'errored', problem: diagnose('STAGE_TIMEOUT', { timeout: '1m' }) } },
    ])
    expect(root.attributes).toMatchObject({ tests: '6', errors: '1', skipped: '5' })
    expect(root.children[0]?.children[0]?.children[0]?.attributes['type']).toBe('STAGE_TIMEOUT')
  })

  it('is well-formed whatever is in it', () => {
    const any = fc.string({
      unit: fc.oneof(fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }), fc.constantFrom('\u0000', '\ud800', '\uffff', ']', '>', '&', '"', '\r', '\n')),
    })
    fc.assert(
      fc.property(any, (text) => {
        const read = parsed(xmlText({ name: 'a', attributes: { b: text }, children: [{ name: 'c', text }] }))
        expect(read.attributes['b']?.length).toBe(text.length)
      }),
    )
  })
})
