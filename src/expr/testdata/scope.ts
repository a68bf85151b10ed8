/** A small world for tests: variables of every kind, something absent, something known later, a secret. */
import { isSecretText, secretText, showText } from '../../base/secret-text.ts'
import type { Evaluation } from '../evaluate.ts'
import { absent, folder, later, type Scope, source, value } from '../scope.ts'
import type { ExprValue } from '../value.ts'

const variables = folder({
  env: value('prod'),
  version: value('1.2.3'),
  hosts: value('a,b,c'),
  count: value(42),
  ratio: value(2.5),
  on: value(true),
  off: value('false'),
  empty: value(''),
  'my-var': value('hyphen'),
  list: value(['x', 'y', 'z']),
  map: value({ k: 'v', 'a.b': 1, deep: { list: [{ name: 'n0' }, { name: 'n1' }] } }),
  json: value('{"data":{"items":[{"name":"one"},{"name":"two"}],"a b":3}}'),
  ref: source('<+pipeline.name>-<+pipeline.sequenceId>'),
  refInt: source('<+pipeline.sequenceId>'),
  loopA: source('<+pipeline.variables.loopB>'),
  loopB: source('x<+pipeline.variables.loopA>'),
  broken: source('<+pipeline.nope>'),
  literal: value('<+pipeline.name>'),
  nothing: value(null),
  stageName: value('build'),
  token: source('<+secrets.getValue("tok")>'),
})

export const scope: Scope = {
  root: folder({
    pipeline: folder({
      name: value('demo'),
      sequenceId: value(7),
      variables,
      stages: folder({ build: folder({ status: value('SUCCESS'), steps: folder({ s1_0: folder({ out: value('zero') }) }) }) }),
    }),
    trigger: absent('started by hand'),
    strategy: folder({ identifierPostFix: value('_0') }),
    steps: folder({ push: folder({ output: later('step push has run') }) }),
    text: value('Hello World'),
    matrix: folder({ os: value('linux') }, { os: 'linux' }),
  }),
  functions: ['secrets.getValue'],
  call(name, args) {
    if (name !== 'secrets.getValue') return undefined
    return typeof args[0] === 'string' && args[0] !== '' ? value(secretText(args[0])) : { kind: 'refused', why: 'wants the id of a secret' }
  },
}

/** A result in a form that tables can state. */
export function show(e: Evaluation): unknown {
  if (e.kind === 'later') return `later: ${e.until}`
  if (e.kind === 'failed') return e.problems.map((p) => `${p.diagnostic.code}@${p.start}`).join(' ')
  return plain(e.value)
}

function plain(v: ExprValue): unknown {
  if (isSecretText(v)) return showText(v)
  return v instanceof Map ? Object.fromEntries(v) : v
}

/** Where the variables are. */
export const v = 'pipeline.variables'
