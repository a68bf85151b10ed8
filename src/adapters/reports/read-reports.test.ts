import { createWriteStream } from 'node:fs'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { finished } from 'node:stream/promises'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { tempProject } from '../../../test/support/temp-project.ts'
import { junitParser } from './junit-parser.ts'
import { readReports } from './read-reports.ts'

const signal = new AbortController().signal

async function read(files: Readonly<Record<string, string | Uint8Array>>, patterns: readonly string[] = ['**/*.xml'], mask = (text: string) => text) {
  const { dir } = tempProject()
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(dir, name)), { recursive: true })
    await writeFile(join(dir, name), content)
  }
  const { results, notes } = await readReports({ folder: dir, patterns, mask, signal })
  return { dir, results, notes: notes.map((note) => note.code), messages: notes.map((note) => note.message) }
}

const pytest = `<?xml version="1.0" encoding="utf-8"?>
<testsuites><testsuite name="pytest" errors="1" failures="1" skipped="1" tests="4" time="0.05">
<testcase classname="tests.test_a" name="test_ok" time="0.001" />
<testcase classname="tests.test_a" name="test_bad" time="0.002"><failure message="assert 1 == 2">def test_bad():
&gt;       assert 1 == 2
E       assert 1 == 2
tests/test_a.py:7: AssertionError</failure></testcase>
<testcase classname="tests.test_a" name="test_skip" time="0.000"><skipped type="pytest.skip" message="later">x</skipped></testcase>
<testcase classname="tests.test_b" name="test_err" time="0.1"><error message="failed on setup"><![CDATA[File "tests/conftest.py", line 3, in <module>]]></error></testcase>
</testsuite></testsuites>`

describe('test reports', () => {
  it('are counted, with each failure, its message and its place', async () => {
    const { results, notes } = await read({ 'out/report.xml': pytest })
    expect(notes).toEqual([])
    expect(results).toEqual({
      files: 1,
      totals: { tests: 4, passed: 1, failed: 1, errored: 1, skipped: 1, ms: 103 },
      failures: [
        {
          outcome: 'failed',
          suite: 'tests.test_a',
          name: 'test_bad',
          message: 'assert 1 == 2',
          details: expect.stringContaining('>       assert 1 == 2'),
          at: { file: 'tests/test_a.py', line: 7 },
        },
        {
          outcome: 'errored',
          suite: 'tests.test_b',
          name: 'test_err',
          message: 'failed on setup',
          details: 'File "tests/conftest.py", line 3, in <module>',
          at: { file: 'tests/conftest.py', line: 3 },
        },
      ],
      more: 0,
    })
  })

  it.each([
    [
      'a suite as the document',
      '<testsuite name="s"><testcase name="a"/><testcase name="b" time="1,001.5"/></testsuite>',
      { tests: 2, passed: 2, ms: 1_001_500 },
    ],
    [
      'suites in suites',
      '<testsuites><testsuite name="o"><testsuite name="i"><testcase name="a"/></testsuite></testsuite></testsuites>',
      { tests: 1, passed: 1 },
    ],
    ['a suite without tests', '<testsuites/>', { tests: 0 }],
    [
      'two failures of one test as one',
      '<testsuite><testcase name="a"><failure/><failure/><error/></testcase></testsuite>',
      { tests: 1, failed: 1, errored: 0 },
    ],
    ['a suite that fails by itself', '<testsuite name="s"><error message="no setup"/><testcase name="a"/></testsuite>', { tests: 2, errored: 1, passed: 1 }],
    [
      'tests that were not run',
      '<testsuite><testcase name="a" status="notrun"/><testcase name="b"><skipped/></testcase></testsuite>',
      { tests: 2, skipped: 2 },
    ],
    [
      'tests that passed in a second try',
      '<testsuite><testcase name="a"><flakyFailure message="x">y</flakyFailure></testcase></testsuite>',
      { tests: 1, passed: 1 },
    ],
  ])('count %s', async (_, text, totals) => {
    const { results, notes } = await read({ 'r.xml': text })
    expect(notes).toEqual([])
    expect(results?.totals).toMatchObject(totals)
  })

  it('take the place of a test from its attributes, below the workspace', async () => {
    const failing = (attributes: string) => `<testsuite><testcase name="a" ${attributes}><failure/></testcase></testsuite>`
    expect((await read({ 'r.xml': failing('file="/harness/src/a.ts" line="12"') })).results?.failures[0]?.at).toEqual({ file: 'src/a.ts', line: 12 })
    expect((await read({ 'r.xml': failing('file="b.rb"') })).results?.failures[0]?.at).toEqual({ file: 'b.rb' })
  })

  it('are found by several patterns, each once, in order', async () => {
    const one = '<testsuite><testcase name="a"/></testsuite>'
    const { results, notes, messages } = await read({ 'b/x.xml': one, 'a/y.xml': one, 'c.txt': 'x' }, ['**/*.xml', 'a/*.xml', 'none/**/*.xml'])
    expect(results).toMatchObject({ files: 2, totals: { tests: 2 } })
    expect(notes).toEqual(['REPORT_MISSING'])
    expect(messages[0]).toContain('none/**/*.xml')
  })

  it('outside of the workspace, or no plain files, are left alone', async () => {
    const { dir } = await read({ 'r.xml': '<testsuite/>' })
    await mkdir(join(dir, 'in'))
    await mkdir(join(dir, 'in', 'folder.xml'))
    await symlink('/nowhere', join(dir, 'in', 'dead.xml'))
    const { results } = await readReports({ folder: join(dir, 'in'), patterns: ['**/*.xml', '../*.xml'], mask: (text) => text, signal })
    expect(results).toBeUndefined()
  })

  it('cut texts after 8,000 characters and say so; secrets are masked before', async () => {
    const secret = 'open-sesame'
    const long = `${'x'.repeat(7995)}${secret}${'y'.repeat(20_000)}`
    const { results } = await read(
      { 'r.xml': `<testsuite><testcase name="a"><failure message="${long}">${long}</failure></testcase></testsuite>` },
      undefined,
      (text) => text.replaceAll(secret, '*****'),
    )
    const [failure] = results?.failures ?? []
    expect(failure?.message).toBe(`${'x'.repeat(7995)}*****… (cut after 8000 characters)`)
    expect(failure?.details).toBe(failure?.message)
  })

  it('keep the first hundred failures and count the rest', async () => {
    const { results } = await read({
      'r.xml': `<testsuite>${'<testcase name="a"><failure/></testcase>'.repeat(130)}</testsuite>`,
      's.xml': '<testsuite><testcase name="z"><error/></testcase></testsuite>',
    })
    expect(results?.failures).toHaveLength(100)
    expect(results?.more).toBe(31)
  })

  it.each([
    ['iso-8859-1', Buffer.from('<?xml version="1.0" encoding="ISO-8859-1"?><testsuite><testcase name="caf\u00e9"><failure/></testcase></testsuite>', 'latin1')],
    ['utf-16', Buffer.from('\ufeff<?xml version="1.0" encoding="UTF-16"?><testsuite><testcase name="caf\u00e9"><failure/></testcase></testsuite>', 'utf16le')],
    ['utf-8 with a mark', Buffer.from('\ufeff<testsuite><testcase name="caf\u00e9"><failure/></testcase></testsuite>')],
  ])('are read in %s', async (_, bytes) => {
    expect((await read({ 'r.xml': bytes })).results?.failures[0]?.name).toBe('café')
  })
})

