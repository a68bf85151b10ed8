/**
 * Our Dockerfile parser beside dockerfile-ast, the one of editors: over every Dockerfile of the tests both find the same instructions at the same
 * places, and the same words in them. What only one of them can know is left out by name.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DockerfileParser, type PropertyInstruction, type Instruction as TheirInstruction } from 'dockerfile-ast'
import { describe, expect, it } from 'vitest'
import type { Instruction } from '../../src/dockerfile/instructions/instruction.ts'
import { parseDockerfile } from '../../src/dockerfile/parse.ts'
import type { Word } from '../../src/dockerfile/word.ts'
import { sourceFile } from '../../src/text/source-file.ts'
import { root } from '../../tools/support/root.ts'
import { allCases } from '../real/parity/cases/all.ts'

/** Where the other parser reads differently from BuildKit, which the recorded and the live parity tests hold us to. */
const known: Readonly<Record<string, string>> = {
  continuations: 'it counts the empty line behind a last continuation as part of the instruction',
  'escape-backtick': 'it continues a line that ends with an escaped backtick',
  flags: 'it splits quoted values of flags at spaces',
  heredocs: 'it does not know several here-documents with numbers in one instruction',
  'RUN: here-document with a number': 'it does not know here-documents with numbers',
}

const testdata = join(root, 'src/dockerfile/testdata')
const written = readdirSync(testdata)
  .filter((name) => name !== 'negative')
  .map((name) => [name, readFileSync(join(testdata, name, 'Dockerfile'), 'utf8')] as const)
const corpus = [...written, ...allCases.filter(({ fails }) => fails === undefined).map(({ name, dockerfile }) => [name, dockerfile] as const)]

/** `KEYWORD line:column-line`. */
function ours(text: string): readonly (readonly [string, Instruction | undefined])[] {
  const { lines, stages, globalArgs } = parseDockerfile(sourceFile('Dockerfile', text))
  const typed = new Map([...globalArgs, ...stages.flatMap((stage) => stage.instructions)].map((one) => [one.at.line, one]))
  return lines.map(({ text: line, at }) => [`${line.text.split(/[\s]/, 1)[0]?.toUpperCase()} ${at.line}:${at.col}-${at.endLine}`, typed.get(at.line)])
}

function theirs(text: string): readonly (readonly [string, TheirInstruction])[] {
  return DockerfileParser.parse(text)
    .getInstructions()
    .map((one) => {
      const { start, end } = one.getRange()
      return [`${one.getKeyword()} ${start.line + 1}:${start.character + 1}-${end.line + 1}`, one]
    })
}

describe('a second parser', () => {
  it(`reads a corpus that is worth it`, () => expect(corpus.length).toBeGreaterThan(300))

  it.each(corpus.filter(([name]) => !(name in known)))('agrees on %s', (_name, text) => {
    const { own, other } = bothOf(text)
    expect(own).toEqual(other)
  })

  it.each(Object.entries(known))('differs on %s: %s', (name) => {
    const { own, other } = bothOf(corpus.find(([one]) => one === name)?.[1] ?? '')
    expect(own).not.toEqual(other)
  })
})

/** One line for each instruction: its place and its words. */
function bothOf(text: string) {
  const [own, other] = [ours(text), theirs(text)]
  return {
    own: own.map(([at, one]) => [at, ...(one === undefined ? [] : wordsOf(one))].join(', ')),
    other: other.map(([at, one], i) => [at, ...theirWords(one, own[i]?.[1])].join(', ')),
  }
}

/** Words with their places, of the instructions in which both have them apart. */
function wordsOf(one: Instruction): readonly string[] {
  switch (one.kind) {
    case 'copy':
    case 'add':
      return hasOwnForm(one) ? [] : [...one.sources, one.dest].map(show)
    case 'env':
    case 'label':
      return one.pairs.map(({ key }) => show({ ...key, text: key.text.replace(/^"(.*)"$/, '$1') }))
    case 'user':
      return [show(one.user)]
    case 'stopsignal':
      return [show(one.signal)]
    case 'expose':
      return one.ports.map(show).sort()
    default:
      return []
  }
}

function theirWords(beside: TheirInstruction, one: Instruction | undefined): readonly string[] {
  const words = () => beside.getArguments().map((arg) => place(arg.getValue(), arg.getRange().start))
  switch (one?.kind) {
    case 'copy':
    case 'add':
      return hasOwnForm(one) ? [] : words()
    case 'user':
    case 'stopsignal':
      return words()
    case 'expose':
      return words().sort()
    case 'env':
    case 'label':
      return (beside as PropertyInstruction).getProperties().map((property) => place(property.getName(), property.getNameRange().start))
    default:
      return []
  }
}

/** JSON and here-documents: the other parser keeps brackets and quotes in its words. */
function hasOwnForm(one: Extract<Instruction, { kind: 'copy' | 'add' }>): boolean {
  return one.inline.length > 0 || /^\w+(?:\s+--\S+)*\s+\[/.test(one.source)
}

function show({ text, at }: Word): string {
  return place(text, { line: at.line - 1, character: at.col - 1 })
}

function place(text: string, at: { readonly line: number; readonly character: number }): string {
  return `${text} at ${at.line + 1}:${at.character + 1}`
}
