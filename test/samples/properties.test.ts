/** What holds for every text, whatever is in it: no throw, a place and a reason for every refusal, the same bytes twice, validate and plan of one mind. */
import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Diagnostic, hasErrors } from '../../src/base/diagnostic.ts'
import { canonicalJson } from '../../src/base/json.ts'
import { readPipeline } from '../../src/pipeline/read-pipeline.ts'
import { noFacts } from '../../src/plan/facts.ts'
import { sourceFile } from '../../src/text/source-file.ts'
import { planText, sampleFacts } from './plan-text.ts'

const folder = new URL('./own/', import.meta.url)
const own = readdirSync(folder)
  .filter((name) => name.endsWith('.yaml'))
  .sort()
  .map((name) => readFileSync(new URL(name, folder), 'utf8'))

type Change = (lines: readonly string[], at: number) => readonly string[]

const words = [
  '',
  '[]',
  '{}',
  '~',
  '"',
  "'",
  '<+',
  '<+input>',
  '<+a.b>',
  '<+pipeline.sequenceId>',
  '- step:',
  'true',
  '0',
  '-',
  ':',
  'PLUGIN_PUSH_ONLY: "true"',
  '&a',
  '*a',
  '|',
  '\t',
  'Ä',
  '\u0000',
]

/** Line changes that people make by accident. */
const change: fc.Arbitrary<Change> = fc.oneof(
  fc.constant<Change>((lines, at) => lines.toSpliced(at, 1)),
  fc.constant<Change>((lines, at) => lines.toSpliced(at, 0, lines[at] ?? '')),
  fc.constant<Change>((lines, at) => lines.with(at, `  ${lines[at]}`)),
  fc.constant<Change>((lines, at) => lines.with(at, (lines[at] ?? '').replace(/^ {2}/, ''))),
  fc.constantFrom(...words).map<Change>((word) => (lines, at) => lines.with(at, (lines[at] ?? '').replace(/(: ?|- ).*$/, `$1${word.replaceAll('$', '$$')}`))),
  fc.constantFrom(...words).map<Change>((word) => (lines, at) => lines.with(at, `${lines[at]}${word}`)),
  fc.nat({ max: 60 }).map<Change>((cut) => (lines, at) => lines.with(at, (lines[at] ?? '').slice(0, cut))),
)

/** Our own pipelines, damaged in a few places. */
const damaged = fc.tuple(fc.constantFrom(...own), fc.array(fc.tuple(change, fc.nat()), { maxLength: 4 })).map(([text, changes]) => {
  let lines: readonly string[] = text.split('\n')
  for (const [apply, at] of changes) if (lines.length > 0) lines = apply(lines, at % lines.length)
  return lines.join('\n')
})

const anyText = fc.oneof({ weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 200 }) }, { weight: 4, arbitrary: damaged })

function read(text: string) {
  return readPipeline(sourceFile('p.yaml', text), { inputs: {} })
}

function placed(diagnostics: readonly Diagnostic[], text: string): void {
  const { lineCount } = sourceFile('p.yaml', text)
  for (const { code, at, message } of diagnostics) {
    // "And so many more" is about the file.
    if (code === 'YAML_MORE') continue
    expect(at, `${code} has no place`).toBeDefined()
    expect(at?.line).toBeLessThanOrEqual(lineCount)
    expect(message).not.toMatch(/\{\w+\}|undefined|\[object/)
  }
}

describe('any text', () => {
  it('is read without a throw; a refusal says why, and where', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const { ok, diagnostics } = read(text)
        expect(ok).toBe(!hasErrors(diagnostics))
        placed(diagnostics, text)
      }),
    )
  })

  it('is planned without a throw, and to the same bytes each time', () => {
    fc.assert(
      fc.property(damaged, (text) => {
        const [one, two] = [planText('p.yaml', text), planText('p.yaml', text)]
        expect(canonicalJson(one)).toBe(canonicalJson(two))
        expect(one.plan === undefined).toBe(hasErrors(one.diagnostics))
        placed(one.diagnostics, text)
      }),
    )
  })

  it('has no error when less is known that it does not have when more is known', () => {
    fc.assert(
      fc.property(damaged, (text) => {
        const validated = planText('p.yaml', text, { ...noFacts, ...(sampleFacts.codebase !== undefined && { codebase: sampleFacts.codebase }) })
        const planned = planText('p.yaml', text)
        if (hasErrors(validated.diagnostics)) expect(planned.plan).toBeUndefined()
      }),
    )
  })

  it('gives the same findings with Windows line ends', () => {
    fc.assert(
      fc.property(fc.constantFrom(...own), (text) => {
        const codes = (t: string) => planText('p.yaml', t).diagnostics.map((d) => `${d.at?.line}:${d.at?.col} ${d.code}`)
        expect(codes(text.replaceAll('\n', '\r\n'))).toEqual(codes(text))
      }),
    )
  })
})

describe('timeouts', () => {
  it('take no more than an instant to be refused, however long they are', () => {
    const text = own[0]?.replace('name: ferry', `name: ferry\n  timeout: ${'1'.repeat(500_000)}x`) ?? ''
    const start = performance.now()
    expect(read(text).diagnostics.map((d) => d.code)).toContain('MODEL_BAD_TIMEOUT')
    expect(performance.now() - start).toBeLessThan(2_000)
  })
})
