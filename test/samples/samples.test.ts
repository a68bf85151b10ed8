/** Every YAML fragment of the sample documents: what is said about it as it stands, what about it when completed, and its plan. */
import process from 'node:process'
import { afterAll, describe, expect, it } from 'vitest'
import { readPipeline } from '../../src/pipeline/read-pipeline.ts'
import { sourceFile } from '../../src/text/source-file.ts'
import { goldenJson } from '../support/golden.ts'
import { samples } from '../support/samples.ts'
import { documents, manifest } from './manifest.ts'
import { planText } from './plan-text.ts'
import { portrait } from './portrait.ts'
import { yamlStarts } from './scan-documents.ts'
import { wrap } from './wrap.ts'

const given = samples()

describe('the YAML of the sample documents', given.options, () => {
  const counts = { fragments: 0, wrapped: 0, substituted: 0, planned: 0, rawFindings: 0, findings: 0 }

  afterAll(() => {
    const { fragments, wrapped, substituted, planned, rawFindings, findings } = counts
    const rest = `${wrapped} wrapped, ${substituted} with substitutions, ${planned} planned; ${rawFindings} findings in the raw texts, ${findings} in the completed ones`
    process.stderr.write(`\nsamples: ${fragments} fragments of ${documents.length} documents: ${rest}\n`)
  })

  it('is all in the manifest', () => {
    const missing = documents.flatMap((file) =>
      yamlStarts(given.read(file)).flatMap(({ line, col }) => {
        const known = manifest.some(
          (one) => one.file === file && line >= one.lines[0] && line <= one.lines[1] && (line > one.lines[0] || col >= (one.from ?? 1)),
        )
        return known ? [] : [`${file}:${line}:${col}`]
      }),
    )
    expect(missing).toEqual([])
    expect([...new Set(manifest.map((one) => one.id))]).toHaveLength(manifest.length)
  })

  it('has every document in the manifest', () => {
    expect(given.list('.txt')).toEqual([...documents])
  })

  describe.each(manifest)('$id ($rows)', (fragment) => {
    const file = `${fragment.id}.yaml`

    it('gives exact findings as it stands', () => {
      const raw = wrap(fragment, given.read(fragment.file), { substitute: false })
      const found = planText(file, raw.text).diagnostics.map(raw.place).sort(byPlace)
      expect(found).toEqual(fragment.raw)
      counts.rawFindings += found.length
    })

    it('validates and plans when completed', () => {
      const complete = wrap(fragment, given.read(fragment.file), { substitute: true })
      const { diagnostics, plan } = planText(file, complete.text)
      const found = diagnostics.map(complete.place).sort(byPlace)
      expect(found).toEqual(fragment.expect)
      for (const pending of fragment.pending ?? []) expect(found, 'said by now: move it from pending to expect').not.toContain(pending)
      expect(plan).toBeDefined()
      goldenJson(new URL(`./testdata/goldens/${fragment.id}.json`, import.meta.url), portrait(file, complete.text))
      counts.fragments++
      if (fragment.wrapper !== 'none') counts.wrapped++
      if (fragment.substitutions !== undefined) counts.substituted++
      counts.planned++
      counts.findings += found.length
    })
  })

  it.each(manifest.filter(({ wrapper }) => wrapper !== 'none'))('$id is no pipeline by itself', (fragment) => {
    const bare = wrap(fragment, given.read(fragment.file), { substitute: false, bare: true })
    const read = readPipeline(sourceFile('bare.yaml', bare.text), { inputs: {} })
    expect(read.diagnostics.map(bare.place)[0]).toBe(fragment.bare)
    expect(read.ok).toBe(false)
  })
})

/** By line and column, so that the order of checks does not matter here. */
function byPlace(a: string, b: string): number {
  const [lineA, colA] = a.split(/[: ]/).map(Number)
  const [lineB, colB] = b.split(/[: ]/).map(Number)
  return (lineA ?? 0) - (lineB ?? 0) || (colA ?? 0) - (colB ?? 0) || (a < b ? -1 : 1)
}
