/** Secrets and SSH keys that RUN --mount can see: where each comes from, never what it is. */
import { diagnose } from '../base/diagnostic.ts'
import { known, mapPlanned, type Planned } from '../base/planned.ts'
import { isSecretText, type Text } from '../base/secret-text.ts'
import { marked } from '../settings/marks.ts'
import type { Pair } from '../settings/setting.ts'
import type { BuildSecret, SshKey } from './build-source.ts'
import type { Knobs } from './knobs.ts'
import { absolutePath } from './paths.ts'
import { joinPlanned } from './planned-list.ts'

export function buildSecrets(k: Knobs, workspace: string, extra: readonly BuildSecret[]): Planned<readonly BuildSecret[]> {
  const single = k.text('secret')
  return joinPlanned([
    fromPairs(k, 'secretsFromEnv', (name) => ({ kind: 'environment', name })),
    fromPairs(k, 'secretsFromFile', (path) => ({ kind: 'file', path: absolutePath(workspace, path) })),
    single === undefined ? known([]) : mapPlanned(single, (text) => singleSecret(k, text, workspace)),
    known(extra),
  ])
}

/** A secret expression in place of the variable or the file is the secret itself. */
function fromPairs(k: Knobs, key: 'secretsFromEnv' | 'secretsFromFile', plain: (text: string) => BuildSecret['from']): Planned<readonly BuildSecret[]> {
  return mapPlanned<readonly Pair[], readonly BuildSecret[]>(k.get(key) ?? known([]), (pairs) =>
    pairs.flatMap(({ name, value }) => {
      if (value !== undefined && value !== '') return [{ id: name, from: isSecretText(value) ? { kind: 'value', value } : plain(value) }]
      k.diagnostics.push(
        diagnose('JOB_SECRET_SPEC', { field: k.name(key), spec: name, reason: 'it does not say where the secret comes from' }, { at: k.at(key) }),
      )
      return []
    }),
  )
}

function singleSecret(k: Knobs, text: Text, workspace: string): readonly BuildSecret[] {
  const parsed = parseSecretSpec(text, workspace)
  if (parsed.kind === 'secret') return [parsed.secret]
  k.diagnostics.push(
    diagnose('JOB_SECRET_SPEC', { field: k.name('secret'), spec: isSecretText(text) ? '' : text, reason: parsed.reason }, { at: k.at('secret') }),
  )
  return []
}

export type ParsedSecret = { readonly kind: 'secret'; readonly secret: BuildSecret } | { readonly kind: 'wrong'; readonly reason: string }

/** `id=ID,env=NAME`, `id=ID,src=FILE`, or `id=ID` alone: the variable of that name. */
export function parseSecretSpec(text: Text, workspace: string): ParsedSecret {
  if (isSecretText(text)) return { kind: 'wrong', reason: 'it must name a variable or a file, not be a secret itself' }
  const parts = Object.fromEntries(text.split(',').map((part) => [part.split('=')[0]?.trim() ?? '', part.slice(part.indexOf('=') + 1)]))
  const { id, env, src, source } = parts
  const path = src ?? source
  if (id === undefined || id === '') return { kind: 'wrong', reason: 'the id is missing' }
  if (env !== undefined) return { kind: 'secret', secret: { id, from: { kind: 'environment', name: env } } }
  return {
    kind: 'secret',
    secret: { id, from: path === undefined ? { kind: 'environment', name: id } : { kind: 'file', path: absolutePath(workspace, path) } },
  }
}

export function sshKeys(k: Knobs, workspace: string, extra: readonly SshKey[]): Planned<readonly SshKey[]> {
  const agent = k.text('sshAgentKey')
  const listed = mapPlanned<readonly Pair[], readonly SshKey[]>(k.get('sshKeys') ?? known([]), (pairs) =>
    pairs.map(({ name, value }) => sshKey(name, value, workspace)),
  )
  const single = agent === undefined ? known([]) : mapPlanned<Text, readonly SshKey[]>(agent, (value) => [{ id: 'default', from: { kind: 'value', value } }])
  return joinPlanned([listed, single, known(extra)])
}

function sshKey(id: string, value: Text | undefined, workspace: string): SshKey {
  if (value === undefined || value === '') return { id, from: { kind: 'agent' } }
  return { id, from: isSecretText(value) ? { kind: 'value', value } : { kind: 'file', path: absolutePath(workspace, value) } }
}

/** `ID[=FILE]`, as buildx's --ssh takes it; without a file it is the agent. */
export function parseSshSpec(text: Text, workspace: string): SshKey {
  const marks = marked([text])
  const whole = marks.plain[0] ?? ''
  const at = whole.indexOf('=')
  return at < 0 ? sshKey(whole, undefined, workspace) : sshKey(whole.slice(0, at), marks.restore(whole.slice(at + 1)), workspace)
}
