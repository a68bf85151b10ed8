/** Each lint rule: a text it speaks up about, at which place, and one it is content with. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sourceFile } from '../../text/source-file.ts'
import { parseIgnoreFile } from '../ignore.ts'
import { parseDockerfile } from '../parse.ts'
import { lintDockerfile } from './lint.ts'
import { lintRules } from './rules.ts'

const amd64 = { os: 'linux', architecture: 'amd64' }

function lint(text: string, o: { args?: Record<string, string>; ignore?: string; env?: Record<string, string> } = {}): string[] {
  const found = lintDockerfile(parseDockerfile(sourceFile('Dockerfile', text)), {
    args: new Map(Object.entries(o.args ?? {})),
    target: amd64,
    build: amd64,
    ...(o.ignore !== undefined && { ignore: parseIgnoreFile(sourceFile('.dockerignore', o.ignore), () => undefined) }),
    ...(o.env !== undefined && { baseEnv: () => new Map(Object.entries(o.env ?? {})) }),
  })
  return found.map((d) => `${d.at?.line}:${d.at?.col} ${d.code.replace('LINT_', '')}${d.severity === 'error' ? '!' : ''}`)
}

describe('lint', () => {
  it.each<[string, string, string[], Parameters<typeof lint>[1]?]>([
    ['stage name casing', 'FROM a AS Build', ['1:11 STAGE_NAME_CASING']],
    ['AS casing', 'FROM a as b\nFROM c AS d', ['1:8 FROM_AS_CASING']],
    ['as in lower case with from', 'from a as b\nrun x', []],
    ['blank continuation', 'FROM a\nRUN x \\\n\n  y', ['3:1 NO_EMPTY_CONTINUATION']],
    ['casing by majority', 'FROM a\nRUN x\nrun y\nRun z', ['3:1 CONSISTENT_INSTRUCTION_CASING', '4:1 CONSISTENT_INSTRUCTION_CASING']],
    ['casing, lower majority', 'from a\nrun x\nRUN y', ['3:1 CONSISTENT_INSTRUCTION_CASING']],
    ['duplicate names', 'FROM a AS x\nFROM b AS x', ['2:11 DUPLICATE_STAGE_NAME']],
    ['reserved names', 'FROM a AS scratch\nFROM a AS context', ['1:11 RESERVED_STAGE_NAME', '2:11 RESERVED_STAGE_NAME']],
    ['shell form commands', 'FROM a\nCMD x\nENTRYPOINT y', ['2:1 JSON_ARGS_RECOMMENDED', '3:1 JSON_ARGS_RECOMMENDED']],
    ['shell form after SHELL', 'FROM a AS b\nSHELL ["x"]\nFROM b\nCMD x', []],
    ['maintainer', 'FROM a\nMAINTAINER x', ['2:1 MAINTAINER_DEPRECATED']],
    ['argument that FROM cannot see', 'FROM a:1\nARG V=2\nFROM b:${V:-1}', ['3:6 UNDEFINED_ARG_IN_FROM']],
    ['relative workdir', 'FROM a AS x\nWORKDIR y\nFROM x\nWORKDIR z', ['2:9 WORKDIR_RELATIVE_PATH']],
    ['relative after absolute', 'FROM a\nWORKDIR /a\nWORKDIR b', []],
    ['undefined variable', 'FROM scratch\nARG A\nENV B=1\nCOPY $A $B $C /\nRUN echo $D', ['4:12 UNDEFINED_VAR']],
    ['undefined variable on an unknown base', 'FROM a\nCOPY $C /', []],
    ['undefined variable on a known base', 'FROM a\nCOPY $C $D /', ['2:9 UNDEFINED_VAR'], { env: { C: '1' } }],
    ['several commands', 'FROM a\nCMD ["a"]\nCMD ["b"]\nHEALTHCHECK NONE\nHEALTHCHECK CMD x', ['2:1 MULTIPLE_INSTRUCTIONS', '4:1 MULTIPLE_INSTRUCTIONS']],
    ['old key values', 'FROM a\nENV a b\nLABEL c d', ['2:1 LEGACY_KEY_VALUE_FORMAT', '3:1 LEGACY_KEY_VALUE_FORMAT']],
    ['redundant platform', 'FROM --platform=$TARGETPLATFORM a', ['1:6 REDUNDANT_TARGET_PLATFORM']],
    ['secrets', 'FROM a\nENV API_KEY=1 KEY_FILE=2 PUBLIC_KEY=3\nARG TOKEN', ['2:5 SECRETS_IN_ARG_OR_ENV', '3:5 SECRETS_IN_ARG_OR_ENV']],
    ['default that names no image', 'ARG T\nFROM a:$T', ['2:6 INVALID_DEFAULT_ARG_IN_FROM'], { args: { T: '1' } }],
    ['constant platform', 'FROM --platform=linux/arm64 a AS x', ['1:6 FROM_PLATFORM_CONST']],
    ['constant platform with a telling name', 'FROM --platform=linux/arm64 a AS x-arm64', []],
    ['ignored source', 'FROM a\nCOPY secret.txt ok /\nADD dir/x /', ['2:6 COPY_IGNORED_FILE', '3:5 COPY_IGNORED_FILE'], { ignore: 'secret.txt\ndir' }],
    ['ignored source with exceptions', 'FROM a\nCOPY x /', [], { ignore: '*\n!x' }],
    ['description, off', '# nonsense\nFROM a AS b', []],
    ['description, on', '# check=experimental=all\n\n# nonsense\nFROM a AS b\n# V is good\nARG V', ['4:1 INVALID_DEFINITION_DESCRIPTION']],
    ['protocol casing', 'FROM a\nEXPOSE 80/TCP', ['2:8 EXPOSE_PROTO_CASING']],
    ['host ports', 'FROM a\nEXPOSE 80:80 ${P:-1}', ['2:8 EXPOSE_INVALID_FORMAT']],
    ['skip', '# check=skip=StageNameCasing,FromAsCasing\nFROM a as Build', []],
    ['skip all', '# check=skip=all\nFROM a as Build', []],
    ['skip one line', 'FROM a\n# check=skip=JSONArgsRecommended\nCMD x\nENTRYPOINT y', ['4:1 JSON_ARGS_RECOMMENDED']],
    ['as errors', '# check=error=true\nFROM a AS Build', ['2:11 STAGE_NAME_CASING!']],
    ['bad option', '# check=nope\nFROM a', ['1:9 DOCKERFILE_CHECK_INVALID!']],
  ])('%s', (_name, text, expected, o) => {
    expect(lint(text, o)).toEqual(expected)
  })

  it('has every rule once', () => {
    const names = lintRules.map((rule) => rule.name)
    expect(new Set(names).size).toBe(21)
    expect(names).toHaveLength(21)
  })

  it('never throws', () => {
    const piece = fc.constantFrom(
      'FROM ',
      'a',
      ' AS ',
      '\n',
      'ENV ',
      'ARG ',
      '=',
      '$',
      '${',
      '}',
      'COPY ',
      'WORKDIR ',
      'EXPOSE ',
      ':',
      '/',
      '# check=',
      'skip=',
      ';',
      '--platform=',
      '"',
      '\\',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 50 }), (parts) => void lint(parts.join(''), { ignore: parts.join(''), env: {} })),
      { numRuns: 1000 },
    )
  })
})
