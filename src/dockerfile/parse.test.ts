/** Parsing whole files: continuation, comments, forms, here-documents, errors with places, and any text at all. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Span } from '../base/span.ts'
import { type SourceFile, sourceFile } from '../text/source-file.ts'
import { parseDockerfile } from './parse.ts'

function parse(text: string) {
  return parseDockerfile(sourceFile('Dockerfile', text))
}

function textAt(file: SourceFile, span: Span): string {
  const lines = file.text.split('\n')
  if (span.line === span.endLine) return (lines[span.line - 1] ?? '').slice(span.col - 1, span.endCol - 1)
  const middle = lines.slice(span.line, span.endLine - 1)
  return [(lines[span.line - 1] ?? '').slice(span.col - 1), ...middle, (lines[span.endLine - 1] ?? '').slice(0, span.endCol - 1)].join('\n')
}

describe('parseDockerfile', () => {
  it('joins continued lines, skips comments between them and keeps places', () => {
    const file = sourceFile('Dockerfile', 'FROM a\nCOPY one \\\n  # why\n\n  two \\\n  /dest/\n')
    const { stages, diagnostics, lines } = parseDockerfile(file)
    expect(diagnostics).toEqual([])
    const copy = stages[0]?.instructions[0]
    if (copy?.kind !== 'copy') throw new Error('no copy')
    expect(copy.sources.map((word) => [word.text, textAt(file, word.at)])).toEqual([
      ['one', 'one'],
      ['two', 'two'],
    ])
    expect(copy.dest).toEqual({ text: '/dest/', at: { file: 'Dockerfile', line: 6, col: 3, endLine: 6, endCol: 9 } })
    expect(lines[1]?.blanks).toHaveLength(1)
    expect(copy.at).toMatchObject({ line: 2, col: 1, endLine: 6, endCol: 9 })
  })

  it('reads the escape directive and then takes backslashes as they are', () => {
    const { stages, directives } = parse('# escape=`\nFROM a\nCOPY a `\n C:\\b\\\n')
    expect(directives.escape).toBe('`')
    expect(stages[0]?.instructions[0]).toMatchObject({ sources: [{ text: 'a' }], dest: { text: 'C:\\b\\' } })
  })

  it('does not continue a line after an escaped escape', () => {
    expect(parse('FROM a\nRUN echo \\\\\nRUN b\n').stages[0]?.instructions).toHaveLength(2)
  })

  it('tells exec form from shell form', () => {
    const kinds = parse(`FROM a\nCMD ["x", "y"]\nCMD ['x']\nCMD [ "x" \nCMD\nENTRYPOINT []\n`).stages[0]?.instructions.map((i) => 'command' in i && i.command)
    expect(kinds).toMatchObject([
      { kind: 'exec', args: [{ text: 'x' }, { text: 'y' }] },
      { kind: 'shell', line: { text: `['x']` } },
      { kind: 'shell', line: { text: '[ "x"' } },
      { kind: 'shell', line: undefined },
      { kind: 'exec', args: [] },
    ])
    expect(parse('FROM a\nCMD [1]').diagnostics).toMatchObject([{ code: 'DOCKERFILE_JSON_NOT_STRINGS' }])
  })

  it('reads here-documents of RUN and COPY, several at once', () => {
    const { stages, diagnostics } = parse('FROM a\nRUN <<EOF\necho $x\nEOF\nCOPY <<"Ab" <<-B /d/\n$1\nAb\n\ttab\n\tB\nADD ["<<X", "/y"]\nRUN echo 1 << 2\n')
    expect(diagnostics).toEqual([])
    expect(stages[0]?.instructions).toMatchObject([
      { kind: 'run', heredocs: [{ name: 'EOF', content: 'echo $x\n', expand: true }], command: { line: { text: '<<EOF' } } },
      {
        kind: 'copy',
        sources: [],
        inline: [
          { name: 'Ab', expand: false, content: '$1\n' },
          { name: 'B', chomp: true, content: '\ttab\n' },
        ],
      },
      { kind: 'add', sources: [{ text: '<<X' }], inline: [] },
      { kind: 'run', heredocs: [] },
    ])
  })

  it('lower-cases stage names and keeps ARG before FROM apart', () => {
    const { stages, globalArgs } = parse('ARG V=1\nFROM a AS Build\nARG V\nfrom build\n')
    expect(stages.map((stage) => stage.name)).toEqual(['build', undefined])
    expect(globalArgs).toMatchObject([{ args: [{ name: { text: 'V' }, value: { text: '1' } }] }])
  })

  it('reads flags with their types, and HEALTHCHECK times', () => {
    const { stages, diagnostics } = parse(
      'FROM --platform=$BUILDPLATFORM a\nCOPY --from=x --chown=1:2 --link --exclude=a --exclude=b s d\nHEALTHCHECK --interval=1m30s --retries=3 CMD x\nRUN --mount=type=cache,target=/c --network=none y\n',
    )
    expect(diagnostics).toEqual([])
    expect(stages[0]?.from.platform?.text).toBe('$BUILDPLATFORM')
    expect(stages[0]?.instructions).toMatchObject([
      { from: { text: 'x' }, chown: { text: '1:2' }, link: true, parents: false, exclude: [{ text: 'a' }, { text: 'b' }] },
      { check: { kind: 'cmd', interval: 90e9, retries: 3, timeout: 0 } },
      { mounts: [{ text: 'type=cache,target=/c' }], network: { text: 'none' } },
    ])
  })

  it.each([
    ['', 'DOCKERFILE_EMPTY'],
    ['# only a comment', 'DOCKERFILE_EMPTY'],
    ['ARG a', 'DOCKERFILE_NO_STAGE'],
    ['RUN x', 'DOCKERFILE_BEFORE_FROM'],
    ['FROM', 'DOCKERFILE_ARGUMENTS'],
    ['FROM a as', 'DOCKERFILE_ARGUMENTS'],
    ['FROM a AS 1x', 'DOCKERFILE_STAGE_NAME_INVALID'],
    ['FROM a\nRUNN x', 'DOCKERFILE_INSTRUCTION_UNKNOWN'],
    ['FROM a\nCOPY x', 'DOCKERFILE_ARGUMENTS'],
    ['FROM a\nCOPY --form=x a b', 'DOCKERFILE_FLAG_UNKNOWN'],
    ['FROM a\nCOPY --from a b c', 'DOCKERFILE_FLAG_VALUE_MISSING'],
    ['FROM a\nCOPY --from=a --from=b c d', 'DOCKERFILE_FLAG_TWICE'],
    ['FROM a\nCOPY --link=maybe c d', 'DOCKERFILE_FLAG_NOT_BOOLEAN'],
    ['FROM a\nENV a=1 b', 'DOCKERFILE_ASSIGNMENT_INVALID'],
    ['FROM a\nENV =1', 'DOCKERFILE_NAME_BLANK'],
    ['FROM a\nENV a', 'DOCKERFILE_ARGUMENTS'],
    ['FROM a\nSHELL bash', 'DOCKERFILE_JSON_REQUIRED'],
    ['FROM a\nONBUILD ONBUILD RUN x', 'DOCKERFILE_ONBUILD_FORBIDDEN'],
    ['FROM a\nHEALTHCHECK NONE x', 'DOCKERFILE_HEALTHCHECK_INVALID'],
    ['FROM a\nHEALTHCHECK --interval=5 CMD x', 'DOCKERFILE_FLAG_INVALID'],
    ['FROM a\nRUN <<EOF\nx', 'DOCKERFILE_HEREDOC_UNTERMINATED'],
    ['FROM a\nCOPY a <<EOF\nEOF', 'DOCKERFILE_HEREDOC_MISPLACED'],
    ['# escape=x\nFROM a', 'DOCKERFILE_ESCAPE_INVALID'],
    ['# syntax=a\n# syntax=b\nFROM a', 'DOCKERFILE_DIRECTIVE_TWICE'],
    ['FROM a\nVOLUME [""]', 'DOCKERFILE_VOLUME_BLANK'],
  ])('reports %j as %s', (text, code) => {
    expect(parse(text).diagnostics.map((d) => d.code)).toEqual([code])
  })

  it('never throws, and every place lies inside the text', () => {
    const piece = fc.constantFrom(
      ...[
        'FROM ',
        'RUN ',
        'COPY ',
        'ENV ',
        'ONBUILD ',
        'HEALTHCHECK ',
        '--from=',
        '--mount=',
        '<<EOF',
        'EOF',
        '\\',
        '\n',
        '\r\n',
        '\t',
        '"',
        "'",
        '$',
        '${',
        '}',
        '[',
        ']',
        ',',
        '#',
        ' ',
        'a',
        '=',
        '`',
        '# escape=`\n',
        '\uFEFF',
        '😀',
      ],
    )
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(piece, { maxLength: 60 }).map((parts) => parts.join('')),
    )
    fc.assert(
      fc.property(text, (source) => {
        const file = sourceFile('f', source)
        for (const span of spansIn(parseDockerfile(file))) {
          expect(span.line >= 1 && span.endLine <= file.lineCount && span.line <= span.endLine).toBe(true)
          const last = file.span(source.length)
          expect(span.endLine < last.line || span.endCol <= last.col).toBe(true)
          expect(span.line < span.endLine || span.col <= span.endCol).toBe(true)
        }
      }),
      { numRuns: 2000 },
    )
  })
})

function spansIn(value: unknown): Span[] {
  if (typeof value !== 'object' || value === null) return []
  if ('endCol' in value) return [value as Span]
  return Object.values(value).flatMap(spansIn)
}