describe('hostile and broken reports', () => {
  const bomb = `<!DOCTYPE b [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]><testsuite><testcase name="&b;"/></testsuite>`
  const outside = '<!DOCTYPE b [<!ENTITY a SYSTEM "file:///etc/passwd">]><testsuite><testcase name="x"><failure>&a;</failure></testcase></testsuite>'

  it.each([
    ['entities of its own', bomb, /entity/i],
    ['entities that are files', outside, /entity/i],
    ['an end that is missing', '<testsuite><testcase name="a"/>', /Unclosed root tag/],
    ['tags that do not match', '<testsuite></testcase>', /closing tag|close tag/i],
    ['no XML at all', 'PASS 12', /Non-whitespace|text/i],
    ['nothing', '', /empty/],
    ['another language', '<html><body/></html>', /<html>/],
    ['endless nesting', '<testsuite>'.repeat(100_000), /nested too deeply/],
    ['endless attributes', `<testsuite><testcase ${Array.from({ length: 5000 }, (_, i) => `a${i}="1"`).join(' ')}/></testsuite>`, /too many attributes/],
    ['a value without end', `<testsuite><testcase name="${'x'.repeat(3_000_000)}"/></testsuite>`, /buffer length/i],
  ])('with %s are a note', async (_, text, reason) => {
    const { notes, messages, results } = await read({ 'r.xml': text })
    expect(notes).toEqual(['REPORT_BROKEN'])
    expect(messages[0]).toMatch(reason)
    expect(JSON.stringify(results)).not.toContain('root:')
  })

  it('count what came before the place where they break, and say where that is', async () => {
    const { results, messages } = await read({ 'r.xml': '<testsuite>\n<testcase name="a"/>\n<testcase name="b"></oops>' })
    expect(results?.totals.tests).toBe(1)
    expect(messages[0]).toContain('line 3')
  })

  it('of 100 MB are read to their end, and little of them is kept', async () => {
    const { dir } = tempProject()
    const out = createWriteStream(join(dir, 'r.xml'))
    out.write('<testsuite>')
    const part = `<testcase name="a"><system-out>${'x'.repeat(100_000)}</system-out><failure>${'y'.repeat(100_000)}</failure></testcase>`
    for (let i = 0; i < 500; i++) if (!out.write(part)) await new Promise<void>((resolve) => out.once('drain', () => resolve()))
    out.end('</testsuite>')
    await finished(out)
    const { results } = await readReports({ folder: dir, patterns: ['*.xml'], mask: (text) => text, signal })
    expect(results?.totals.failed).toBe(500)
    expect(JSON.stringify(results).length).toBeLessThan(2_000_000)
  })

  it('are read without an exception, whatever they are', () => {
    const pieces = fc.constantFrom(
      '<testsuite>',
      '</testsuite>',
      '<testcase name="a">',
      '</testcase>',
      '<failure message="m">',
      '</failure>',
      '<error/>',
      '<skipped/>',
      '&amp;',
      ']]>',
      '<![CDATA[',
      '<!--',
      'x',
      '<',
      '"',
    )
    fc.assert(
      fc.property(fc.array(fc.oneof(pieces, fc.string())), fc.nat(5), (parts, step) => {
        const parser = junitParser({ failures: 3, text: 20 })
        const text = parts.join('')
        for (let i = 0; i < text.length; i += step + 1) parser.push(text.slice(i, i + step + 1))
        const { totals, failures } = parser.end()
        expect(totals.tests).toBe(totals.passed + totals.failed + totals.errored + totals.skipped)
        expect(failures.length).toBeLessThanOrEqual(3)
      }),
    )
  })
})
