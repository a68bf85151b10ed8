/** docs/questions.md keeps its word: its commands are run, one after the other, and print what the page says. */
import { cpSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from '../../tools/support/root.ts'
import { slipwayHere } from '../support/slipway-here.ts'
import { tempProject } from '../support/temp-project.ts'

const page = readFileSync(join(root, 'docs', 'questions.md'), 'utf8')
const questions = page.split(/^## /m).slice(1)

describe('the questions', () => {
  it('have an answer each, KB-01 to KB-15', () => {
    const rows = questions.map((text) => /\((KB-\d+)\)\n/.exec(text)?.[1])
    expect(rows).toEqual(Array.from({ length: 15 }, (_, i) => `KB-${String(i + 1).padStart(2, '0')}`))
    for (const text of questions) expect(text).toMatch(/^\$ slipway /m)
  })

  it.each(questions.map((text) => ({ row: /\((KB-\d+)\)/.exec(text)?.[1], text })))('$row is shown by its commands', { timeout: 60_000 }, async ({ text }) => {
    const { dir } = tempProject()
    cpSync(join(root, 'examples', 'questions'), dir, { recursive: true })
    const env = { HOME: dir, PATH: process.env['PATH'] ?? '', SLIPWAY_HOME: tempProject().dir }
    const block = /^```\n([\s\S]*?)^```/m.exec(text)?.[1] ?? ''
    for (const [command = '', ...lines] of block
      .split(/^\$ slipway /m)
      .slice(1)
      .map((part) => part.trimEnd().split('\n'))) {
      const { code, out, err } = await slipwayHere(dir, env, ...command.split(' '))
      expect(code, out + err).toBe(0)
      for (const line of lines) expect(`${out}${err}`).toContain(line.trim())
    }
  })
})
