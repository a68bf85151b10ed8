/** docs/build.md is held against the table of flags: the same flags, with the same words. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { expect, it } from 'vitest'
import { buildFlags } from '../../src/cli/build/flags.ts'
import { root } from '../../tools/support/root.ts'

const page = join(root, 'docs/build.md')
const between = /(<!-- begin flags -->\n)([\s\S]*?)(<!-- end flags -->)/

function table(): string {
  const rows = buildFlags.map(({ flags, about, many, choices, preset }) => {
    const more = [
      ...(choices === undefined ? [] : [choices.join(', ')]),
      ...(preset === undefined ? [] : [`${preset} without it`]),
      ...(many === true ? ['may be repeated'] : []),
    ]
    return `| \`${flags.replaceAll('|', '\\|')}\` | ${[about, ...more].join('; ').replaceAll('|', '\\|').replaceAll('<', '&lt;')} |`
  })
  return `| flag | means |\n|---|---|\n${rows.join('\n')}\n`
}

it('lists every flag of slipway build', () => {
  const text = readFileSync(page, 'utf8')
  const rendered = text.replace(between, (_whole, begin: string, _old: string, end: string) => `${begin}${table()}${end}`)
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(page, rendered)
  else expect(text, 'write it again with UPDATE_GOLDEN=1').toBe(rendered)
})
